#include "drivers/scanner/input_scanner.hpp"

#include <algorithm>

#include "async/errc.hpp"
#include "async/task_group.hpp"
#include "base/log.hpp"

namespace yijuan::scanner {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstWait = std::chrono::nanoseconds(500ms);
constexpr auto kLongestWait = std::chrono::nanoseconds(30s);
constexpr std::string_view kNoun = "scanner";

// The kernel's times, so that keys which a busy loop read late are no pause in the text. A pipe's
// writer may leave them 0.
Instant time_of(const input_event& event, Instant now) {
  const auto told = std::chrono::seconds(event.input_event_sec) +
                    std::chrono::microseconds(event.input_event_usec);
  return told.count() == 0 ? now : Instant(told);
}

}  // namespace

void InputScanner::take(const InputEvents& read, KeyDecoder& decoder) {
  for (const input_event& event : read.events) {
    const Instant now = clock_.now();
    auto text = decoder.feed(event, time_of(event, now));
    if (!text) continue;
    // A scan that would wait could meet another question than the one it answers.
    if (!scans_.try_push(Scan{std::move(*text), now})) {
      log_warning("scanner", "a scan was dropped: too many at once");
    }
  }
  if (read.garbage) {
    decoder.reset();
    tell_garbage(news_, kNoun, path_);
  } else if (!read.events.empty()) {
    worked_ = true;
    news_.works();
  }
}

Task<void> InputScanner::read_all(InputDevice& device) {
  KeyDecoder decoder;
  while (true) {
    auto read = co_await device.read();
    if (!read) co_return read.error();
    take(*read, decoder);
  }
}

Task<void> InputScanner::keep_reading() {
  auto wait = kFirstWait;
  while (true) {
    auto device = InputDevice::open(executor_, clock_, path_);
    if (!device) {
      tell_failure(news_, kNoun, device.error());
    } else {
      worked_ = false;
      news_.found((*device)->identity());
      news_.works();
      auto ended = co_await read_all(**device);
      if (ended.error() == AsyncErrc::cancelled) co_return ended;
      tell_failure(news_, kNoun, ended.error());
      if (worked_) wait = kFirstWait;
    }
    auto slept = co_await clock_.sleep_for(wait);
    if (!slept) co_return slept;
    wait = std::min(wait * 2, kLongestWait);
  }
}

Task<void> InputScanner::run() {
  TaskGroup group(executor_, [](std::string_view name, const Error& error) {
    log_error(name, error.message());
  });
  group.spawn("scanner", keep_reading());
  group.spawn("scanner's news", news_.run());
  auto joined = co_await group.join();
  co_await group.cancel_and_join();
  co_return joined;
}

}  // namespace yijuan::scanner
