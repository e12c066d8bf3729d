#include "soak.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kEventsBetweenRests = 120;
constexpr std::size_t kMostWhileDown = 40;  // far below 255: a counter's way round
constexpr auto kStep = 50ms;

}  // namespace

Soak::Soak(std::uint64_t seed, SoakBox kind) : random_(seed), jitter_(seed) {
  const Surroundings world{context_.get_executor(), clock_, random_, line_rate_};
  const bool counting = kind == SoakBox::counting;
  coins_ = counting ? make_cctalk_coins(world) : make_pulse_coins(world);
  notes_ = counting ? make_cctalk_notes(world) : make_ict_notes(world);
  door_ = make_contacts(world);
  devices_ = {coins_.get(), notes_.get(), door_.get()};
  start();
}

Soak::~Soak() {
  kill();
}

void Soak::accept(bool wanted) {
  for (SoakDevice* device : devices_) device->accept(wanted);
}

void Soak::decide(const std::string&, int counter, NoteVerdict verdict) {
  notes_->decide(counter, verdict);
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
  expect(history.has_value(), "a snapshot cannot be read", "");
  facts_ = std::make_unique<DeviceFacts>(context_.get_executor(), 16);
  const DriverContext context{
      .executor = context_.get_executor(), .clock = clock_, .random = jitter_};
  for (SoakDevice* device : devices_) device->start(context, *facts_, journal_);
  box_.emplace(kiosk::Box::World{context_.get_executor(), journal_, clock_, wall_, *this},
               kiosk::Box::Identity{pack_.boxes.begin()->first, "ledger.example/box/b/00000000",
                                    "vkey", Bytes(32, 7)},
               *std::move(history));
  box_->offer_pack(pack_);
  box_->start(false);
  drivers_ = std::make_unique<TaskGroup>(context_.get_executor(), TaskGroup::OnError{});
  for (SoakDevice* device : devices_) drivers_->spawn("device", device->run());
  reader_ = std::make_unique<TaskGroup>(context_.get_executor(), TaskGroup::OnError{});
  reader_->spawn("facts", take_facts());
}

// As by a power cut: the cables go silent in the same moment.
void Soak::kill() {
  reader_->cancel();
  clock_.settle();
  journal_.cut_power();
  for (SoakDevice* device : devices_) device->unplug();
  drivers_->cancel();
  for (int i = 0; i < 100 && !(drivers_->empty() && reader_->empty()); ++i) clock_.run_for(100ms);
  box_.reset();
  drivers_.reset();
  reader_.reset();
  for (SoakDevice* device : devices_) device->end();
  facts_.reset();
  for (SoakDevice* device : devices_) device->plug();
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
    if (const auto* contact = std::get_if<ContactChanged>(&*fact)) box_->contact(*contact);
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
  (one_in(3) ? notes_ : coins_)->offer();
}

// Something happens that should not, now and then, at rates that change from rest to rest.
void Soak::trouble() {
  switch (random_() % 16) {
    case 0: {  // the box loses its power, and people do not notice at once
      ++tally_.cuts;
      for (SoakDevice* device : devices_) device->disturb();
      kill();
      const auto more = random_() % kMostWhileDown;
      for (std::uint64_t i = 0; i < more && one_in(2); ++i) {
        clock_.run_for(300ms);
        offer();
      }
      return start();
    }
    case 1:
      slow_ = !slow_;
      return;
    case 2:
      journal_.fail_one(Error(IoErrc::failed, "fsync"));
      return;
    case 3:
      return box_->disk_full(one_in(2));
    case 4:
      if (!one_in(2)) return box_->end_test();
      (void)box_->begin_test("note");
      return;
    case 5:
    case 6:
      for (SoakDevice* device : devices_) device->plug();
      return;
    default:
      return devices_[random_() % devices_.size()]->trouble();
  }
}

// Everything works again, nobody is in front, and all that can be known is known.
void Soak::rest() {
  ++tally_.rests;
  line_rate_ = 0;
  slow_ = false;
  for (SoakDevice* device : devices_) device->calm();
  box_->disk_full(false);
  box_->end_test();
  const auto at_work = [this] {
    return std::ranges::all_of(devices_, [](SoakDevice* device) { return device->at_work(); }) &&
           journal_.durable().books.pending().empty();
  };
  pass(12s);  // longer than any verdict is waited for
  for (int i = 0; i < 120 && !at_work(); ++i) pass(1s);
  expect(at_work(), "the box does not come back", describe());
  pass(2s);
  journal_.commit_all();
  compare();
  constexpr std::array<unsigned, 6> kRates = {0, 1000, 100, 30, 10, 4};
  line_rate_ = kRates.at(random_() % kRates.size());
  for (SoakDevice* device : devices_) device->begin();
}

std::string Soak::describe() {
  std::string text;
  for (SoakDevice* device : devices_) text += " | " + device->describe(journal_);
  return text;
}

void Soak::expect(bool holds, const std::string& what, const std::string& period) {
  if (!holds) tally_.wrong.push_back(fmt::format("rest {}: {}{}", tally_.rests, what, period));
}

void Soak::compare() {
  const std::string period = describe();
  const domain::Books& books = journal_.durable().books;
  expect(books.faults.empty(), books.faults.empty() ? "" : books.faults.front(), period);
  expect(books.gift_total + books.open_total() == books.cash_total, "gifts are not their cash",
         period);
  expect(books.pending().empty(), "a note has no end", period);
  for (SoakDevice* device : devices_) {
    device->compare(journal_,
                    [&](bool holds, const std::string& what) { expect(holds, what, period); });
  }
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
  const DeviceSums coin = journal_.sums("coin");
  const DeviceSums note = journal_.sums("note");
  tally_.coins = coins_->taken();
  tally_.notes = notes_->taken();
  tally_.lost = coin.lost + note.lost;
  tally_.unknown = coin.unknown + note.unknown;
  tally_.disputed = note.disputed;
  tally_.returned = note.returned;
  for (const SoakDevice* device : devices_) tally_.device_cuts += device->cuts();
  for (const SoakDevice* device : devices_) tally_.swaps += device->swaps();
  tally_.openings = journal_.openings();
  tally_.entries = journal_.durable().size;
  return tally_;
}

}  // namespace yijuan::sim
