#include "io/device_news.hpp"

#include <chrono>
#include <utility>

#include "async/with_timeout.hpp"

namespace yijuan {
namespace {

constexpr std::chrono::seconds kSteady{2};

}  // namespace

void DeviceNews::found(DeviceFound found) {
  found.device = device_;
  if (found_ == found) return;
  found_ = std::move(found);
  changed_.set();
}

void DeviceNews::state(std::string code, std::string text) {
  DeviceState state{device_, std::move(code), std::move(text)};
  if (state_ == state) return;
  state_ = std::move(state);
  changed_.set();
}

bool DeviceNews::recovers() const {
  return state_->code.empty() && told_state_ && !told_state_->code.empty();
}

Task<void> DeviceNews::run() {
  while (true) {
    changed_.clear();
    if (found_ != told_found_) {
      auto told = co_await tell_found();
      if (!told) co_return told;
    } else if (state_ != told_state_) {
      auto told = co_await tell_state();
      if (!told) co_return told;
    } else {
      auto changed = co_await changed_.wait();
      if (!changed) co_return changed;
    }
  }
}

Task<void> DeviceNews::tell_found() {
  const DeviceFound now = *found_;
  auto pushed = co_await facts_.push(now);
  if (pushed) told_found_ = now;
  co_return pushed;
}

Task<void> DeviceNews::tell_state() {
  if (recovers()) {
    auto changed = co_await with_timeout(clock_, kSteady, changed_.wait());
    if (changed) co_return Result<void>();  // look again at what it is now
    if (changed.error() != AsyncErrc::timed_out) co_return changed;
  }
  const DeviceState now = *state_;
  auto pushed = co_await facts_.push(now);
  if (pushed) told_state_ = now;
  co_return pushed;
}

}  // namespace yijuan
