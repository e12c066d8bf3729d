// One run of a simulated box's program, from start to death.
#pragma once

#include <memory>
#include <optional>

#include "sim_box.hpp"

namespace yijuan::sim {

/// A log that was left, sent to its end.
struct SimArchive {
  SimEpoch epoch;
  std::unique_ptr<SqliteJournal> journal;
  std::unique_ptr<sync::Client> client;
};

struct SimBox::Life {
  explicit Life(SimBox& box)
      : facts(box.world_.executor, 16),
        uplink(box.world_.network, box.id_),
        drivers(box.world_.executor, {}),
        others(box.world_.executor, {}) {}

  /// What marks the drivers begin from.
  struct Marks : SoakLog {
    std::vector<CounterMark> all;
    [[nodiscard]] std::optional<CounterMark> mark(const std::string& device) const override;
  };

  bool alive = true;
  bool wants_to_end = false;
  std::string left_because;
  std::string failure;
  std::optional<SimEpoch> epoch;
  std::unique_ptr<SqliteJournal> journal;
  std::unique_ptr<Journal> sabotaged;
  std::unique_ptr<WatchedJournal> watched;
  Marks marks;
  DeviceFacts facts;
  SimUplink uplink;
  std::optional<kiosk::Box> box;
  std::optional<sync::Client> client;
  std::vector<std::unique_ptr<SimArchive>> archives;
  std::uint64_t snapshot_size = 0;
  bool clean = false;
  TaskGroup drivers, others;
};

}  // namespace yijuan::sim
