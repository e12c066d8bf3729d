// Random days in front of a box: coins, fingers, printers, gates, slow commits and power cuts, each
// day from one seed. After every step the invariant is checked from the entries alone, and every
// view that is shown is held against what was durable when it was shown.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>

#include "domain/session.hpp"
#include "session_box.hpp"

namespace yijuan::domain {
namespace {

using tlog::Activity;

// The books that a reader makes of the first `size` entries.
Books read_books(const std::vector<tlog::Body>& log, std::size_t size) {
  Books books;
  for (std::size_t seq = 0; seq < size; ++seq) books.add(seq, log[seq]);
  return books;
}

class RandomDay {
 public:
  explicit RandomDay(std::uint64_t seed) : random_(seed) {
    pack_ = box_pack(one_in(2) ? OneYuanMode::each_yuan : OneYuanMode::until_quiet);
    start();
  }

  void live(int events) {
    for (int i = 0; i < events && !testing::Test::HasFailure(); ++i) one_event();
  }

  // Everybody goes home; the clock runs on until nothing is waited for.
  void end() {
    if (!journal_failed_) {
      for (int i = 0; i < 20 && last_.deadline; ++i) {
        now_ = std::max(now_, *last_.deadline);
        tell(Tick{});
      }
      EXPECT_FALSE(last_.deadline.has_value()) << "something is waited for, for ever";
    } else {
      start();
    }
    commit(steps_.size());
    EXPECT_TRUE(books_.open().empty());
    EXPECT_EQ(books_.gift_total + books_.test_total, Fen(dropped_.back()));
    every_piece_is_in_exactly_one_gift();
    every_intent_has_one_end();
    any_prefix_can_be_recovered();
  }

  [[nodiscard]] std::size_t entries() const { return log_.size(); }
  [[nodiscard]] std::uint64_t gifts() const { return books_.gift_count; }
  [[nodiscard]] int cuts() const { return cuts_; }
  [[nodiscard]] std::uint64_t intents() const { return intents_; }
  [[nodiscard]] std::uint64_t disputes() const { return books_.disputed_count; }
  [[nodiscard]] std::uint64_t tests() const { return books_.test_count; }

 private:
  // A step that was told but whose effects wait for its commit.
  struct Pending {
    std::size_t size;  // of the log, with this step
    std::vector<SessionEffect> effects;
  };

  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  template <class T>
  T any(std::initializer_list<T> of) {
    return of.begin()[random_() % of.size()];
  }

  void one_event() {
    const auto dice = random_() % 100;
    if (dice < 25) return drop_coins();
    if (dice < 35) return bill();
    if (dice < 37) return technician();
    if (dice < 50) return pass_time();
    if (dice < 75) return touch();
    if (dice < 85) return commit(random_() % (steps_.size() + 1));
    if (dice < 92) return print();
    if (dice < 96) return turn_gate();
    if (dice < 97 && one_in(4)) return fail_journal();
    if (dice < 99) return cut();
    paper_ = !paper_;
  }

  void drop_coins() {
    CashBatch batch{"coin", "4711", {}, 0, {}, false};
    std::int64_t sum = 0;
    for (auto n = random_() % 4; n > 0; --n) {
      if (one_in(6)) {
        batch.facts.emplace_back(CashRefused{one_in(2)});
        continue;
      }
      const auto fen = any<std::int64_t>({10, 50, 100, 100, 100, 500});
      batch.facts.emplace_back(CashIn{counter_ = counter_ % 255 + 1, Fen(fen)});
      sum += fen;
    }
    batch.counter = counter_;
    if (one_in(15)) batch.lost = random_() % 3;
    batch.restarted = one_in(30);
    if (!journal_failed_) {
      dropped_now_ = sum;
      lost_now_ = batch.lost.value_or(0);
    }
    tell(batch);
  }

  // A note acceptor at its worst: it offers notes, offers them again, stacks, returns and forgets
  // in any order. What is stacked is money; each intent has one end.
  void bill() {
    const int next = bill_counter_ % 255 + 1;
    if (one_in(2)) {
      if (!one_in(3)) offered_ = {"note", "N-1", bill_counter_ = next, bill_amount()};
      return tell(offered_);
    }
    CashBatch batch{.device = "note", .serial = "N-1", .facts = {}, .counter = next, .lost = {}};
    bill_counter_ = next;
    std::int64_t sum = 0;
    if (one_in(2)) {
      const Fen amount = one_in(8) ? bill_amount() : offered_.amount;
      sum = amount.count();
      batch.facts.emplace_back(CashIn{next, amount});
    } else if (one_in(2)) {
      batch.facts.emplace_back(CashRefused{true, !one_in(3), "returned"});
    }
    if (one_in(8)) batch.lost = 1 + random_() % 3;
    batch.restarted = one_in(20);
    batch.swapped = one_in(20);
    const bool unclear = batch.facts.empty() && one_in(2);
    if (unclear) batch.facts.emplace_back(NoteUnclear{"jam"});
    if (!journal_failed_) {
      dropped_now_ = sum;
      const bool held = books_.pending().contains("note") && !batch.restarted && !batch.swapped;
      lost_now_ = batch.lost.value_or(0) + (unclear && !held ? 1 : 0);
    }
    tell(batch);
  }
  Fen bill_amount() { return Fen(any<std::int64_t>({100, 500, 1000, 10'000})); }

  void technician() {
    if (one_in(2)) return tell(BeginTest{"coin"});
    tell(EndTest{});
  }

  void pass_time() {
    const auto ms = any({0, 500, 2000, 4000, 7000, 30'000, 90'000});
    const Uptime end = now_ + std::chrono::milliseconds(ms);
    const bool late = one_in(4);  // the loop was busy: Ticks come late, all at once
    while (!late && last_.deadline && *last_.deadline <= end) {
      now_ = std::max(now_, *last_.deadline);
      tell(Tick{});
    }
    now_ = end;
    tell(Tick{});
    if (last_.deadline) EXPECT_GT(*last_.deadline, now_);
  }

  void touch() {
    switch (random_() % 9) {
      case 0:
        return tell(StartGift{any({Activity::free, Activity::one_day, Activity::one_yuan})});
      case 1:
        return tell(ChooseAmount{Fen(any<std::int64_t>({-1, 0, 100, 300, 1000, INT64_MAX}))});
      case 2:
        return tell(ChooseDesignation{any<const char*>({"general", "students", "nothing"})});
      case 3:
        return tell(ChooseUnit{any<const char*>({"", "school-1", "nobody"})});
      case 4:
        return tell(Done{});
      case 5:
        return tell(Cancel{});
      case 6:
        return tell(More{});
      default:
        return tell(
            AskSlip{any({SlipWish::paper, SlipWish::paper, SlipWish::screen, SlipWish::none})});
    }
  }

  void print() {
    using enum tlog::SlipOutcome;
    if (prints_.empty() || one_in(5)) return tell(Printed{random_() % 50, 1, printed, ""});
    const PrintSlip job = prints_.front();
    prints_.pop_front();
    tell(Printed{job.gift, job.copy, any({printed, failed, uncertain}), "x"});
  }

  void turn_gate() {
    gate_ = one_in(2) ? open_gate() : ended_gate();
    tell(GateChecked{gate_});
  }

  void fail_journal() {
    tell(JournalFailed{});
    journal_failed_ = true;
  }

  // What was not committed is gone, as if it had never happened: the acceptor still has it.
  void cut() {
    ++cuts_;
    steps_.clear();
    log_.resize(committed_);
    while (ends_.back() > committed_) {
      ends_.pop_back();
      dropped_.pop_back();
      lost_.pop_back();
    }
    start();
  }

  void start() {
    commit(steps_.size());
    books_ = read_books(log_, log_.size());
    EXPECT_EQ(books_.cash_total + books_.test_total, Fen(dropped_.back()))
        << "money lost or invented by a cut";
    for (const tlog::Body& gift : recover(books_, context())) append(gift);
    EXPECT_TRUE(books_.open().empty());
    ends_.push_back(log_.size());
    dropped_.push_back(dropped_.back());
    lost_.push_back(lost_.back());
    committed_ = log_.size();
    durable_ = books_;
    session_ = Session(books_);
    journal_failed_ = false;
    prints_.clear();
    gate_ = open_gate();
    tell(GateChecked{gate_});
  }

  void tell(const SessionEvent& event) {
    const bool was_failed = journal_failed_;
    const Gate gate_before = session_.view().gate;
    last_ = session_.step(event, context());
    if (was_failed) EXPECT_TRUE(last_.entries.empty());
    no_gift_begins_behind_a_closed_gate(event, gate_before);
    for (const tlog::Body& body : last_.entries) append(body);
    ends_.push_back(log_.size());
    dropped_.push_back(dropped_.back() + std::exchange(dropped_now_, 0));
    lost_.push_back(lost_.back() + std::exchange(lost_now_, 0));
    steps_.push_back({log_.size(), last_.effects});
    check();
  }

  void append(const tlog::Body& body) {
    books_.add(log_.size(), body);
    log_.push_back(body);
  }

  void commit(std::size_t count) {
    for (; count > 0; --count) {
      const Pending step = std::move(steps_.front());
      steps_.pop_front();
      for (; committed_ < step.size; ++committed_) durable_.add(committed_, log_[committed_]);
      for (const SessionEffect& effect : step.effects) {
        if (const auto* present = std::get_if<Present>(&effect)) shown(present->view);
        if (const auto* job = std::get_if<PrintSlip>(&effect)) {
          EXPECT_LT(job->gift, committed_);
          EXPECT_TRUE(std::holds_alternative<tlog::Gift>(log_[job->gift]));
          prints_.push_back(*job);
        }
      }
    }
  }

  // Whatever a screen says stands in durable entries.
  void shown(const View& view) {
    EXPECT_EQ(view.given, view.scene == Scene::out_of_service ? Fen(0) : durable_.open_total());
    EXPECT_EQ(view.scene == Scene::thanks, view.thanks.has_value());
    EXPECT_EQ(view.scene == Scene::testing, view.testing.has_value());
    if (view.testing) EXPECT_LE(view.testing->total, durable_.test_total);
    if (view.thanks) {
      ASSERT_LT(view.thanks->gift, committed_);
      const auto* gift = std::get_if<tlog::Gift>(&log_[view.thanks->gift]);
      ASSERT_NE(gift, nullptr);
      EXPECT_EQ(view.thanks->amount, gift->amount);
      EXPECT_EQ(view.thanks->slip, gift->slip);
      EXPECT_EQ(view.thanks->terms, gift->terms);
      EXPECT_LE(view.thanks->total, durable_.gift_total);
      EXPECT_GE(view.thanks->total, gift->amount);
    }
  }

  // The sums of the entries are the sums of the coins that fell.
  void check() {
    EXPECT_TRUE(books_.faults.empty()) << books_.faults.front();
    EXPECT_EQ(books_.cash_total + books_.test_total, Fen(dropped_.back()));
    EXPECT_EQ(books_.gift_total + books_.open_total(), books_.cash_total);
    EXPECT_EQ(books_.lost, lost_.back());
    std::set<std::uint64_t> sessions;
    for (const auto& [seq, piece] : books_.open()) sessions.insert(piece.session);
    EXPECT_LE(sessions.size(), 1u);
    if (!sessions.empty()) EXPECT_EQ(*sessions.begin(), books_.open().begin()->first);
    const Scene scene = session_.view().scene;
    if (scene == Scene::idle || scene == Scene::closed || scene == Scene::choosing) {
      EXPECT_TRUE(books_.open().empty());
    }
    if (!books_.open().empty() && scene != Scene::out_of_service) {
      EXPECT_TRUE(last_.deadline.has_value()) << "open money, and nothing will ever close it";
    }
  }

  // Behind a closed gate a gift is made only of cash that fell anyway, or by the gate's closing.
  void no_gift_begins_behind_a_closed_gate(const SessionEvent& event, const Gate& before) {
    if (before.open() || std::holds_alternative<GateChecked>(event)) return;
    std::size_t cash = 0, gifts = 0;
    for (const tlog::Body& body : last_.entries) {
      const auto* piece = std::get_if<tlog::Cash>(&body);
      if (piece != nullptr && piece->purpose == tlog::Purpose::gift) ++cash;
      const auto* gift = std::get_if<tlog::Gift>(&body);
      if (gift == nullptr) continue;
      ++gifts;
      EXPECT_EQ(gift->closed, "gate");
    }
    EXPECT_EQ(cash, gifts);
    const Scene scene = session_.view().scene;
    EXPECT_TRUE(scene == Scene::closed || scene == Scene::thanks || scene == Scene::testing ||
                scene == Scene::out_of_service);
  }

  void every_piece_is_in_exactly_one_gift() {
    std::multiset<Seq> given;
    std::uint64_t slip = 0;
    for (std::size_t seq = 0; seq < log_.size(); ++seq) {
      const auto* gift = std::get_if<tlog::Gift>(&log_[seq]);
      if (gift == nullptr) continue;
      EXPECT_EQ(gift->slip, ++slip);
      Fen sum;
      for (const Seq piece : gift->cash) {
        ASSERT_LT(piece, seq);
        given.insert(piece);
        sum += std::get<tlog::Cash>(log_[piece]).amount;
        EXPECT_EQ(std::get<tlog::Cash>(log_[piece]).terms, gift->terms);
      }
      EXPECT_TRUE(std::ranges::is_sorted(gift->cash));
      EXPECT_EQ(sum, gift->amount);
    }
    for (std::size_t seq = 0; seq < log_.size(); ++seq) {
      const auto* cash = std::get_if<tlog::Cash>(&log_[seq]);
      const bool for_gift = cash != nullptr && cash->purpose == tlog::Purpose::gift;
      EXPECT_EQ(given.count(seq), for_gift ? 1u : 0u);
    }
  }

  void every_intent_has_one_end() {
    std::uint64_t intents = 0, ends = 0;
    for (const tlog::Body& body : log_) {
      if (std::holds_alternative<tlog::Intent>(body)) ++intents;
      if (std::holds_alternative<tlog::Returned>(body)) ++ends;
    }
    EXPECT_GE(intents, ends + books_.disputed_count + books_.pending().size());
    EXPECT_LE(books_.pending().size(), 1u);
    EXPECT_TRUE(books_.faults.empty()) << books_.faults.front();
    intents_ = intents;
  }

  // Not only the boundaries of transactions: whatever part of the log survives can be closed.
  void any_prefix_can_be_recovered() {
    const std::size_t size = random_() % (log_.size() + 1);
    Books books = read_books(log_, size);
    SessionContext at = context();
    at.next_seq = size;
    const std::vector<tlog::Body> gifts = recover(books, at);
    EXPECT_LE(gifts.size(), 2u);  // inside a step: small coins, and a yuan beside them
    for (std::size_t i = 0; i < gifts.size(); ++i) books.add(size + i, gifts[i]);
    EXPECT_TRUE(books.open().empty());
    EXPECT_TRUE(books.faults.empty());
    EXPECT_EQ(books.gift_total, books.cash_total);
  }

  [[nodiscard]] SessionContext context() const {
    return {now_, log_.size(), &pack_, SessionBox::kOrigin, as_bytes("slip key"), paper_};
  }

  std::mt19937_64 random_;
  CampaignPack pack_;
  Gate gate_ = open_gate();
  Uptime now_{0};
  bool paper_ = true;
  bool journal_failed_ = false;
  int counter_ = 0;
  int bill_counter_ = 0;
  NoteOffered offered_{"note", "N-1", 0, yuan(1)};  // the newest
  std::uint64_t intents_ = 0;
  int cuts_ = 0;
  std::int64_t dropped_now_ = 0;
  std::uint64_t lost_now_ = 0;

  std::vector<tlog::Body> log_;  // with what is not committed
  std::size_t committed_ = 0;    // entries that are
  std::deque<Pending> steps_;
  std::vector<std::size_t> ends_{0};      // the log's size after each step,
  std::vector<std::int64_t> dropped_{0};  // the money that had fallen by then,
  std::vector<std::uint64_t> lost_{0};    // and the events lost
  std::deque<PrintSlip> prints_;
  Books books_;    // of the whole log
  Books durable_;  // of what is committed
  Session session_;
  SessionStep last_;
};

TEST(SessionProperty, MoneyIsNeverLostInventedOrGivenTwice) {
  std::size_t entries = 0;
  std::uint64_t gifts = 0;
  std::uint64_t intents = 0, disputes = 0, tests = 0;
  int cuts = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE(seed);
    RandomDay day(seed);
    day.live(80);
    day.end();
    if (HasFailure()) return;
    entries += day.entries();
    gifts += day.gifts();
    cuts += day.cuts();
    intents += day.intents();
    disputes += day.disputes();
    tests += day.tests();
  }
  // The days were worth living.
  EXPECT_GT(entries, 100'000u);
  EXPECT_GT(gifts, 40'000u);
  EXPECT_GT(cuts, 5'000);
  EXPECT_GT(intents, 5'000u);
  EXPECT_GT(disputes, 500u);
  EXPECT_GT(tests, 500u);
}

TEST(SessionProperty, TheSameEventsGiveTheSameEntries) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SessionBox one, other;
    std::mt19937_64 random(seed);
    for (int i = 0; i < 100; ++i) {
      const auto dice = random() % 4;
      for (SessionBox* box : {&one, &other}) {
        if (dice == 0) box->tell(StartGift{Activity::free});
        if (dice == 1) box->tell(Done{});
        if (dice >= 2) box->coin(dice == 2 ? 50 : 100);
        box->wait(std::chrono::milliseconds(700));
      }
    }
    EXPECT_EQ(one.log, other.log);
  }
}

}  // namespace
}  // namespace yijuan::domain
