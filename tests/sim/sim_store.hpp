// The machine of the ledgers' store: the real SqliteStore on a simulated disk. Several ledgers
// share it, as they share a database server; it dies by power cuts, at any call of its disk, and
// comes back with what was durable.
#pragma once

#include <memory>
#include <vector>

#include "chronicle.hpp"
#include "cosigned_logs.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "sabotage.hpp"
#include "sim_chance.hpp"
#include "sim_machine.hpp"

namespace yijuan::sim {

class SimStore {
 public:
  struct World {
    asio::any_io_executor executor;
    SimClock& clock;
    Chance& chance;
    Chronicle& chronicle;
    CosignedLogs& cosigned;
    const Sabotage& sabotage;
  };
  explicit SimStore(World world);

  void open();
  /// The daemon that holds it ends, as after any failure of its disk; what it wrote is still there.
  void end_process();
  /// The fault was one of power.
  [[nodiscard]] bool lost_power() const { return planned_ == test::DiskFault::cut; }
  /// The power goes; what was not synced is there in part or not at all.
  void cut_power();
  /// At the `n`th call of its disk from now on, `fault` happens to it.
  void plan(std::uint64_t n, test::DiskFault fault);
  /// The plan's fault happened.
  [[nodiscard]] bool struck() const { return running() && struck_; }
  [[nodiscard]] bool running() const { return store_ != nullptr; }

  // Copies.
  void keep_backup();
  [[nodiscard]] bool has_backup() const { return backup_ != nullptr; }
  /// Power off, and on again with the disk as it was at the backup; every log is in doubt.
  void restore_backup();

  /// What ledgers are given; with the test's bug in it, if there is one.
  [[nodiscard]] std::shared_ptr<ledger::LedgerStore> shared() const { return store_; }
  /// Without: what is really stored. REQUIRES: running.
  [[nodiscard]] ledger::LedgerStore& truth() const { return *truth_; }
  /// `cosigned` leaves a ledger: no planned fault befalls the look at what is stored.
  void witness(const std::string& cosigned);
  [[nodiscard]] SimExecutor& work() { return work_; }
  [[nodiscard]] SimWall& wall() { return machine_.wall; }
  /// Pieces of work take that much longer.
  void set_slow(std::chrono::nanoseconds slow) { slow_ = slow; }
  /// No fault is planned any more.
  void calm() {
    slow_ = {};
    set_plan({});
  }
  void forget_calls() { (void)machine_.disk->take_calls(); }

 private:
  void take_disk(std::unique_ptr<test::SimDisk> disk);
  void set_plan(test::DiskPlan plan);

  World world_;
  SimMachine machine_;
  std::chrono::nanoseconds slow_{};
  SimExecutor work_;
  test::SeededRandom random_;
  bool struck_ = false;
  test::DiskFault planned_ = test::DiskFault::none;
  bool looking_ = false;
  std::unique_ptr<test::SimDisk> backup_;
  std::vector<std::unique_ptr<test::SimDisk>> old_disks_;  // dead connections may still refer
  std::shared_ptr<ledger::LedgerStore> truth_, store_;
};

}  // namespace yijuan::sim
