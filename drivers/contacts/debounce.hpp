// From a bouncing wire to its states: pure. A state counts once the level held for as long as the
// debounce asks, by the times of the edges, so that edges read late count as if read at once.
//
// The invariant: what is told alternates, and each level told was there for that long.
#pragma once

#include <chrono>
#include <optional>

#include "ports/line.hpp"

namespace yijuan::contacts {

class Debounce {
 public:
  explicit Debounce(std::chrono::nanoseconds hold) : hold_(hold) {}

  /// An edge as the line tells it. The state that lasted until then, if it is news.
  std::optional<bool> edge(const LineEdge& edge);
  /// The level as read at `now`. The state, if it is news.
  std::optional<bool> look(bool high, Instant now);
  /// When to look again; nothing while nothing is under way.
  [[nodiscard]] std::optional<Instant> due() const;
  /// The line was lost or is read anew: what was told stays told.
  void forget_level() { level_.reset(); }

 private:
  struct Level {
    bool high = false;
    Instant since{};
  };
  std::optional<bool> confirm(Instant until);

  std::chrono::nanoseconds hold_;
  std::optional<Level> level_;
  std::optional<bool> told_;
};

}  // namespace yijuan::contacts
