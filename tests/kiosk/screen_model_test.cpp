#include "kiosk/screen_model.hpp"

#include <gtest/gtest.h>

#include "io/files.hpp"

namespace yijuan::kiosk {
namespace {

using domain::Scene;

class ScreenModelTest : public testing::Test {
 protected:
  domain::View view;
  domain::DeviceHealth health;
  domain::CampaignPack pack = *domain::parse_pack(*read_file(YIJUAN_SAMPLE_PACK, 1 << 20));

  ScreenModelTest() { view.gate.reason = domain::GateReason::open; }

  [[nodiscard]] ScreenFacts facts() const {
    return {.view = view,
            .pack = &pack,
            .health = health,
            .box = pack.boxes.begin()->first,
            .slip_number = "BOX-0000-000001",
            .slip_payload = "https://example.org/#v1",
            .failure = {}};
  }
  template <class T>
  T scene(const ScreenFacts& of) const {
    const screen::Model model = make_model(of);
    EXPECT_TRUE(std::holds_alternative<T>(model.scene));
    return std::get<T>(model.scene);
  }
};

TEST_F(ScreenModelTest, IdleShowsTheCampaignAndWhoAnswersForIt) {
  const screen::Model model = make_model(facts());
  const auto idle = scene<screen::Idle>(facts());
  EXPECT_EQ(idle.campaign, pack.name.zh);
  EXPECT_EQ(idle.panels.size(), pack.panels.size());
  EXPECT_EQ(model.disclosure.organisation, pack.fundraiser.name.zh);
  EXPECT_EQ(model.disclosure.filing, pack.filing);
  EXPECT_EQ(model.disclosure.phone, pack.supervision_phone);
  EXPECT_FALSE(model.disclosure.host.empty());
  EXPECT_NE(model.disclosure.partner.find("、"), std::string::npos);
}

TEST_F(ScreenModelTest, EnglishIsEnglish) {
  ScreenFacts english = facts();
  english.language = screen::Language::en;
  EXPECT_EQ(scene<screen::Idle>(english).campaign, pack.name.english());
}

TEST_F(ScreenModelTest, ABrokenAcceptorTakesTheIdleScenesPlaceButNotTheThanks) {
  health.report("coin", "offline", "no answer");
  const auto out = scene<screen::OutOfService>(facts());
  EXPECT_EQ(out.reason, screen::OutReason::acceptor);
  EXPECT_EQ(out.detail, "coin: offline");
  view.scene = Scene::thanks;
  view.thanks = domain::Thanks{};
  scene<screen::Thanks>(facts());
}

TEST_F(ScreenModelTest, OneBrokenAcceptorIsALineWhileTheOtherTakes) {
  ScreenFacts both = facts();
  both.has_note = true;
  EXPECT_TRUE(scene<screen::Idle>(both).takes_notes);
  health.report("coin", "offline", "no answer");
  auto idle = scene<screen::Idle>(both);
  EXPECT_TRUE(idle.coins_down);
  EXPECT_FALSE(idle.takes_coins);
  EXPECT_FALSE(idle.notes_down);
  health.report("note", "stacker full", "full");
  EXPECT_EQ(scene<screen::OutOfService>(both).detail, "coin: offline, note: stacker full");
  health.report("coin", "", "");
  EXPECT_TRUE(scene<screen::Idle>(both).notes_down);
}

TEST_F(ScreenModelTest, ABoxThatTakesOnlyNotesAsksForNotes) {
  ScreenFacts notes = facts();
  notes.has_coin = false;
  notes.has_note = true;
  view.scene = Scene::taking;
  const auto counting = scene<screen::Counting>(notes);
  EXPECT_FALSE(counting.takes_coins);
  EXPECT_TRUE(counting.takes_notes);
}

TEST_F(ScreenModelTest, ABoxWithoutAcceptorsIsNotOutOfService) {
  ScreenFacts none = facts();
  none.has_coin = false;
  const auto idle = scene<screen::Idle>(none);
  EXPECT_FALSE(idle.takes_coins);
  EXPECT_FALSE(idle.coins_down);
}

TEST_F(ScreenModelTest, ThanksShowsWhatIsDurableAndTheSlipsState) {
  view.scene = Scene::thanks;
  view.thanks = domain::Thanks{.gift = 9,
                               .amount = yuan(1),
                               .terms = {tlog::Activity::one_yuan, "general", ""},
                               .slip = 1,
                               .gifts = 3,
                               .total = yuan(3),
                               .slip_state = domain::SlipState::offered};
  auto thanks = scene<screen::Thanks>(facts());
  EXPECT_EQ(thanks.amount, yuan(1));
  EXPECT_EQ(thanks.row_gifts, 3U);
  EXPECT_EQ(thanks.row_amount, yuan(3));
  EXPECT_EQ(thanks.print, screen::PrintState::unavailable);
  view.paper = true;
  EXPECT_EQ(scene<screen::Thanks>(facts()).print, screen::PrintState::offered);
  view.thanks->slip_state = domain::SlipState::uncertain;
  EXPECT_EQ(scene<screen::Thanks>(facts()).print, screen::PrintState::uncertain);
}

TEST_F(ScreenModelTest, AnAmountBeingTakenShowsItsGoal) {
  view.scene = Scene::taking;
  view.terms = {tlog::Activity::one_day, "general", ""};
  view.given = yuan(3);
  view.target = yuan(50);
  const auto counting = scene<screen::Counting>(facts());
  EXPECT_EQ(counting.amount, yuan(3));
  EXPECT_EQ(counting.goal, yuan(50));
  view.target = Fen(0);
  EXPECT_FALSE(scene<screen::Counting>(facts()).goal);
}

TEST_F(ScreenModelTest, AtMostSixAmountsAreOffered) {
  view.scene = Scene::choosing;
  view.terms.activity = tlog::Activity::one_day;
  pack.one_day_amounts.assign(20, yuan(1));
  EXPECT_EQ(scene<screen::AmountChoice>(facts()).presets.size(), 6U);
}

TEST_F(ScreenModelTest, AClosedGateSaysWhyAlsoWithoutAnyPack) {
  view.scene = Scene::closed;
  view.gate.reason = domain::GateReason::ended;
  EXPECT_EQ(scene<screen::GateClosed>(facts()).reason, screen::GateReason::ended);
  view.gate.reason = domain::GateReason::no_pack;
  ScreenFacts none = facts();
  none.pack = nullptr;
  EXPECT_EQ(scene<screen::GateClosed>(none).reason, screen::GateReason::no_pack);
}

TEST_F(ScreenModelTest, AFailedJournalIsOutOfService) {
  view.scene = Scene::out_of_service;
  ScreenFacts failed = facts();
  failed.failure = "fsync";
  const auto out = scene<screen::OutOfService>(failed);
  EXPECT_EQ(out.reason, screen::OutReason::storage);
  EXPECT_EQ(out.detail, "fsync");
}

TEST_F(ScreenModelTest, AReturnedCoinIsANoticeOverAnyScene) {
  view.notice = domain::Notice::returned;
  EXPECT_EQ(make_model(facts()).notice, screen::Notice::cash_returned);
}

}  // namespace
}  // namespace yijuan::kiosk
