// The faults that a day may have, each by its own chance.
#include <fmt/format.h>

#include <array>

#include "world.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

}  // namespace

void World::schedule_box_faults() {
  schedule_fault([this] {
    SimBox& box = some_box();
    if (!box.running()) return;
    chronicle_.fault("box power cut", box.id());
    box.cut_power();
    pass_until(clock_.now() + chance_.between(1s, 20min));
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    if (!box.running()) return;
    chronicle_.fault("box killed", box.id());
    box.kill_process();
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    if (!box.running()) return;
    chronicle_.fault("box restarted", box.id());
    box.stop();
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    box.plan_disk(1 + chance_.below(60), test::DiskFault::cut);
    donor(box);
  });
  schedule_fault([this] {
    constexpr std::array kFaults = {test::DiskFault::fail, test::DiskFault::fail_after,
                                    test::DiskFault::part, test::DiskFault::full};
    SimBox& box = some_box();
    box.plan_disk(1 + chance_.below(60), kFaults.at(chance_.below(kFaults.size())));
    donor(box);
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    chronicle_.fault("disk full", box.id());
    box.set_disk_full(true);
    donor(box);
    pass_until(clock_.now() + chance_.between(1min, 30min));
    box.set_disk_full(false);
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    chronicle_.fault("slow disk", box.id());
    box.set_slow(chance_.between(50ms, 5s));
    donor(box);
    pass_until(clock_.now() + chance_.between(10s, 2min));
    box.set_slow({});
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    const auto jump = chance_.below(kClockJumps);
    constexpr std::array kNames = {"clock at 1970", "clock ten years ahead", "clock back an hour"};
    chronicle_.fault(kNames.at(jump), box.id());
    box.wall().jump(static_cast<ClockJump>(jump));
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    chronicle_.fault("device trouble", box.id());
    box.device_trouble();
    pass_until(clock_.now() + chance_.between(1s, 5min));
    box.plug_devices();
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    constexpr std::array<unsigned, 4> kRates = {0, 100, 30, 8};
    const unsigned rate = kRates.at(chance_.below(kRates.size()));
    chronicle_.fault("noisy line", fmt::format("{} 1/{}", box.id(), rate));
    box.set_line_rate(rate);
    donor(box);
  });
  schedule_fault([this] {
    SimBox& box = some_box();
    const auto lasts = chance_.one_in(5) ? chance_.between(1h, 12h) : chance_.between(10s, 1h);
    chronicle_.fault("partition", box.id());
    network_.cut_off(box.id(), clock_.now() + lasts);
  });
}

void World::schedule_ledger_faults() {
  schedule_fault([this] {
    constexpr std::array kFates = {StepFate::dies_before, StepFate::dies_after,
                                   StepFate::breaks_before, StepFate::breaks_after};
    SimLedger& ledger = *ledgers_[chance_.below(ledgers_.size())];
    ledger.plan(1 + chance_.below(30), kFates.at(chance_.below(kFates.size())));
  });
  schedule_fault([this] { store_->plan(1 + chance_.below(150), test::DiskFault::cut); });
  schedule_fault([this] {
    constexpr std::array kFaults = {test::DiskFault::fail, test::DiskFault::fail_after,
                                    test::DiskFault::part, test::DiskFault::full};
    store_->plan(1 + chance_.below(150), kFaults.at(chance_.below(kFaults.size())));
  });
  schedule_fault([this] {
    chronicle_.fault("slow store", "");
    store_->set_slow(chance_.between(100ms, 40s));
    pass_until(clock_.now() + chance_.between(10s, 10min));
    store_->set_slow({});
  });
}

// What a side cannot see by itself: only the other one knows that there was more. Never both on one
// day: what box and ledger have forgotten, nobody but the public log could know.
void World::schedule_forgetting() {
  if (chance_.one_in(2)) return schedule_lost_disks();
  schedule_rare_fault([this] {
    if (!store_->has_backup() || chance_.one_in(3)) return store_->keep_backup();
    chronicle_.fault("ledger restored from a backup", "");
    for (const auto& ledger : ledgers_) ledger->kill();
    store_->restore_backup();
  });
}

void World::schedule_lost_disks() {
  schedule_rare_fault([this] {
    SimBox& box = some_box();
    if (!box.running()) return;
    chronicle_.fault("lying disk", box.id());
    box.let_disk_lie();
    donor(box);
    pass_until(clock_.now() + chance_.between(1min, 2h));
    if (box.running()) box.cut_power();
  });
  schedule_rare_fault([this] {
    SimBox& box = some_box();
    if (!box.has_image() || chance_.one_in(3)) return box.keep_image();
    if (box.running()) box.cut_power();
    chronicle_.fault("disk went back in time", box.id());
    box.go_back_to_image();
    if (chance_.one_in(2)) network_.cut_off(box.id(), clock_.now() + chance_.between(1min, 1h));
    box.start();
    donor(box);
  });
}

}  // namespace yijuan::sim
