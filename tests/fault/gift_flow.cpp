#include "tests/fault/gift_flow.hpp"

#include <deque>
#include <functional>

#include "journal/errc.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::fault {
namespace {

constexpr const char* kOrigin = "ledger.example/box/market-1/0011aabb";

const domain::CampaignPack& pack() {
  static const domain::CampaignPack sample = kiosk::sample_pack();
  return sample;
}

// The journal, and a note of everything that it promises. Waits for each commit before the next is
// queued, so that every run makes the same calls; what the journal says is told the box later, in
// order, by tell().
class WitnessedJournal : public Journal {
 public:
  WitnessedJournal(asio::io_context& loop, SqliteJournal& journal, Promises& promises,
                   const std::function<void()>& told)
      : loop_(loop), journal_(journal), promises_(promises), told_(told) {}

  std::vector<EntryRef> append(Append append, Done done) override {
    bool over = false;
    std::vector<EntryRef> refs;
    refs = journal_.append(std::move(append), [&](const Result<void>& result) {
      over = true;
      for (const EntryRef& ref : refs) {
        if (result) promises_.acknowledged[ref.seq] = ref.leaf;
      }
      told_();
      if (done) later([done = std::move(done), result] { done(result); });
    });
    for (const EntryRef& ref : refs) promises_.written[ref.seq].insert(ref.leaf);
    told_();
    loop_.restart();
    while (!over && loop_.run_one() > 0) {
    }
    return refs;
  }
  void later(std::function<void()> news) { news_.push_back(std::move(news)); }
  void tell() {
    while (!news_.empty()) {
      const auto news = std::move(news_.front());
      news_.pop_front();
      news();
    }
  }

  [[nodiscard]] Seq next_seq() const override { return journal_.next_seq(); }
  [[nodiscard]] LogHead head() const override { return journal_.head(); }
  Task<std::vector<std::string>> read(Seq first, std::size_t lines, std::size_t bytes) override {
    return journal_.read(first, lines, bytes);
  }
  Task<Hash> root_at(std::uint64_t size) override { return journal_.root_at(size); }
  [[nodiscard]] std::optional<std::string> cosigned() const override { return journal_.cosigned(); }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return journal_.cosigned_size(); }
  Task<void> store_cosigned(std::uint64_t size, std::string note) override {
    return journal_.store_cosigned(size, std::move(note));
  }

 private:
  asio::io_context& loop_;
  SqliteJournal& journal_;
  Promises& promises_;
  const std::function<void()>& told_;
  std::deque<std::function<void()>> news_;
};

// What happens in a life that the disk ends.
struct Ended {
  FlowEnd how;
};

}  // namespace

// One process: from opening the journal to its end, however it comes.
class GiftFlow::Life : private kiosk::BoxOutput {
 public:
  explicit Life(GiftFlow& flow) : flow_(flow) {}

  void start();
  void drop(std::int64_t fen);
  void touch(const domain::SessionEvent& event) {
    box_->touch(event);
    settle();
  }
  void ask_slip();
  void stop();

 private:
  Promises& promises() { return flow_.promises_; }
  void fall(std::int64_t fen);
  void settle();
  void rest();
  void take_up();
  kiosk::History history();
  void expect_no_more_money();
  void expect_acknowledged(Seq gift, const char* what);

  // kiosk::BoxOutput
  void present(const domain::View& view) override;
  void print(Seq gift, std::uint32_t copy) override;
  void accept(bool wanted) override { accepts_ = wanted; }
  void decide(const std::string&, int, NoteVerdict) override {}
  void durable() override {}
  void failed(const Error& error) override;

  GiftFlow& flow_;
  asio::io_context loop_;
  SimClock clock_{loop_, std::chrono::seconds(1)};
  kiosk::FakeWall wall_{clock_};
  test::SeededRandom random_{7};
  std::unique_ptr<SqliteJournal> journal_;
  std::unique_ptr<WitnessedJournal> witnessed_;
  std::optional<kiosk::Box> box_;
  bool accepts_ = false;
  std::optional<std::pair<Seq, std::uint32_t>> print_;
};

kiosk::History GiftFlow::Life::history() {
  kiosk::History history;
  if (const auto& snapshot = journal_->snapshot()) {
    auto known = kiosk::History::from_snapshot(snapshot->text, snapshot->size);
    if (known) history = std::move(*known);
  }
  const auto read = journal_->for_each_line(history.size, [&](Seq seq, std::string_view line) {
    const auto entry = tlog::parse_line(line);
    if (!entry) return;
    history.add(seq, entry->header.at, entry->body);
    history.health.recall(entry->body);
  });
  if (read) return history;
  flow_.error_ = read.error().message();
  throw Ended{FlowEnd::refused};
}

void GiftFlow::Life::start() {
  auto opened = SqliteJournal::open(loop_.get_executor(), wall_, random_, flow_.options_);
  if (!opened) {
    flow_.error_ = opened.error().message();
    throw Ended{FlowEnd::refused};
  }
  journal_ = std::move(*opened);
  const auto& known = promises().acknowledged;
  if (!known.empty() && journal_->next_seq() <= known.rbegin()->first) {
    throw Ended{FlowEnd::went_back};
  }
  witnessed_ = std::make_unique<WitnessedJournal>(loop_, *journal_, promises(), flow_.told_);
  box_.emplace(kiosk::Box::World{loop_.get_executor(), *witnessed_, clock_, wall_, *this},
               kiosk::Box::Identity{pack().boxes.begin()->first, kOrigin, "vkey", Bytes(32, 7)},
               history());
  journal_->on_disk_full(
      [this](bool full) { witnessed_->later([this, full] { box_->disk_full(full); }); });
  journal_->on_failed(
      [this](const Error& error) { witnessed_->later([this, error] { box_->fail(error); }); });
  flow_.work_.push_back({flow_.calls() + 1, 0});
  box_->offer_pack(pack());
  box_->start(false);
  box_->disk_full(journal_->disk_full());
  box_->paper(true);
  settle();
  take_up();
}

// As a driver does after a start: the acceptor tells what came after the mark. Without a mark it is
// a used one of which nothing is known, and what it took before is a gap.
void GiftFlow::Life::take_up() {
  const auto& coins = promises().coins;
  if (coins.empty()) return;
  CashReport report{
      .mark = {"coin", "1", coins.rbegin()->first, false}, .events = {}, .lost = std::nullopt};
  if (journal_->marks().empty()) {
    report.swapped = true;
  } else {
    for (auto at = coins.upper_bound(journal_->marks()[0].counter); at != coins.end(); ++at) {
      report.events.emplace_back(CashAccepted{at->first, 1, Fen(at->second)});
    }
    if (report.events.empty()) return;
  }
  box_->take(report);
  settle();
}

void GiftFlow::Life::drop(std::int64_t fen) {
  if (!accepts_) return;  // it goes back to the donor
  fall(fen);
  settle();
}

void GiftFlow::Life::fall(std::int64_t fen) {
  const int number = static_cast<int>(promises().coins.size()) + 1;
  promises().coins[number] = fen;
  flow_.told_();
  box_->take({.mark = {"coin", "1", number, false},
              .events = {CashAccepted{number, 1, Fen(fen)}},
              .lost = std::nullopt});
}

// Until nothing is under way, the journal's own housekeeping included; or the end of this life.
void GiftFlow::Life::settle() {
  rest();
  if (box_->failure()) {
    expect_no_more_money();
    throw Ended{FlowEnd::failed};
  }
  if (flow_.stop_when_struck_ && flow_.struck()) throw Ended{FlowEnd::failed};
}

void GiftFlow::Life::rest() {
  do {
    witnessed_->tell();
    witnessed_->append({}, {});
    loop_.poll();
  } while (box_->busy() && !box_->failure());
  witnessed_->tell();
}

void GiftFlow::Life::expect_no_more_money() {
  const auto wrong = [this](const char* what) { promises().broken.emplace_back(what); };
  if (accepts_) wrong("the acceptor is open after a failure");
  if (box_->view().scene != domain::Scene::out_of_service) wrong("no word of a failure");
  const std::size_t known = promises().acknowledged.size();
  fall(100);  // it was on its way when the acceptor was shut: the next start hears of it
  box_->touch(domain::StartGift{});
  box_->tick();
  box_->look_around();
  rest();
  if (promises().acknowledged.size() != known) wrong("an entry after a failure");
  if (box_->view().scene != domain::Scene::out_of_service) wrong("in service after a failure");
  if (accepts_) wrong("the acceptor was opened after a failure");
}

void GiftFlow::Life::ask_slip() {
  print_.reset();
  box_->touch(domain::AskSlip{domain::SlipWish::paper});
  settle();
  if (!print_) return;
  box_->printed({print_->first, print_->second, tlog::SlipOutcome::printed, {}});
  settle();
}

void GiftFlow::Life::stop() {
  box_->stop();
  settle();
  flow_.work_.back().last = flow_.calls();
  const kiosk::History& history = box_->history();
  promises().snapshots.insert(sha256(as_bytes(history.to_snapshot())));
  flow_.told_();
  journal_->keep_snapshot({history.size, history.to_snapshot()});
  journal_.reset();
}

void GiftFlow::Life::expect_acknowledged(Seq gift, const char* what) {
  if (promises().acknowledged.contains(gift)) return;
  promises().broken.push_back(fmt::format("{} for gift {}, which is not durable", what, gift));
}

void GiftFlow::Life::present(const domain::View& view) {
  if (view.scene == domain::Scene::thanks) expect_acknowledged(view.thanks->gift, "thanks");
}

void GiftFlow::Life::print(Seq gift, std::uint32_t copy) {
  expect_acknowledged(gift, "a slip");
  print_ = {gift, copy};
}

void GiftFlow::Life::failed(const Error& error) {
  flow_.error_ = error.message();
  flow_.noticed_ = true;
}

GiftFlow::GiftFlow(test::SimDisk& disk, Promises& promises)
    : disk_(&disk), options_(options(disk)), promises_(promises) {}

GiftFlow::GiftFlow(JournalOptions options, Promises& promises, std::function<void()> told)
    : disk_(nullptr), options_(std::move(options)), promises_(promises), told_(std::move(told)) {}

JournalOptions GiftFlow::small_options() {
  JournalOptions options;
  options.origin = kOrigin;
  options.create = true;
  options.wal_bytes = 8 * 1024;
  options.reserve_bytes = 16 * 1024;
  options.quiet = std::chrono::hours(1);  // housekeeping after the commit that makes it due
  options.quiet_frames = options.most_frames = 8;
  return options;
}

JournalOptions GiftFlow::options(test::SimDisk& disk) {
  JournalOptions options = small_options();
  options.path = "/box/journal.db";
  options.vfs = disk.vfs();
  options.disk = &disk;
  return options;
}

template <class Steps>
FlowEnd GiftFlow::live(const Steps& steps) {
  try {
    Life life(*this);
    steps(life);
    return FlowEnd::whole;
  } catch (const Ended& ended) {
    return ended.how;
  }
}

void GiftFlow::give(Life& life) {
  life.start();
  life.drop(100);
  life.ask_slip();
  life.touch(domain::StartGift{tlog::Activity::free});
  life.touch(domain::ChooseAmount{Fen(0)});
  life.drop(50);
  life.touch(domain::Done{});
  life.touch(domain::AskSlip{domain::SlipWish::none});
  life.drop(100);
}

FlowEnd GiftFlow::run(bool stop_when_struck) {
  stop_when_struck_ = stop_when_struck;
  const FlowEnd first = live([](Life& life) {
    give(life);
    life.stop();
  });
  if (first != FlowEnd::whole) return first;
  return go_on();
}

FlowEnd GiftFlow::run_into_the_wal() {
  options_.most_frames = 1000;
  return live([this](Life& life) {
    give(life);
    disk_->end_process();
  });
}

FlowEnd GiftFlow::go_on() {
  return live([](Life& life) {
    life.start();
    life.drop(100);
    life.stop();
  });
}

}  // namespace yijuan::fault
