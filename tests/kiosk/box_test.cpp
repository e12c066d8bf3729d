// The box at work: nothing is shown, printed or accepted before it is durable.
#include <gmock/gmock.h>

#include "box_fixture.hpp"

namespace yijuan::kiosk {
namespace {

TEST_F(BoxTest, ANewLogBeginsWithItsEpochThenTheBootThenThePack) {
  ready();
  ASSERT_GE(journal.entries.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<tlog::Epoch>(journal.entries[0].body));
  EXPECT_TRUE(std::get<tlog::Boot>(journal.entries[1].body).clean);
  EXPECT_EQ(std::get<tlog::Pack>(journal.entries[2].body).campaign, pack.campaign);
  EXPECT_EQ(out.view->scene, Scene::idle);
  EXPECT_EQ(out.accepts, (std::vector<bool>{false, true}));
}

TEST_F(BoxTest, AKnownPackIsNotWrittenAgain) {
  History history;
  history.pack = tlog::Pack{pack.campaign, pack.version, pack.hash};
  ready(std::move(history));
  EXPECT_TRUE(all<tlog::Pack>().empty());
}

TEST_F(BoxTest, NobodyIsThankedBeforeTheCoinIsDurable) {
  Box& b = ready();
  const int before = out.presents;
  b.take(coin(100));
  EXPECT_EQ(journal.under_way(), 1U);  // cash, gift and counter: one transaction
  EXPECT_EQ(out.presents, before);
  EXPECT_EQ(b.gift(journal.entries.size() - 1), nullptr);
  journal.commit_one();
  EXPECT_EQ(out.view->scene, Scene::thanks);
  EXPECT_NE(b.gift(out.view->thanks->gift), nullptr);
  EXPECT_EQ(journal.marks.back().counter, 1);
}

TEST_F(BoxTest, EffectsOfAStepWithoutEntriesWaitForTheStepsAhead) {
  Box& b = ready();
  b.take(coin(100));
  b.touch(domain::StartGift{tlog::Activity::free});  // writes nothing of its own but a question
  EXPECT_EQ(out.view->scene, Scene::idle);
  journal.commit_one();
  EXPECT_EQ(out.view->scene, Scene::thanks);
  journal.commit_all();
  EXPECT_EQ(out.view->scene, Scene::choosing);
}

TEST_F(BoxTest, CoinsInABurstAreShownInTheirOrder) {
  Box& b = ready();
  for (int i = 0; i < 5; ++i) b.take(coin(100));
  EXPECT_EQ(journal.under_way(), 5U);
  for (std::uint32_t shown = 1; shown <= 5; ++shown) {
    journal.commit_one();
    EXPECT_EQ(out.view->thanks->gifts, shown);
  }
  EXPECT_EQ(b.history().books.gift_count, 5U);
}

TEST_F(BoxTest, AFailedCommitTurnsTheAcceptorOffAndSaysSoAndWritesNothingMore) {
  Box& b = ready();
  b.take(coin(100));
  b.take(coin(100));
  journal.commit_one(Error(IoErrc::failed, "fsync"));
  EXPECT_EQ(out.view->scene, Scene::out_of_service);
  EXPECT_FALSE(out.accepts.back());
  EXPECT_NE(out.failure.find("fsync"), std::string::npos);
  const std::size_t entries = journal.entries.size();
  const int presents = out.presents;
  journal.commit_one(Error(IoErrc::failed, "fsync"));
  b.take(coin(100));
  b.look_around();
  b.tick();
  EXPECT_EQ(journal.entries.size(), entries);
  EXPECT_EQ(out.presents, presents);
}

TEST_F(BoxTest, ASlipIsPrintedAfterItsGiftAndItsOutcomeIsAnEntry) {
  Box& b = ready();
  b.paper(true);
  b.take(coin(100));
  journal.commit_all();
  b.touch(domain::AskSlip{domain::SlipWish::paper});
  journal.commit_all();
  const Seq gift = out.view->thanks->gift;
  ASSERT_EQ(out.prints, std::vector<std::string>{fmt::format("{}.1", gift)});
  b.printed({gift, 1, tlog::SlipOutcome::uncertain, "cover opened"});
  journal.commit_all();
  ASSERT_EQ(all<tlog::Slip>().size(), 1U);
  EXPECT_EQ(all<tlog::Slip>()[0].outcome, tlog::SlipOutcome::uncertain);
}

TEST_F(BoxTest, AFaultIsOneEntryAtItsStartAndOneAtItsEnd) {
  Box& b = ready();
  for (int i = 0; i < 10; ++i) b.device({"coin", "offline", "no answer"});
  for (int i = 0; i < 10; ++i) b.device({"coin", "", ""});
  EXPECT_EQ(all<tlog::Fault>().size(), 1U);
  EXPECT_EQ(all<tlog::Recovered>().size(), 1U);
}

TEST_F(BoxTest, EveryAlarmOfAReportIsOnRecordUntilAPieceIsTakenAsItShouldBe) {
  Box& b = ready();
  CashReport report = coin(100);
  const CashReturned string{.code = 20, .text = "coin on string", .returned = false, .alarm = true};
  const CashReturned light{.code = 40, .text = "external light", .returned = false, .alarm = true};
  report.events = {string, string, light};
  b.take(report);
  journal.commit_all();
  std::vector<std::string> codes;
  for (const auto& fault : all<tlog::Fault>()) codes.push_back(fault.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"coin on string", "external light"}));
  EXPECT_NE(b.history().health.fault("coin alarm"), nullptr);
  b.take(coin(100));
  EXPECT_EQ(b.history().health.fault("coin alarm"), nullptr);
}

TEST_F(BoxTest, AFaultOfADeviceThatIsNoMoreConfiguredEndsAtTheStart) {
  const std::vector<std::string> gone = {"note",    "note-table", "note alarm", "scanner",
                                         "printer", "door",       "box",        "power"};
  History history;
  for (const std::string& device : gone) history.health.recall(tlog::Fault{device, "jam", "a jam"});
  history.health.recall(tlog::Fault{"coin-table", "table mismatch", "position 2"});
  history.health.recall(tlog::Fault{"journal", "disk full", "no space"});
  Box& b = ready(std::move(history));
  b.has_devices({"coin", "touch"});
  journal.commit_all();
  std::set<std::string> recovered;
  for (const auto& entry : all<tlog::Recovered>()) {
    if (entry.code == "jam") recovered.insert(entry.device);
  }
  EXPECT_EQ(recovered, std::set<std::string>(gone.begin(), gone.end()));
  for (const std::string& device : gone) {
    EXPECT_EQ(b.history().health.fault(device), nullptr);
    EXPECT_FALSE(b.history().health.works(device)) << "the box has no such device";
  }
  EXPECT_NE(b.history().health.fault("coin-table"), nullptr);
  EXPECT_NE(b.history().health.fault("journal"), nullptr);
}

TEST_F(BoxTest, AFaultOfADeviceThatIsStillThereWaitsForTheDevice) {
  History history;
  for (const char* device : {"note", "power", "box", "note alarm"}) {
    history.health.recall(tlog::Fault{device, "jam", "a jam"});
  }
  Box& b = ready(std::move(history));
  b.has_devices({"note", "door"});
  journal.commit_all();
  EXPECT_TRUE(all<tlog::Recovered>().empty());
}

TEST_F(BoxTest, ADiskFoundFullDuringACommitThanksNobodyForIt) {
  Box& b = ready();
  b.take(coin(100));
  const int before = out.presents;
  b.disk_full(true);  // the journal says so before it says what became of the coin
  EXPECT_EQ(out.presents, before + 1);
  EXPECT_EQ(out.view->scene, Scene::idle);
  journal.commit_one(Error(IoErrc::full, "no space"));
  EXPECT_EQ(out.view->scene, Scene::out_of_service);
}

TEST_F(BoxTest, ADiskThatGotRoomWhileNothingRanIsNotFullForEver) {
  History history;
  history.health.recall(tlog::Fault{"journal", "disk full", "no space"});
  Box& b = ready(std::move(history));
  b.disk_full(false);
  journal.commit_all();
  EXPECT_EQ(b.history().health.fault("journal"), nullptr);
  ASSERT_EQ(all<tlog::Recovered>().size(), 1U);
  EXPECT_TRUE(b.accepting());
}

TEST_F(BoxTest, LostEventsAreAGapInTheTransactionOfTheirReport) {
  Box& b = ready();
  CashReport report = coin(100);
  report.lost = 3;
  b.take(report);
  EXPECT_EQ(journal.under_way(), 1U);
  ASSERT_EQ(all<tlog::Gap>().size(), 1U);
  EXPECT_EQ(all<tlog::Gap>()[0].lost, 3U);
}

TEST_F(BoxTest, WithoutAPackNothingIsTakenAndTheReasonIsWritten) {
  ready();
  box->offer_pack(Error(DomainErrc::pack_signature, ""));
  box->look_around();
  journal.commit_all();
  EXPECT_EQ(out.view->scene, Scene::closed);
  EXPECT_EQ(out.view->gate.reason, domain::GateReason::bad_signature);
  EXPECT_FALSE(out.accepts.back());
  EXPECT_EQ(all<tlog::Fault>().back().code, "bad_signature");
}

TEST_F(BoxTest, ANewPackWaitsUntilNobodyStandsInFront) {
  Box& b = ready();
  b.touch(domain::StartGift{tlog::Activity::free});
  domain::CampaignPack next = pack;
  next.version = 99;
  next.hash[0] = 2;
  b.offer_pack(next);
  b.look_around();
  EXPECT_NE(b.pack()->version, 99U);
  b.touch(domain::Cancel{});
  b.look_around();
  journal.commit_all();
  EXPECT_EQ(b.pack()->version, 99U);
  EXPECT_EQ(all<tlog::Pack>().back().version, 99U);
}

TEST_F(BoxTest, AFullDiskStopsTheAcceptorUntilThereIsRoom) {
  Box& b = ready();
  b.disk_full(true);
  EXPECT_FALSE(out.accepts.back());
  journal.commit_all();
  EXPECT_EQ(all<tlog::Fault>().back().code, "disk full");
  b.disk_full(false);
  journal.commit_all();
  EXPECT_TRUE(out.accepts.back());
}

TEST_F(BoxTest, AStalledDiskStopsTheAcceptorInsteadOfFillingMemory) {
  Box& b = ready();
  for (int i = 0; i < 40; ++i) b.take(coin(100));
  EXPECT_FALSE(out.accepts.back());
  EXPECT_FALSE(b.room().is_set());
  journal.commit_all();
  EXPECT_TRUE(out.accepts.back());
  EXPECT_TRUE(b.room().is_set());
  EXPECT_EQ(b.history().books.gift_count, 40U);
}

TEST_F(BoxTest, CashThatAPowerCutLeftOpenIsGivenAtTheNextStart) {
  History history;
  history.add(0, wall.now(), tlog::Epoch{});
  const tlog::Terms terms{tlog::Activity::one_day, "general", "school-1"};
  history.add(1, wall.now(), tlog::Cash{"coin", "1", 1, yuan(1), 1, terms});
  journal.entries.resize(2);
  ready(std::move(history), false);
  ASSERT_EQ(all<tlog::Gift>().size(), 1U);
  EXPECT_EQ(all<tlog::Gift>()[0].closed, "power");
  EXPECT_EQ(all<tlog::Gift>()[0].terms, terms);
  EXPECT_EQ(all<tlog::Gift>()[0].slip, 1U);
  EXPECT_FALSE(all<tlog::Boot>()[0].clean);
  box->take(coin(100));
  EXPECT_EQ(all<tlog::Gift>()[1].slip, 2U);
}

TEST_F(BoxTest, AStopClosesOpenCash) {
  Box& b = ready();
  b.touch(domain::StartGift{tlog::Activity::free});
  b.touch(domain::ChooseAmount{yuan(5)});
  b.take(coin(100));
  b.stop();
  EXPECT_FALSE(out.accepts.back());
  journal.commit_all();
  ASSERT_EQ(all<tlog::Gift>().size(), 1U);
  EXPECT_EQ(b.history().books.open_total(), Fen(0));
  EXPECT_TRUE(b.settled().is_set());
}

TEST_F(BoxTest, AClockThatJumpsIsAnEntryAndChangesNoOrder) {
  Box& b = ready();
  wall.step = std::chrono::hours(24 * 3650);
  wall.quality = ClockQuality::stored;
  b.take(coin(100));
  const auto steps = all<tlog::ClockStep>();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].was, ClockQuality::ntp);
  EXPECT_GT(steps[0].to, steps[0].from);
  for (std::size_t i = 0; i < journal.entries.size(); ++i) {
    EXPECT_EQ(journal.entries[i].ref.seq, i);
  }
}

TEST_F(BoxTest, DamageStopsTheBoxForGood) {
  Box& b = ready();
  b.damaged(Error(IoErrc::failed, "entry 123"));
  EXPECT_EQ(out.view->scene, Scene::out_of_service);
  EXPECT_FALSE(out.accepts.back());
  EXPECT_TRUE(out.failure.empty());  // no restart: it cannot mend the disk
}

TEST_F(BoxTest, AnAcceptorsMarkOfThisRunIsKnownWhenItIsDurable) {
  ready();
  const CashReport report = coin(100);
  box->take(report);
  EXPECT_THAT(box->marks(), testing::IsEmpty());
  journal.commit_all();
  EXPECT_THAT(box->marks(), testing::ElementsAre(report.mark));
}

}  // namespace
}  // namespace yijuan::kiosk
