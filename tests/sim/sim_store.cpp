#include "sim_store.hpp"

#include <fmt/format.h>

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

// The wrapper, and what it wraps.
struct Wrapped {
  std::shared_ptr<ledger::LedgerStore> inner;
  std::unique_ptr<ledger::LedgerStore> outer;
};

test::DiskPlan both(const test::DiskPlan& first, test::DiskPlan second) {
  if (!first) return second;
  return [first, second = std::move(second)](const test::DiskCall& call) {
    const test::DiskFault fault = first(call);
    return fault == test::DiskFault::none && second ? second(call) : fault;
  };
}

}  // namespace

SimStore::SimStore(World world)
    : world_(world),
      machine_(world.clock),
      work_(world.executor, world.clock,
            [this] { return slow_ + world_.chance.between(200us, 4ms); }),
      random_(world.chance.below(UINT64_MAX)) {
  open();
}

void SimStore::set_plan(test::DiskPlan plan) {
  machine_.disk->plan(both(world_.sabotage.store_disk, std::move(plan)));
}

void SimStore::open() {
  struck_ = false;
  set_plan({});
  auto opened = ledger::SqliteStore::open(
      {.path = "ledger.db",
       .make = true,
       .vfs = machine_.disk->vfs(),
       .settle = [this](const std::string& path) { return machine_.disk->settle(path); }});
  if (!opened) return world_.chronicle.wrong("the store: " + opened.error().message());
  truth_ = *std::move(opened);
  store_ = truth_;
  if (world_.sabotage.store) {
    const auto wrapped =
        std::make_shared<Wrapped>(Wrapped{truth_, world_.sabotage.store(*truth_, work_)});
    store_ = {wrapped, wrapped->outer.get()};
  }
  world_.cosigned.reopened(*truth_);
}

void SimStore::cut_power() {
  store_.reset();
  truth_.reset();
  machine_.disk->power_cut(random_);
}

void SimStore::end_process() {
  store_.reset();
  truth_.reset();
  machine_.disk->end_process();
}

void SimStore::plan(std::uint64_t n, test::DiskFault fault) {
  if (struck_) return;  // it is being repaired
  planned_ = fault;
  set_plan([this, plan = test::fault_at(n, fault)](const test::DiskCall& call) {
    if (looking_) return test::DiskFault::none;
    const test::DiskFault now = plan(call);
    if (now == test::DiskFault::none || std::exchange(struck_, true)) return now;
    world_.chronicle.fault(fmt::format("store disk: {}", to_text(now)), to_text(call));
    world_.chronicle.crash_point(
        fmt::format("store disk: {} {} {}", to_text(now), to_text(call.operation), call.path));
    return now;
  });
}

void SimStore::witness(const std::string& cosigned) {
  looking_ = true;
  world_.cosigned.released(cosigned, struck_ ? nullptr : truth_.get());
  looking_ = false;
}

void SimStore::keep_backup() {
  backup_ = machine_.disk->copy();
}

void SimStore::restore_backup() {
  cut_power();
  take_disk(backup_->copy());
  machine_.disk->power_cut();
  world_.cosigned.restored();
  open();
  if (!truth_) return;
  const auto doubted = truth_->doubt_all();
  world_.chronicle.expect(doubted.has_value(), "a restored store cannot be doubted");
}

void SimStore::take_disk(std::unique_ptr<test::SimDisk> disk) {
  old_disks_.push_back(std::exchange(machine_.disk, std::move(disk)));
}

}  // namespace yijuan::sim
