#include "drivers/evdev/touch_panel.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

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

namespace yijuan::evdev {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstWait = std::chrono::nanoseconds(500ms);
constexpr auto kLongestWait = std::chrono::nanoseconds(30s);
constexpr std::size_t kEventSize = sizeof(input_event);

std::optional<AxisRange> range_of(int device, unsigned axis) {
  input_absinfo info{};
  if (ioctl(device, EVIOCGABS(axis), &info) < 0 || info.maximum <= info.minimum) return {};
  return AxisRange{info.minimum, info.maximum};
}

std::optional<int> value_of(int device, unsigned axis) {
  input_absinfo info{};
  if (ioctl(device, EVIOCGABS(axis), &info) < 0) return {};
  return info.value;
}

}  // namespace

Result<Descriptor> TouchPanel::open() const {
  struct stat status{};
  if (stat(settings_.path.c_str(), &status) != 0) {
    return io_error(IoErrc::cannot_open, settings_.path, errno);
  }
  const bool pipe = S_ISFIFO(status.st_mode);
  if (!pipe && !S_ISCHR(status.st_mode)) {
    return Error(IoErrc::bad_name, settings_.path + " is neither an input device nor a pipe");
  }
  // A pipe opened for writing too does not end when its last writer goes.
  const int flags = (pipe ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  Descriptor device(::open(settings_.path.c_str(), flags));
  if (!device.valid()) return io_error(IoErrc::cannot_open, settings_.path, errno);
  // For us alone: no console below the kiosk sees the fingers. Not every device has it.
  if (!pipe) ioctl(device.get(), EVIOCGRAB, 1);
  return device;
}

Mapping TouchPanel::mapping_of(int device) const {
  auto mapping = settings_.mapping;
  const auto choose = [device](const std::optional<AxisRange>& given, unsigned axis,
                               unsigned multitouch, int pixels) {
    if (given) return *given;
    auto range = range_of(device, axis);
    if (!range) range = range_of(device, multitouch);
    return range.value_or(AxisRange{0, pixels - 1});
  };
  const bool swap = mapping.swap_axes;
  mapping.x = choose(settings_.x, ABS_X, ABS_MT_POSITION_X, swap ? mapping.height : mapping.width);
  mapping.y = choose(settings_.y, ABS_Y, ABS_MT_POSITION_Y, swap ? mapping.width : mapping.height);
  return mapping;
}

void TouchPanel::deliver(Tap tap) {
  // A tap that would wait could meet another scene than the finger did.
  if (!taps_.try_push(Tap(tap))) log_warning("touch", "a tap was dropped: too many at once");
}

Task<void> TouchPanel::read_all(Descriptor device) {
  TouchDecoder decoder(mapping_of(device.get()));
  decoder.begin_at(value_of(device.get(), ABS_X), value_of(device.get(), ABS_Y));
  asio::posix::stream_descriptor stream(executor_, device.release());
  std::array<std::uint8_t, 64 * kEventSize> buffer{};
  std::size_t held = 0;
  while (true) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    // A person may touch the panel in an hour: the one wait without a limit.
    const auto [error, count] =
        co_await stream.async_read_some(asio::buffer(buffer.data() + held, buffer.size() - held),
                                        asio::as_tuple(asio::use_awaitable));
    if (error) co_return io_error(IoErrc::failed, settings_.path, error);
    held += count;
    std::size_t used = 0;
    for (; held - used >= kEventSize; used += kEventSize) {
      input_event event{};
      std::memcpy(&event, buffer.data() + used, kEventSize);
      if (!is_plausible(event)) {
        log_warning("touch", settings_.path + ": bytes that are no input events were dropped");
        decoder.reset();
        used = held;
        break;
      }
      worked_ = true;
      if (const auto tap = decoder.feed(event)) deliver(*tap);
    }
    std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(used),
              buffer.begin() + static_cast<std::ptrdiff_t>(held), buffer.begin());
    held -= used;
  }
}

Task<void> TouchPanel::run() {
  auto wait = kFirstWait;
  bool told = false;
  while (true) {
    auto device = open();
    Error why = device ? Error(IoErrc::closed, settings_.path) : device.error();
    if (device) {
      worked_ = false;
      if (told) log_info("touch", settings_.path + " is open again");
      told = false;
      auto read = co_await read_all(std::move(*device));
      if (!read) why = read.error();
      if (why == make_error_code(AsyncErrc::cancelled)) co_return why;
      if (worked_) wait = kFirstWait;
    }
    if (!told) log_warning("touch", why.message());
    told = true;
    auto slept = co_await clock_.sleep_for(wait);
    if (!slept) co_return slept;
    wait = std::min(wait * 2, kLongestWait);
  }
}

}  // namespace yijuan::evdev
