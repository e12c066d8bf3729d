// From a bouncing wire to its states: pure. A state counts once the level held for as long as the
// debounce asks, by the times of the edges, so that edges read late count as if read at once.
// A loose wire that goes on changing would fill the box's log: it is restless, and until it rests a
// state counts only once the level held for long.
//
// The invariant: what is told alternates, each level told was there for that long, and a level that
// stays is told in the end.
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "ports/line.hpp"

namespace yijuan::contacts {

class Debounce {
 public:
  /// More changes than this within the window make a contact restless.
  static constexpr std::size_t kMostChanges = 30;
  static constexpr std::chrono::minutes kWindow{10};
  /// A level that holds for so long ends it.
  static constexpr std::chrono::seconds kRest{30};

  explicit Debounce(std::chrono::nanoseconds hold) : hold_(hold) {}

  /// An edge as the line tells it. The state that lasted until then, if it is news.
  std::optional<bool> edge(const LineEdge& edge);
  /// The level as read at `now`. The state, if it is news.
  std::optional<bool> look(bool high, Instant now);
  /// When to look again; nothing while nothing is under way.
  [[nodiscard]] std::optional<Instant> due() const;
  /// The line was lost or is read anew: what was told stays told.
  void forget_level() { level_.reset(); }
  [[nodiscard]] bool restless() const { return restless_; }

 private:
  struct Level {
    bool high = false;
    Instant since{};
  };
  std::optional<bool> confirm(Instant until);
  void count_change(Instant at);
  [[nodiscard]] std::chrono::nanoseconds hold() const { return restless_ ? kRest : hold_; }

  std::chrono::nanoseconds hold_;
  bool restless_ = false;
  std::deque<Instant> changes_;  // those of the window
  std::optional<Level> level_;
  std::optional<bool> told_;
};

}  // namespace yijuan::contacts
