// A pulse coin acceptor: counts pulses on its coin line, group by group, and inhibits it by another
// line where there is one. It has no memory: what falls while nobody listens is not seen, and told
// as `restarted` unless the acceptor was inhibited and at rest.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "drivers/pulse/pulse_counter.hpp"
#include "io/outbox.hpp"
#include "ports/coin_acceptor.hpp"
#include "ports/driver.hpp"
#include "ports/line.hpp"

namespace yijuan::pulse {

struct PulseSettings {
  PulseShape shape;
  Fen fen_per_pulse{10};
  bool active_high = false;         // level of a pulse
  bool inhibit_active_high = true;  // level at which no coin is taken
};

class PulseAcceptor : public CoinAcceptor {
 public:
  /// `inhibit` may be null: the acceptor takes coins whenever it has power.
  PulseAcceptor(PulseSettings settings, std::unique_ptr<InputLineSource> coins,
                std::unique_ptr<OutputLineSource> inhibit, DriverContext context,
                DeviceFacts& facts, std::optional<CounterMark> mark);

  Task<void> run() override;
  void accept(bool wanted) override { wanted_ = wanted; }
  [[nodiscard]] bool open() const override { return open_; }

 private:
  struct Lines {
    std::unique_ptr<InputLine> coins;
    std::unique_ptr<OutputLine> inhibit;  // null: none configured
  };
  Result<Lines> open_lines();
  Task<void> serve(Lines& lines);
  Task<void> step(Lines& lines);
  Task<void> wait_for_rest(Lines& lines);
  Task<void> shut(Lines& lines);
  Result<void> inhibit(Lines& lines, bool on);
  Result<void> align(Lines& lines);
  void greet();
  void tell_groups();
  void tell_health();
  void tell_state(const std::string& code, const std::string& text);
  void put_mark(bool quiet);
  [[nodiscard]] bool at_rest(const Lines& lines) const;

  PulseSettings settings_;
  std::unique_ptr<InputLineSource> coins_;
  std::unique_ptr<OutputLineSource> inhibit_;
  DriverContext context_;
  Outbox outbox_;
  PulseCounter counter_;
  std::optional<CounterMark> mark_;
  bool wanted_ = false;
  bool open_ = false;
  bool inhibited_ = false;
  Instant changed_at_{};  // when the inhibit was set last
  std::optional<std::string> told_;
  std::uint64_t noise_told_ = 0;  // noise at the start of this minute
  Instant noise_since_{};
  bool noisy_ = false;
};

}  // namespace yijuan::pulse
