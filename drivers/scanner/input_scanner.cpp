#include "drivers/scanner/input_scanner.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include "async/cancellation.hpp"
#include "base/log.hpp"
#include "io/errc.hpp"

namespace yijuan::scanner {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstWait = std::chrono::nanoseconds(500ms);
constexpr auto kLongestWait = std::chrono::nanoseconds(30s);
constexpr std::size_t kEventSize = sizeof(input_event);
constexpr std::size_t kEventsAtOnce = 64;

// The kernel's times, so that keys which a busy loop read late are no pause in the text. A pipe's
// writer may leave them 0.
Instant time_of(const input_event& event, Instant now) {
  const auto told = std::chrono::seconds(event.input_event_sec) +
                    std::chrono::microseconds(event.input_event_usec);
  return told.count() == 0 ? now : Instant(told);
}

}  // namespace

Result<InputScanner::Opened> InputScanner::open() const {
  struct stat status{};
  if (stat(path_.c_str(), &status) != 0) return io_error(IoErrc::cannot_open, path_, errno);
  Opened opened;
  opened.pipe = S_ISFIFO(status.st_mode);
  if (!opened.pipe && !S_ISCHR(status.st_mode)) {
    return Error(IoErrc::bad_name, path_ + " is neither an input device nor a pipe");
  }
  // A pipe opened for writing too does not end when its last writer goes.
  const int flags = (opened.pipe ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  opened.device = Descriptor(::open(path_.c_str(), flags));
  if (!opened.device.valid()) return io_error(IoErrc::cannot_open, path_, errno);
  if (opened.pipe) return opened;
  int clock = CLOCK_MONOTONIC;
  if (ioctl(opened.device.get(), EVIOCSCLOCKID, &clock) != 0) {
    return io_error(IoErrc::cannot_open, path_ + ": not an input device", errno);
  }
  if (ioctl(opened.device.get(), EVIOCGRAB, 1) != 0) {
    return io_error(IoErrc::locked, path_ + ": cannot be had alone", errno);
  }
  return opened;
}

std::size_t InputScanner::take(BytesView bytes, KeyDecoder& decoder) {
  std::size_t used = 0;
  for (; bytes.size() - used >= kEventSize; used += kEventSize) {
    input_event event{};
    std::memcpy(&event, bytes.data() + used, kEventSize);
    if (!is_plausible(event)) {
      log_warning("scanner", path_ + ": bytes that are no input events were dropped");
      decoder.reset();
      return bytes.size();
    }
    worked_ = true;
    const Instant now = clock_.now();
    auto text = decoder.feed(event, time_of(event, now));
    if (!text) continue;
    // A scan that would wait could meet another question than the one it answers.
    if (!scans_.try_push(Scan{std::move(*text), now})) {
      log_warning("scanner", "a scan was dropped: too many at once");
    }
  }
  return used;
}

Task<void> InputScanner::read_all(Opened opened) {
  KeyDecoder decoder;
  asio::posix::stream_descriptor stream(executor_, opened.device.release());
  std::array<std::uint8_t, kEventsAtOnce * kEventSize> buffer{};
  std::size_t held = 0;
  while (true) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    // Somebody may show a badge in an hour: the one wait without a limit.
    const auto [error, count] =
        co_await stream.async_read_some(asio::buffer(buffer.data() + held, buffer.size() - held),
                                        asio::as_tuple(asio::use_awaitable));
    if (error) co_return io_error(IoErrc::failed, path_, error);
    held += count;
    const std::size_t used = take(BytesView(buffer).first(held), decoder);
    std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(used),
              buffer.begin() + static_cast<std::ptrdiff_t>(held), buffer.begin());
    held -= used;
  }
}

Task<void> InputScanner::run() {
  auto wait = kFirstWait;
  bool told = false;
  while (true) {
    auto opened = open();
    Error why = opened ? Error(IoErrc::closed, path_) : opened.error();
    if (opened) {
      worked_ = false;
      if (told) log_info("scanner", path_ + " is open again");
      told = false;
      auto read = co_await read_all(std::move(*opened));
      if (!read) why = read.error();
      if (why == make_error_code(AsyncErrc::cancelled)) co_return why;
      if (worked_) wait = kFirstWait;
    }
    if (!told) log_warning("scanner", why.message());
    told = true;
    auto slept = co_await clock_.sleep_for(wait);
    if (!slept) co_return slept;
    wait = std::min(wait * 2, kLongestWait);
  }
}

}  // namespace yijuan::scanner
