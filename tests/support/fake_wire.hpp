// Wires that a test pulls: an input whose level it sets, an output that remembers what it was set
// to. On the test's clock; a wire outlives the lines that were opened on it.
//
// Faults: unplugged (opening fails, what is open fails); a reader that sleeps loses what exceeds
// 16 edges, as with the kernel's queue; edges that the reader is not told of.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "io/errc.hpp"
#include "ports/line.hpp"

namespace yijuan::test {

class FakeInputWire {
 public:
  FakeInputWire(const asio::any_io_executor& executor, Clock& clock, std::string name)
      : clock_(clock), name_(std::move(name)), changed_(executor) {}

  [[nodiscard]] std::unique_ptr<InputLineSource> source(std::chrono::nanoseconds blind = {}) {
    return std::make_unique<Source>(*this, blind);
  }
  /// An edge at this moment; none if the level is that already.
  void set(bool high) {
    if (high == high_) return;
    high_ = high;
    note(high, clock_.now());
  }
  /// The level changes and nobody is told.
  void set_silently(bool high) { high_ = high; }
  /// An edge is told, whatever the level is.
  void note(bool high, Instant at) {
    if (open_ == 0) return;
    if (queue_.size() < kKept) queue_.push_back({high, at});
    changed_.set();
  }
  void unplug() {
    plugged_ = false;
    changed_.set();
  }
  void plug() { plugged_ = true; }
  [[nodiscard]] bool level() const { return high_; }
  [[nodiscard]] int open() const { return open_; }
  [[nodiscard]] int openings() const { return openings_; }

 private:
  static constexpr std::size_t kKept = 16;

  class Line : public InputLine {
   public:
    explicit Line(FakeInputWire& wire) : wire_(wire) {
      ++wire_.open_;
      ++wire_.openings_;
      wire_.queue_.clear();
    }
    ~Line() override { --wire_.open_; }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    Result<bool> level() override {
      if (!wire_.plugged_) return Error(IoErrc::closed, wire_.name_);
      return wire_.high_;
    }
    Task<LineEvents> wait() override {
      while (wire_.plugged_ && wire_.queue_.empty()) {
        wire_.changed_.clear();
        auto waited = co_await wire_.changed_.wait();
        if (!waited) co_return waited.error();
      }
      if (!wire_.plugged_) co_return Error(IoErrc::closed, wire_.name_);
      LineEvents events;
      events.lost = wire_.queue_.size() == kKept;
      events.edges.assign(wire_.queue_.begin(), wire_.queue_.end());
      wire_.queue_.clear();
      co_return Result<LineEvents>(std::move(events));
    }

   private:
    FakeInputWire& wire_;
  };

  class Source : public InputLineSource {
   public:
    Source(FakeInputWire& wire, std::chrono::nanoseconds blind) : wire_(wire), blind_(blind) {}
    Result<std::unique_ptr<InputLine>> open() override {
      if (!wire_.plugged_) return Error(IoErrc::cannot_open, wire_.name_);
      return std::unique_ptr<InputLine>(std::make_unique<Line>(wire_));
    }
    [[nodiscard]] std::string name() const override { return wire_.name_; }
    [[nodiscard]] std::chrono::nanoseconds blind_for() const override { return blind_; }

   private:
    FakeInputWire& wire_;
    std::chrono::nanoseconds blind_;
  };

  Clock& clock_;
  std::string name_;
  Event changed_;
  std::deque<LineEdge> queue_;
  bool high_ = false;
  bool plugged_ = true;
  int open_ = 0;
  int openings_ = 0;
};

class FakeOutputWire {
 public:
  FakeOutputWire(asio::any_io_executor executor, Clock& clock, std::string name)
      : clock_(clock), name_(std::move(name)), pulses_(std::move(executor), {}) {}
  /// The owner cancels and lets the loop run before this goes.
  void stop() { pulses_.cancel(); }

  [[nodiscard]] std::unique_ptr<OutputLineSource> source() {
    return std::make_unique<Source>(*this);
  }
  void unplug() { plugged_ = false; }
  void plug() { plugged_ = true; }
  /// Setting it fails, though it can be opened.
  void jam(bool jammed) { jammed_ = jammed; }

  /// The level now; nothing before the first opening.
  [[nodiscard]] std::optional<bool> level() const {
    if (history_.empty()) return std::nullopt;
    return history_.back().high;
  }
  /// Every setting, also to the level that it had.
  [[nodiscard]] const std::deque<LineEdge>& history() const { return history_; }
  [[nodiscard]] int open() const { return open_; }
  /// The longest time that it was at `high`, up to now.
  [[nodiscard]] std::chrono::nanoseconds longest(bool high) const {
    std::chrono::nanoseconds longest{};
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].high != high) continue;
      std::size_t end = i;
      while (end < history_.size() && history_[end].high == high) ++end;
      const Instant until = end < history_.size() ? history_[end].at : clock_.now();
      longest = std::max(longest, until - history_[i].at);
      i = end;
    }
    return longest;
  }

 private:
  Result<void> set(bool high) {
    if (!plugged_ || jammed_) return Error(IoErrc::closed, name_);
    history_.push_back({high, clock_.now()});
    return {};
  }
  Task<void> end_pulse(std::uint64_t number, bool high, Instant until) {
    auto slept = co_await clock_.sleep_until(until);
    if (!slept) co_return slept;
    if (number == pulse_) co_return set(!high);
    co_return Result<void>();
  }

  class Line : public OutputLine {
   public:
    explicit Line(FakeOutputWire& wire) : wire_(wire) { ++wire_.open_; }
    ~Line() override {
      --wire_.open_;
      if (pulsing_ == wire_.pulse_ && wire_.level() == high_) (void)wire_.set(!high_).has_value();
      ++wire_.pulse_;
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    Result<void> set(bool high) override {
      ++wire_.pulse_;
      return wire_.set(high);
    }
    Result<void> pulse(bool high, std::chrono::milliseconds length) override {
      pulsing_ = ++wire_.pulse_;
      high_ = high;
      const Instant until = wire_.clock_.now() + length;
      wire_.pulses_.spawn("pulse", wire_.end_pulse(*pulsing_, high, until));
      return wire_.set(high);
    }

   private:
    FakeOutputWire& wire_;
    std::optional<std::uint64_t> pulsing_;
    bool high_ = false;
  };

  class Source : public OutputLineSource {
   public:
    explicit Source(FakeOutputWire& wire) : wire_(wire) {}
    Result<std::unique_ptr<OutputLine>> open(bool high) override {
      if (!wire_.plugged_) return Error(IoErrc::cannot_open, wire_.name_);
      auto set = wire_.set(high);
      if (!set) return set.error();
      return std::unique_ptr<OutputLine>(std::make_unique<Line>(wire_));
    }
    [[nodiscard]] std::string name() const override { return wire_.name_; }

   private:
    FakeOutputWire& wire_;
  };

  Clock& clock_;
  std::string name_;
  TaskGroup pulses_;
  std::deque<LineEdge> history_;
  std::uint64_t pulse_ = 0;
  bool plugged_ = true;
  bool jammed_ = false;
  int open_ = 0;
};

}  // namespace yijuan::test
