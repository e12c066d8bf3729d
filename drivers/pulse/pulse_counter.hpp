// From the edges of a coin line to groups of pulses: pure, by the times of the edges, so that edges
// read late count as if read at once. Money passes through here.
//
// The invariant: a group is either counted pulse by pulse, or unclear as a whole; whatever may have
// hidden or added a pulse makes it unclear, a pulse too short within a group or right before it,
// too. Levels shorter than the glitch, and short pulses far from any group, are noise and change
// nothing.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "ports/line.hpp"

namespace yijuan::pulse {

struct PulseShape {
  std::chrono::milliseconds glitch{5};     // what is shorter never was
  std::chrono::milliseconds shortest{25};  // of a pulse
  std::chrono::milliseconds longest{100};
  std::chrono::milliseconds quiet{300};  // without an edge: the group is over
  int most_pulses = 200;                 // of a group; more is a fault, not money
};

/// Shortest and longest as the documents say: half the width is noise, twice is none of its pulses;
/// a group ends after two and a half periods, at least 300 ms.
PulseShape shape_of(std::chrono::milliseconds width, std::chrono::milliseconds gap);

struct Group {
  int pulses = 0;
  std::string unclear;  // why it cannot be counted; empty: it is
  Instant ended{};      // the end of its last pulse
};

class PulseCounter {
 public:
  explicit PulseCounter(PulseShape shape) : shape_(shape) {}

  /// `edge.high` means that a pulse is on, whatever the wire's polarity.
  void edge(const LineEdge& edge);
  /// Edges were lost before those told last.
  void lost(Instant now);
  /// The level as read at `now`, after every edge known was told.
  void look(bool on, Instant now);
  /// The oldest group that is over.
  std::optional<Group> take();

  /// When to look again; nothing while nothing is under way.
  [[nodiscard]] std::optional<Instant> due() const;
  /// The line has been on for longer than any pulse.
  [[nodiscard]] bool stuck() const { return stuck_; }
  /// Something is under way: a pulse, a group, a doubt.
  [[nodiscard]] bool busy() const { return due().has_value() || stuck_; }
  /// Pulses too short, and bounces on an idle line, since the start.
  [[nodiscard]] std::uint64_t noise() const { return noise_; }
  [[nodiscard]] Instant last_edge() const { return raw_.since; }

 private:
  struct Level {
    bool on = false;
    Instant since{};
  };
  void settle(Instant until);
  void take_level(Level level);
  void end_pulse(Instant at);
  void close_if_over(Instant now);
  void spoil(const char* why, Instant at);

  PulseShape shape_;
  Level raw_, level_;           // as told; without glitches
  std::optional<Group> group_;  // under way
  std::deque<Group> over_;
  std::optional<Instant> short_;  // the end of the last pulse that was too short
  std::optional<Instant> doubt_;  // since when the level is not what the edges say
  bool stuck_ = false;
  std::uint64_t noise_ = 0;
};

}  // namespace yijuan::pulse
