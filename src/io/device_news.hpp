// What a device that is only listened to (a touch panel, a scanner) has to tell of itself: what it
// is, and whether it works. Its driver says so as often as it likes; the kiosk's queue gets the
// changes. Saying never waits: while the queue is full the newest word is kept, and the device is
// read on.
//
// Invariant: after a fault it works only once it has worked for two seconds, so that a device that
// can be opened and fails at once, again and again, is one fault.
#pragma once

#include <optional>
#include <string>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "ports/device_fact.hpp"

namespace yijuan {

class DeviceNews {
 public:
  /// `device`: the section's name, "touch".
  DeviceNews(const asio::any_io_executor& executor, Clock& clock, std::string device,
             DeviceFacts& facts)
      : clock_(clock), device_(std::move(device)), facts_(facts), changed_(executor) {}

  void found(DeviceFound found);
  void works() { state({}, {}); }
  /// `code`: a stable word; `text`: for people.
  void fails(std::string code, std::string text) { state(std::move(code), std::move(text)); }

  /// Hands over what changed, until cancelled.
  Task<void> run();

 private:
  void state(std::string code, std::string text);
  Task<void> tell_found();
  Task<void> tell_state();
  [[nodiscard]] bool recovers() const;

  Clock& clock_;
  std::string device_;
  DeviceFacts& facts_;
  std::optional<DeviceFound> found_, told_found_;
  std::optional<DeviceState> state_, told_state_;
  Event changed_;
};

}  // namespace yijuan
