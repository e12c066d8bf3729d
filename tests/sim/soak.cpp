#include "soak.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::Fault;

constexpr std::array<std::int64_t, 5> kCoinFen = {0, 100, 100, 50, 10};
constexpr std::array<std::int64_t, 4> kNoteFen = {0, 100, 500, 1000};
constexpr std::size_t kEventsBetweenRests = 120;
constexpr std::size_t kMostWhileDown = 40;  // far below 255: a counter's way round
constexpr auto kStep = 50ms;

cctalk::CoinTable coin_table() {
  return {{.position = 1, .id = "CN100A", .amount = Fen(kCoinFen[1])},
          {.position = 2, .id = "CN100B", .amount = Fen(kCoinFen[2])},
          {.position = 3, .id = "CN050A", .amount = Fen(kCoinFen[3])},
          {.position = 4, .id = "CN010A", .amount = Fen(kCoinFen[4])}};
}
cctalk::NoteTable note_table() {
  return {{.position = 1, .id = "CN0001A", .amount = Fen(kNoteFen[1])},
          {.position = 2, .id = "CN0005A", .amount = Fen(kNoteFen[2])},
          {.position = 3, .id = "CN0010A", .amount = Fen(kNoteFen[3])}};
}

// Every event is a piece of money, so that events that were lost can be counted in pieces.
cctalk_fake::ValidatorMake note_make() {
  return {.reading = 50ms, .moving = 100ms, .room = 10'000'000, .tells_refusals = false};
}

// The driver owns its source; the place it leads to may change.
class Handle : public StreamSource {
 public:
  explicit Handle(std::function<cctalk_fake::FakePort&()> port) : port_(std::move(port)) {}
  Task<std::unique_ptr<ByteStream>> open() override { return port_().open(); }
  [[nodiscard]] std::string name() const override { return "fake:soak"; }

 private:
  std::function<cctalk_fake::FakePort&()> port_;
};

}  // namespace

Soak::Soak(std::uint64_t seed)
    : random_(seed),
      jitter_(seed),
      notes_(note_make()),
      note_port_(context_.get_executor(), clock_, notes_) {
  put_coin_acceptor();
  notes_.set_faults([this] { return line_fault(); });
  start();
}

Soak::~Soak() {
  kill();
}

void Soak::put_coin_acceptor() {
  cctalk_fake::Make make{.tells_refusals = false};
  make.serial += static_cast<std::uint32_t>(coins_.size());
  coins_.push_back(std::make_unique<cctalk_fake::FakeAcceptor>(make));
  coins_.back()->set_faults([this] { return line_fault(); });
  coin_ports_.push_back(
      std::make_unique<cctalk_fake::FakePort>(context_.get_executor(), clock_, *coins_.back()));
}

Fault Soak::line_fault() {
  if (line_rate_ == 0 || !one_in(line_rate_)) return Fault::none;
  constexpr std::array kAll = {Fault::lose,  Fault::flip,  Fault::cut,
                               Fault::noise, Fault::stray, Fault::late};
  return kAll.at(random_() % kAll.size());
}

void Soak::accept(bool wanted) {
  coin_->accept(wanted);
  note_->accept(wanted);
}

void Soak::decide(const std::string&, int counter, NoteVerdict verdict) {
  note_->decide(counter, verdict);
}

void Soak::durable() {
  facts_->set_working(box_->busy());
}

// kioskd starts from what is durable: by its snapshot, as after any restart.
void Soak::start() {
  failed_ = slow_ = false;
  journal_.now = wall_.now();
  auto history =
      kiosk::History::from_snapshot(journal_.durable().to_snapshot(), journal_.durable().size);
  expect(history.has_value(), "a snapshot cannot be read");
  facts_ = std::make_unique<DeviceFacts>(context_.get_executor(), 16);
  const DriverContext context{
      .executor = context_.get_executor(), .clock = clock_, .random = jitter_};
  cctalk::AcceptorConfig coin;
  coin.table = coin_table();
  coin_ = std::make_unique<cctalk::CctalkCoinAcceptor>(
      coin,
      std::make_unique<Handle>([this]() -> cctalk_fake::FakePort& { return *coin_ports_.back(); }),
      context, *facts_, journal_.mark("coin"));
  note_ = std::make_unique<cctalk::CctalkNoteAcceptor>(
      cctalk::NoteConfig{.table = note_table()},
      std::make_unique<Handle>([this]() -> cctalk_fake::FakePort& { return note_port_; }), context,
      *facts_, journal_.mark("note"));
  box_.emplace(kiosk::Box::World{context_.get_executor(), journal_, clock_, wall_, *this},
               kiosk::Box::Identity{pack_.boxes.begin()->first, "ledger.example/box/b/00000000",
                                    "vkey", Bytes(32, 7)},
               *std::move(history));
  box_->offer_pack(pack_);
  box_->start(false);
  drivers_ = std::make_unique<TaskGroup>(context_.get_executor(), TaskGroup::OnError{});
  drivers_->spawn("coin", coin_->run());
  drivers_->spawn("note", note_->run());
  reader_ = std::make_unique<TaskGroup>(context_.get_executor(), TaskGroup::OnError{});
  reader_->spawn("facts", take_facts());
}

// As by a power cut: the cables go silent in the same moment.
void Soak::kill() {
  reader_->cancel();
  clock_.settle();
  journal_.cut_power();
  coin_ports_.back()->unplug();
  note_port_.unplug();
  drivers_->cancel();
  for (int i = 0; i < 100 && !(drivers_->empty() && reader_->empty()); ++i) clock_.run_for(100ms);
  box_.reset();
  drivers_.reset();
  reader_.reset();
  coin_.reset();
  note_.reset();
  facts_.reset();
  coin_ports_.back()->plug();
  note_port_.plug();
}

Task<void> Soak::take_facts() {
  while (true) {
    auto room = co_await box_->room().wait();
    if (!room) co_return room;
    auto fact = co_await facts_->pop();
    if (!fact) co_return fact.error();
    journal_.now = wall_.now();
    if (const auto* report = std::get_if<CashReport>(&*fact)) box_->take(*report);
    if (const auto* note = std::get_if<NoteInEscrow>(&*fact)) box_->note(*note);
    if (const auto* state = std::get_if<DeviceState>(&*fact)) box_->device(*state);
    facts_->set_working(box_->busy());
  }
}

void Soak::pass(std::chrono::milliseconds span) {
  const Instant end = clock_.now() + span;
  while (clock_.now() < end) {
    clock_.run_for(kStep);
    journal_.now = wall_.now();
    if (box_->deadline() && *box_->deadline() <= clock_.now()) box_->tick();
    if (!slow_ && !one_in(4)) journal_.commit_all();
    if (failed_) {
      kill();
      start();
    }
  }
}

void Soak::offer() {
  ++tally_.events;
  if (one_in(3)) {
    (void)notes_.insert(clock_.now(), 1 + static_cast<int>(random_() % 3));
  } else {
    (void)coins_.back()->drop_coin(clock_.now(), 1 + static_cast<int>(random_() % 4));
  }
}

// Something happens that should not, now and then, at rates that change from rest to rest.
void Soak::trouble() {
  switch (random_() % 16) {
    case 0: {  // the box loses its power, and people do not notice at once
      ++tally_.cuts;
      disturbed_ = true;
      kill();
      const auto more = random_() % kMostWhileDown;
      for (std::uint64_t i = 0; i < more && one_in(2); ++i) {
        clock_.run_for(300ms);
        offer();
      }
      return start();
    }
    case 1:
      ++tally_.device_cuts;
      ++coin_doubts_;
      return coins_.back()->cut_power(clock_.now(), 500ms * (random_() % 4));
    case 2:
      ++tally_.device_cuts;
      ++note_doubts_;
      return notes_.cut_power(clock_.now(), 500ms * (random_() % 4));
    case 3:
      if (!one_in(4)) return;
      ++tally_.swaps;
      ++coin_doubts_;
      coin_ports_.back()->unplug();
      return put_coin_acceptor();
    case 4:
      if (!one_in(4)) return;
      ++tally_.swaps;
      ++note_doubts_;
      return notes_.swap(clock_.now(), static_cast<std::uint32_t>(random_() % 1'000'000 + 1));
    case 5:
      disturbed_ = true;
      return notes_.jam(clock_.now(), static_cast<cctalk_fake::Jam>(random_() % 3));
    case 6:
      return notes_.clear_jam(clock_.now());
    case 7:
      disturbed_ = disturbed_ || notes_.busy();
      return notes_.pull_out(clock_.now(), true);
    case 8:
      slow_ = !slow_;
      return;
    case 9:
      journal_.fail_one(Error(IoErrc::failed, "fsync"));
      return;
    case 10:
      return box_->contact({"door", one_in(2)});
    case 11:
      return box_->disk_full(one_in(2));
    case 12:
      disturbed_ = true;
      return note_port_.unplug();
    case 13:
      return coin_ports_.back()->unplug();
    case 14:
      if (one_in(2)) {
        (void)box_->begin_test("note");
        return;
      }
      return box_->end_test();
    default:
      note_port_.plug();
      coin_ports_.back()->plug();
  }
}

// Everything works again, nobody is in front, and all that can be known is known.
void Soak::rest() {
  ++tally_.rests;
  line_rate_ = 0;
  slow_ = false;
  notes_.clear_jam(clock_.now());
  note_port_.plug();
  coin_ports_.back()->plug();
  box_->contact({"door", false});
  box_->disk_full(false);
  box_->end_test();
  const auto at_work = [this] {
    return coin_->open() && note_->open() && !notes_.busy() &&
           journal_.durable().books.pending().empty();
  };
  pass(12s);  // longer than any verdict is waited for
  for (int i = 0; i < 120 && !at_work(); ++i) pass(1s);
  expect(at_work(), "the box does not come back");
  pass(2s);
  journal_.commit_all();
  const Truth now = truth();
  compare(now);
  last_ = now;
  coin_doubts_ = note_doubts_ = 0;
  constexpr std::array<unsigned, 6> kRates = {0, 1000, 100, 30, 10, 4};
  line_rate_ = kRates.at(random_() % kRates.size());
  disturbed_ = line_rate_ != 0;
}

Soak::Truth Soak::truth() {
  Truth now;
  for (const auto& device : coins_) {
    now.coins += device->accepted().size();
    for (const auto& coin : device->accepted()) {
      now.coin_sum += Fen(kCoinFen.at(static_cast<std::size_t>(coin.position)));
    }
  }
  notes_.tick(clock_.now());
  for (const auto& note : notes_.notes()) {
    if (note.fate != cctalk_fake::NoteFate::stacked) continue;
    ++now.notes;
    now.note_sum += Fen(kNoteFen.at(static_cast<std::size_t>(note.position)));
  }
  now.coin = journal_.sums("coin");
  now.note = journal_.sums("note");
  return now;
}

void Soak::expect(bool holds, const std::string& what) {
  if (holds) return;
  const Truth now = truth();
  tally_.wrong.push_back(fmt::format(
      "rest {}: {}; since the last: coins {} credited {} lost {} unknown {} | notes {} credited {} "
      "lost {} unknown {} disputed {} returned {} intents {} | doubts {} {} disturbed {}",
      tally_.rests, what, now.coins - last_.coins, now.coin.pieces - last_.coin.pieces,
      now.coin.lost - last_.coin.lost, now.coin.unknown - last_.coin.unknown,
      now.notes - last_.notes, now.note.pieces - last_.note.pieces, now.note.lost - last_.note.lost,
      now.note.unknown - last_.note.unknown, now.note.disputed - last_.note.disputed,
      now.note.returned - last_.note.returned, now.note.intents - last_.note.intents, coin_doubts_,
      note_doubts_, disturbed_));
}

void Soak::compare(const Truth& now) {
  const domain::Books& books = journal_.durable().books;
  expect(books.faults.empty(), books.faults.empty() ? "" : books.faults.front());
  expect(books.gift_total + books.open_total() == books.cash_total, "gifts are not their cash");
  expect(books.pending().empty(), "a note has no end");

  const auto coins = now.coins - last_.coins;
  const auto coins_credited = now.coin.pieces - last_.coin.pieces;
  const auto coins_lost = now.coin.lost - last_.coin.lost;
  const auto coins_unknown = now.coin.unknown - last_.coin.unknown;
  expect(coins_credited + coins_lost <= coins, "more coins than fell");
  expect(coins_credited + coins_lost == coins || coins_unknown > 0, "coins without a word");
  expect(coins_unknown == 0 || coin_doubts_ > 0,
         "a gap of unknown size, and nothing was forgotten");
  expect(now.coin.credited - last_.coin.credited <= now.coin_sum - last_.coin_sum,
         "more coin money than fell");

  const auto notes = now.notes - last_.notes;
  const auto notes_credited = now.note.pieces - last_.note.pieces;
  const auto notes_lost = now.note.lost - last_.note.lost;
  const auto notes_unknown = now.note.unknown - last_.note.unknown;
  const auto disputed = now.note.disputed - last_.note.disputed;
  expect(notes_credited <= notes, "more notes than were stacked");
  expect(notes <= notes_credited + disputed + notes_lost || notes_unknown > 0,
         "notes without a word");
  expect(notes_unknown == 0 || note_doubts_ > 0,
         "a gap of unknown size, and nothing was forgotten");
  expect(now.note.credited - last_.note.credited <= now.note_sum - last_.note_sum,
         "more note money than was stacked");
  const bool certain = note_doubts_ == 0 && !disturbed_ && notes_lost == 0;
  expect(!certain || disputed == 0, "a dispute without a reason");
}

SoakTally Soak::live(std::size_t events) {
  pass(10s);
  rest();
  unsigned troubles = 20;  // one step in so many
  std::size_t next_rest = kEventsBetweenRests;
  while (tally_.events < events && tally_.wrong.empty()) {
    offer();
    pass(std::chrono::milliseconds(100 + random_() % 300));
    if (troubles > 0 && one_in(troubles)) trouble();
    if (tally_.events < next_rest) continue;
    next_rest = tally_.events + kEventsBetweenRests;
    rest();
    constexpr std::array<unsigned, 4> kTroubles = {0, 60, 20, 6};
    troubles = kTroubles.at(random_() % kTroubles.size());
  }
  rest();
  const Truth now = truth();
  tally_.coins = now.coins;
  tally_.notes = now.notes;
  tally_.lost = now.coin.lost + now.note.lost;
  tally_.unknown = now.coin.unknown + now.note.unknown;
  tally_.disputed = now.note.disputed;
  tally_.returned = now.note.returned;
  tally_.entries = journal_.durable().size;
  return tally_;
}

}  // namespace yijuan::sim
