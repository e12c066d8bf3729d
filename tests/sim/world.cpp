#include "world.hpp"

#include <fmt/format.h>

#include <array>

#include "base/assert.hpp"
#include "domain/pack.hpp"
#include "final_check.hpp"
#include "io/files.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestLiveness = 9h;  // more than kiosk::kPauseInVain
constexpr auto kRepairTime = 30s;

domain::CampaignPack sample_pack() {
  auto text = read_file(YIJUAN_SAMPLE_PACK, domain::kLargestPack);
  YIJUAN_ASSERT(text, "the sample pack");
  auto pack = domain::parse_pack(*text);
  YIJUAN_ASSERT(pack, "the sample pack");
  pack->hash[0] = 1;
  return *pack;
}

}  // namespace

std::string replay_command(std::uint64_t seed) {
  return fmt::format("build/release/bin/simulate --seed {} --verbose", seed);
}

World::World(DayOptions options)
    : options_(std::move(options)),
      chance_(options_.seed),
      chronicle_(clock_, options_.verbose),
      cosigner_("ledger.example/cosigner", tlog::KeyType::cosignature, tlog::Seed{9}),
      pack_(sample_pack()),
      network_(context_.get_executor(), clock_, chance_, chronicle_),
      houses_(context_.get_executor(), {}) {
  make_fleet();
}

World::~World() {
  for (const auto& box : boxes_) {
    if (box->running()) box->kill_process();
  }
  for (const auto& ledger : ledgers_) ledger->kill();
  network_.end();
  houses_.cancel();
  for (const auto& box : boxes_) box->hurry();
  store_->work().hurry();
  clock_.settle();
  clock_.run_for(10min);
}

void World::make_fleet() {
  const auto executor = context_.get_executor();
  store_ = std::make_unique<SimStore>(
      SimStore::World{executor, clock_, chance_, chronicle_, cosigned_, options_.sabotage});
  const std::size_t ledgers = 1 + chance_.below(3);
  for (std::size_t i = 0; i < ledgers; ++i) {
    ledgers_.push_back(std::make_unique<SimLedger>(
        SimLedger::World{executor, clock_, chance_, chronicle_, cosigned_, *store_, cosigner_},
        fmt::format("ledger-{}", i + 1)));
    network_.add(*ledgers_.back());
    ledgers_.back()->start();
  }
  const std::size_t boxes = 1 + chance_.below(3);
  for (std::size_t i = 0; i < boxes; ++i) {
    const SimBox::World world{executor,
                              clock_,
                              chance_,
                              chronicle_,
                              network_,
                              cosigner_.verifier(),
                              pack_,
                              options_.sabotage,
                              chance_.between(2s, 20s),
                              chance_.between(1min, 10min)};
    boxes_.push_back(
        std::make_unique<SimBox>(world, fmt::format("box-{}", i + 1), chance_.one_in(4)));
    const tlog::SigningKey key = boxes_.back()->epochs().all().front().key;
    ledger::LogState log;
    log.origin = key.verifier().name;
    log.box = boxes_.back()->id();
    log.vkey = key.verifier().text();
    const auto added = store_->truth().add_box(
        {.id = log.box, .status = ledger::BoxStatus::active, .since = true_time(clock_)}, log);
    YIJUAN_ASSERT(added, "a box can be added");
    boxes_.back()->start();
  }
}

// ---- what happens

void World::schedule(std::chrono::nanoseconds mean, std::function<void()> happen) {
  happenings_.push_back({mean, std::move(happen), clock_.now() + chance_.about(mean)});
}

// Each seed knows some faults and not others, often or seldom: alone they show what the crowd
// hides.
void World::schedule_fault(std::function<void()> happen) {
  constexpr std::array<std::chrono::minutes, 4> kMeans = {40min, 2h, 5h, 10h};
  const auto mean = kMeans.at(chance_.below(kMeans.size()));
  if (chance_.one_in(2)) schedule(mean, std::move(happen));
}

// Two coins an hour at night, a crowd in the morning, at noon and in the evening.
unsigned World::crowd() const {
  const auto hour = std::chrono::floor<std::chrono::hours>(clock_.now()).count() % 24;
  if (hour < 7 || hour > 21) return 1;
  return hour == 8 || hour == 12 || hour == 18 ? 40 : 5;
}

void World::donor(SimBox& box) {
  // A queue of them, or one.
  const auto pieces = 1 + (chance_.one_in(4) ? chance_.below(12) : 0);
  if (chance_.one_in(4)) box.finger();
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const bool note = chance_.one_in(4);
    chronicle_.count(note ? "notes offered" : "coins offered");
    box.offer(note);
    pass_until(clock_.now() + (note ? chance_.between(2s, 8s) : chance_.between(300ms, 4s)));
  }
  if (chance_.one_in(2)) box.finger();
}

void World::donors() {
  for (const auto& box : boxes_) {
    if (chance_.below(60) < crowd()) donor(*box);
  }
}

void World::change_weather() {
  const auto some = [this](unsigned most) {
    return chance_.one_in(3) ? static_cast<unsigned>(chance_.below(most)) : 0;
  };
  const bool good = chance_.one_in(3);
  const Weather bad{some(200), some(300), some(150), some(150), some(100), some(200)};
  network_.set(good ? Weather{} : bad);
}

void World::schedule_all() {
  schedule(5min, [this] { donors(); });
  schedule(30min, [this] { change_weather(); });
  schedule(1h, [this] {
    for (const auto& ledger : ledgers_) houses_.spawn("house", ledger->keep_house());
    for (const auto& box : boxes_) box->forget_calls();
    store_->forget_calls();
  });
  schedule_box_faults();
  schedule_ledger_faults();
  schedule_forgetting();
}

void World::safety() {
  schedule_all();
  const Instant end = clock_.now() + options_.length;
  while (chronicle_.good()) {
    const auto next = std::ranges::min_element(happenings_, {}, &Happening::next);
    if (next->next >= end) break;
    pass_until(next->next);
    next->next = clock_.now() + chance_.about(next->mean);
    next->happen();
    check_step();
  }
}

// What ends a wait early: something died, and must not live on as if it had not.
void World::pass_until(Instant until) {
  const auto died = [this] {
    for (const auto& box : boxes_) {
      box->check_now();
      if (box->power_lost()) return true;
    }
    return store_->struck();
  };
  while (clock_.now() < until && chronicle_.good()) {
    clock_.run_until(until, died);
    repair();
  }
}

void World::repair() {
  if (store_->struck()) {
    for (const auto& ledger : ledgers_) ledger->kill();
    if (store_->lost_power()) {
      store_->cut_power();
    } else {
      store_->end_process();
    }
    clock_.run_for(chance_.between(1s, 5min));
    store_->open();
  }
  for (const auto& ledger : ledgers_) {
    if (!ledger->running() && store_->running()) ledger->start();
  }
  for (const auto& box : boxes_) repair_box(*box);
}

void World::repair_box(SimBox& box) {
  if (box.power_lost()) {
    box.cut_power();
    clock_.run_for(chance_.between(1s, 2min));
  }
  if (box.ended() || !box.running()) {
    clock_.run_for(chance_.between(1s, kRepairTime));
    if (!box.go_on()) clock_.run_for(kRepairTime);
  }
}

void World::check_step() {
  for (const auto& box : boxes_) box->check_now();
}

// ---- the end

void World::liveness() {
  chronicle_.event("calm");
  network_.set({});
  for (const auto& box : boxes_) {
    network_.cut_off(box->id(), {});
    box->calm();
  }
  store_->calm();
  for (const auto& box : boxes_) box->visit();
  pass_until(clock_.now() + 1min);
  come_together(boxes_);
}

void World::come_together(std::span<const std::unique_ptr<SimBox>> boxes) {
  const Instant limit = clock_.now() + kLongestLiveness;
  std::string why;
  const auto settled = [&] {
    return std::ranges::all_of(
        boxes, [&](const auto& box) { return box->settled(why) && is_with_ledger(*box, why); });
  };
  while (chronicle_.good() && !settled() && clock_.now() < limit) {
    for (const auto& box : boxes) box->visit();
    pass_until(clock_.now() + 1min);
  }
  chronicle_.expect(settled(), "all is calm, and it does not come together: " + why);
}

// A ledger that was restored may lack what a box knows to be cosigned.
bool World::is_with_ledger(SimBox& box, std::string& why) {
  if (!store_->running()) return false;
  const auto [origin, head] = box.head();
  const auto log = store_->truth().log(origin);
  const std::uint64_t size = log && *log ? (*log)->size() : 0;
  if (size != head) why = fmt::format("{}: {} of {} entries are stored", origin, size, head);
  return size == head;
}

DayResult World::live() {
  safety();
  if (chronicle_.good()) liveness();
  if (chronicle_.good()) {
    for (const auto& box : boxes_) {
      // While the others stopped it may have heard, and written, of the office's log; while it
      // stops itself it hears nothing more.
      come_together({&box, 1});
      network_.cut_off(box->id(), Instant::max());
      box->stop();
    }
    final_check({.chronicle = chronicle_, .cosigned = cosigned_, .store = store_->truth()}, boxes_);
  }
  return {chronicle_.figures(), chronicle_.all_wrong(), chronicle_.digest()};
}

}  // namespace yijuan::sim
