// Boxes, their ledger and the loop that the boxes live on. Plain code drives it: step() lets the
// boxes live for a moment and then looks at how they are. Errors are std::runtime_error.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "io/real_clock.hpp"
#include "io/system_wall_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tools/fleet/fast_clock.hpp"
#include "tools/fleet/fleet_box.hpp"
#include "tools/fleet/shipped_ledger.hpp"

namespace yijuan::fleet {

class Fleet {
 public:
  struct Options {
    std::size_t boxes = 5000;
    std::uint64_t seed = 1;
    unsigned faster = 1;  // pauses of boxes and donors, not the time that a machine needs
    ShippedLedger::Options ledger;
  };
  /// Makes keys and enrols; nothing runs yet.
  explicit Fleet(Options options);
  ~Fleet();
  Fleet(const Fleet&) = delete;

  ShippedLedger& ledger() { return ledger_; }
  Tally& tally() { return tally_; }
  [[nodiscard]] const Options& options() const { return options_; }
  Clock& pace() { return pace_; }
  Random& random() { return random_; }
  std::vector<std::unique_ptr<FleetBox>>& boxes() { return boxes_; }

  void start_boxes();
  /// Every box has to be answered anew, and is counted anew.
  void begin();
  /// Lets the boxes live until `done`; what `meanwhile` does, it does between two moments. False: a
  /// box has asked in vain more often than most_tries(). `patient`: as often as they like.
  bool live(const std::string& what, const std::function<bool()>& done,
            const std::function<void()>& meanwhile = {}, bool patient = false);
  [[nodiscard]] std::size_t in_sync() const;
  [[nodiscard]] bool all_in_sync() const { return in_sync() == boxes_.size(); }
  /// How often a box may ask in vain in a row, from begin() on. Pauses double, so each round of
  /// tries is spread over twice the time of the one before: with one answer a second all would have
  /// had theirs after so many.
  [[nodiscard]] unsigned most_tries() const;
  /// Sockets of ledgerd, since begin().
  [[nodiscard]] std::size_t peak_sockets() const { return peak_sockets_; }

 private:
  void step();
  void show(const std::string& what) const;

  Options options_;
  asio::io_context context_{1};
  RealClock real_;
  FastClock pace_;
  SystemWallClock wall_;
  test::SeededRandom random_;
  Tally tally_;
  ShippedLedger ledger_;
  std::vector<std::unique_ptr<FleetBox>> boxes_;
  TaskGroup tasks_;
  std::size_t peak_sockets_ = 0;
};

/// What the next step throws after a signal, so that no ledgerd is left behind.
struct EndedBySignal : std::runtime_error {
  EndedBySignal() : std::runtime_error("ended by a signal") {}
};
void end_in_order_on_signals();

}  // namespace yijuan::fleet
