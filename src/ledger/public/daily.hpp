// When the public log is brought up to date: once a day, and soon after an opening; never live, for
// whoever watches it must not learn what is in a box. What fails is tried again later, and stops
// nothing else.
#pragma once

#include <functional>
#include <optional>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "ledger/public/publisher.hpp"
#include "ports/wall_clock.hpp"

namespace yijuan::ledger {

class DailyPublication {
 public:
  using Publish = std::function<Task<Published>()>;

  /// All of it outlives this.
  DailyPublication(const asio::any_io_executor& executor, const Publication& publication,
                   Clock& clock, WallClock& wall_clock, Publish publish);

  /// Until cancelled.
  Task<void> run();
  /// For openings: publishes in the next minute.
  void soon() { asked_.set(); }

 private:
  const Publication& publication_;
  Clock& clock_;
  WallClock& wall_clock_;
  Publish publish_;
  Event asked_;
  std::optional<domain::Day> tried_;  // whose digest was due; not every run makes one
};

}  // namespace yijuan::ledger
