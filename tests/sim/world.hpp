// A day of a small fleet, under one seed: boxes, donors, devices, network, ledgers and their store
// in one process and on simulated time. A safety phase, in which everything fails that the fakes
// say can fail, at rates that the seed chooses; then a liveness phase, in which nothing fails and
// all must come together. What must be true is checked all the while, and to the fen at the end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chronicle.hpp"
#include "cosigned_logs.hpp"
#include "sabotage.hpp"
#include "sim_box.hpp"
#include "sim_ledger.hpp"
#include "sim_network.hpp"
#include "sim_store.hpp"

namespace yijuan::sim {

struct DayOptions {
  std::uint64_t seed = 1;
  std::chrono::hours length{24};
  bool verbose = false;
  Sabotage sabotage = {};
};

struct DayResult {
  Figures figures;
  std::vector<std::string> wrong;  // nothing, if all is well
  std::uint64_t digest = 0;
};

class World {
 public:
  explicit World(DayOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  DayResult live();

 private:
  /// Something that happens again and again.
  struct Happening {
    std::chrono::nanoseconds mean;
    std::function<void()> happen;
    Instant next{};
  };

  void make_fleet();
  void schedule(std::chrono::nanoseconds mean, std::function<void()> happen);
  void schedule_fault(std::function<void()> happen);
  /// A fault of few seeds.
  void schedule_rare_fault(std::function<void()> happen) {
    if (chance_.one_in(2)) schedule_fault(std::move(happen));
  }
  void schedule_all();
  void schedule_box_faults();
  void schedule_ledger_faults();
  void schedule_forgetting();
  void schedule_lost_disks();
  void change_weather();
  void pass_until(Instant until);
  void safety();
  void liveness();
  /// Until these boxes have nothing more to do and the ledger has all that they wrote.
  void come_together(std::span<const std::unique_ptr<SimBox>> boxes);
  /// What died is started again, after a while.
  void repair();
  void repair_box(SimBox& box);
  void check_step();
  bool is_with_ledger(SimBox& box, std::string& why);
  void donors();
  void donor(SimBox& box);
  [[nodiscard]] unsigned crowd() const;
  [[nodiscard]] SimBox& some_box() { return *boxes_[chance_.below(boxes_.size())]; }
  void say_totals();

  DayOptions options_;
  Chance chance_;
  asio::io_context context_;
  SimClock clock_{context_, std::chrono::seconds(1)};
  Chronicle chronicle_;
  CosignedLogs cosigned_{chronicle_};
  tlog::SigningKey cosigner_;
  domain::CampaignPack pack_;
  SimNetwork network_;
  std::unique_ptr<SimStore> store_;
  std::vector<std::unique_ptr<SimLedger>> ledgers_;
  std::vector<std::unique_ptr<SimBox>> boxes_;
  TaskGroup houses_;
  std::vector<Happening> happenings_;
};

/// The command that lives this day again.
std::string replay_command(std::uint64_t seed);

}  // namespace yijuan::sim
