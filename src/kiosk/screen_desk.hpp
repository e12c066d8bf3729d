// The box's screen over time: shows the newest model, lets the stage's own changes happen when they
// are due, and sleeps otherwise: an idle box draws nothing between two panels.
#pragma once

#include <functional>
#include <optional>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "kiosk/latency.hpp"
#include "ports/device_fact.hpp"
#include "ports/display.hpp"
#include "screen/stage.hpp"

namespace yijuan::kiosk {

class ScreenDesk {
 public:
  ScreenDesk(const asio::any_io_executor& executor, Clock& clock, Display& display,
             screen::Geometry geometry);

  /// From the next turn of the loop on `model` is shown. `heard`: when the coin that it thanks for
  /// was heard of.
  void show(screen::Model model, std::optional<Instant> heard);
  /// Draws what is due, at once: for the first picture.
  Result<void> draw();
  /// Draws until cancelled. A display that fails is asked again with the next picture.
  Task<void> run();

  [[nodiscard]] std::optional<screen::Action> tap(Tap tap) const { return stage_.tap(tap); }
  [[nodiscard]] const screen::Scene& scene() const { return stage_.scene(); }
  [[nodiscard]] const Latency& coin_to_frame() const { return coin_to_frame_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  Clock& clock_;
  Display& display_;
  screen::Stage stage_;
  Event changed_;
  std::optional<Instant> heard_;
  Latency coin_to_frame_;
  std::uint64_t frames_ = 0;
};

}  // namespace yijuan::kiosk
