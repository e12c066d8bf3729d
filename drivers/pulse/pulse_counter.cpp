#include "drivers/pulse/pulse_counter.hpp"

#include <algorithm>

namespace yijuan::pulse {
namespace {

constexpr std::chrono::milliseconds kLeastQuiet{300};
constexpr int kGlitchesInAShortest = 5;
constexpr const char* kTooShort = "a pulse was too short";

}  // namespace

PulseShape shape_of(std::chrono::milliseconds width, std::chrono::milliseconds gap) {
  PulseShape shape;
  shape.shortest = width / 2;
  shape.longest = 2 * width;
  shape.glitch = std::max(shape.shortest / kGlitchesInAShortest, std::chrono::milliseconds(1));
  shape.quiet = std::max(5 * (width + gap) / 2, kLeastQuiet);
  return shape;
}

void PulseCounter::spoil(const char* why, Instant at) {
  if (!group_) group_.emplace();
  if (group_->unclear.empty()) group_->unclear = why;
  group_->ended = std::max(group_->ended, at);
}

void PulseCounter::close_if_over(Instant now) {
  if (!group_ || now - group_->ended < shape_.quiet) return;
  over_.push_back(std::move(*group_));
  group_.reset();
}

void PulseCounter::end_pulse(Instant at) {
  const auto width = at - level_.since;
  if (width < shape_.shortest) {
    ++noise_;
    short_ = at;
    // Half of a pulse that lost its middle, perhaps: the group may be one pulse short.
    if (group_) spoil(kTooShort, at);
    return;
  }
  if (width > shape_.longest) return spoil("a pulse was too long", at);
  if (!group_) group_.emplace();
  group_->ended = at;
  if (short_ && level_.since - *short_ < shape_.quiet) spoil(kTooShort, at);
  if (++group_->pulses > shape_.most_pulses) spoil("more pulses than coins can make", at);
}

void PulseCounter::take_level(Level level) {
  if (level.on) {
    close_if_over(level.since);
  } else {
    end_pulse(level.since);
    stuck_ = false;
  }
  level_ = level;
}

// What the wire was at until now counts if it was no glitch.
void PulseCounter::settle(Instant until) {
  if (raw_.on != level_.on && until - raw_.since >= shape_.glitch) take_level(raw_);
}

void PulseCounter::edge(const LineEdge& edge) {
  doubt_.reset();
  settle(edge.at);
  if (edge.high == raw_.on) {
    // Between two edges to the same level something was too short for the kernel, or is missing.
    if (group_ || level_.on || raw_.on) {
      spoil("an edge is missing", edge.at);
    } else {
      ++noise_;
    }
  }
  raw_ = {edge.high, edge.at};
}

void PulseCounter::lost(Instant now) {
  spoil("more edges came than could be kept", now);
}

void PulseCounter::look(bool on, Instant now) {
  settle(now);
  if (on == raw_.on) {
    doubt_.reset();
  } else if (!doubt_) {
    doubt_ = now;  // its edge may be on the way
  } else if (now - *doubt_ >= shape_.glitch) {
    doubt_.reset();
    raw_ = {on, now};
    spoil("an edge is missing", now);
  }
  if (level_.on && now - level_.since > shape_.longest) {
    stuck_ = true;
    spoil("a pulse was too long", now);
  }
  if (!level_.on && !raw_.on) close_if_over(now);
}

std::optional<Group> PulseCounter::take() {
  if (over_.empty()) return std::nullopt;
  Group group = std::move(over_.front());
  over_.pop_front();
  return group;
}

std::optional<Instant> PulseCounter::due() const {
  if (!over_.empty()) return Instant{};
  if (doubt_) return *doubt_ + shape_.glitch;
  if (raw_.on != level_.on) return raw_.since + shape_.glitch;
  if (level_.on) {
    if (stuck_) return std::nullopt;
    return level_.since + shape_.longest + std::chrono::milliseconds(1);
  }
  if (group_) return group_->ended + shape_.quiet;
  return std::nullopt;
}

}  // namespace yijuan::pulse
