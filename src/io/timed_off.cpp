#include "io/timed_off.hpp"

#include <system_error>

#include "base/log.hpp"
#include "io/errc.hpp"

namespace yijuan {
namespace {

constexpr std::chrono::milliseconds kTryAgain{20};

}  // namespace

TimedOff::~TimedOff() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    auto ended = end_pulse();
    if (!ended) log_error("line", "a pulse could not be ended: " + ended.error().message());
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> TimedOff::end_pulse() {
  if (!pulse_) return {};
  auto written = write_(!pulse_->high);
  if (written) pulse_.reset();
  return written;
}

void TimedOff::end_or_try_again() {
  auto ended = end_pulse();
  if (ended) return;
  if (!pulse_->told) log_error("line", "a pulse could not be ended: " + ended.error().message());
  pulse_->told = true;
  pulse_->until += kTryAgain;
}

Result<void> TimedOff::set(bool high) {
  const std::scoped_lock lock(mutex_);
  pulse_.reset();
  return write_(high);
}

Result<void> TimedOff::pulse(bool high, std::chrono::milliseconds length) {
  const std::scoped_lock lock(mutex_);
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread([this] { watch(); });
    } catch (const std::system_error& error) {
      return io_error(IoErrc::failed, "no thread to end a pulse with", error.code().value());
    }
  }
  // The limit counts from before the wire is touched.
  pulse_ = Pulse{.high = high, .until = std::chrono::steady_clock::now() + length};
  auto written = write_(high);
  if (!written) pulse_->until = {};  // who knows what reached the wire: off again at once
  changed_.notify_all();
  return written;
}

void TimedOff::watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (!pulse_) {
      changed_.wait(lock);
      continue;
    }
    const auto until = pulse_->until;
    if (std::chrono::steady_clock::now() < until) {
      changed_.wait_until(lock, until);
      continue;
    }
    end_or_try_again();
  }
}

}  // namespace yijuan
