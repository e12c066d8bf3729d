#include "io/input_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "async/cancellation.hpp"
#include "async/with_timeout.hpp"
#include "io/errc.hpp"

namespace yijuan {
namespace {

constexpr std::size_t kEventsAtOnce = 64;
constexpr std::chrono::seconds kLook{5};  // whether a pipe is still the one of that name

/// For us alone, with times of the clock that the daemons go by.
Result<void> take(int device, const std::string& path) {
  int version = 0;
  if (ioctl(device, EVIOCGVERSION, &version) != 0) {
    return Error(IoErrc::bad_name, path + " is not an input device");
  }
  int clock = CLOCK_MONOTONIC;
  if (ioctl(device, EVIOCSCLOCKID, &clock) != 0) {
    return io_error(IoErrc::cannot_open, path, errno);
  }
  if (ioctl(device, EVIOCGRAB, 1) != 0) return io_error(IoErrc::locked, path, errno);
  return {};
}

template <std::size_t Size>
std::string text_of(int device, unsigned long question) {
  std::array<char, Size> text{};
  if (ioctl(device, question, text.data()) < 0) return {};
  text.back() = '\0';
  return text.data();
}

}  // namespace

InputDevice::InputDevice(const asio::any_io_executor& executor, Clock& clock, std::string path,
                         Descriptor device, bool pipe)
    : path_(std::move(path)), clock_(clock), stream_(executor, device.release()), pipe_(pipe) {}

Result<std::unique_ptr<InputDevice>> InputDevice::open(const asio::any_io_executor& executor,
                                                       Clock& clock, const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return io_error(IoErrc::cannot_open, path, errno);
  const bool pipe = S_ISFIFO(status.st_mode);
  if (!pipe && !S_ISCHR(status.st_mode)) {
    return Error(IoErrc::bad_name, path + " is neither an input device nor a pipe");
  }
  // A pipe opened for writing too does not end when its last writer goes.
  const int flags = (pipe ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  Descriptor device(::open(path.c_str(), flags));
  if (!device.valid()) return io_error(IoErrc::cannot_open, path, errno);
  if (!pipe) {
    auto taken = take(device.get(), path);
    if (!taken) return taken.error();
  }
  return std::unique_ptr<InputDevice>(
      new InputDevice(executor, clock, path, std::move(device), pipe));
}

DeviceFound InputDevice::identity() {
  DeviceFound found{};
  if (pipe_) {
    found.product = "a pipe of input events";
    return found;
  }
  constexpr std::size_t kLongestName = 256;
  found.product = text_of<kLongestName>(descriptor(), EVIOCGNAME(kLongestName));
  found.serial = text_of<kLongestName>(descriptor(), EVIOCGUNIQ(kLongestName));
  return found;
}

bool InputDevice::has_its_name() {
  struct stat named{};
  struct stat held{};
  return ::stat(path_.c_str(), &named) == 0 && ::fstat(descriptor(), &held) == 0 &&
         named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

Task<std::size_t> InputDevice::read_some(std::span<std::uint8_t> buffer) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  const auto [error, count] = co_await stream_.async_read_some(
      asio::buffer(buffer.data(), buffer.size()), asio::as_tuple(asio::use_awaitable));
  if (error) co_return io_error(IoErrc::closed, path_, error);
  co_return Result<std::size_t>(count);
}

// A device that is unplugged ends its reading; a pipe that was removed would be read for ever.
Task<std::size_t> InputDevice::read_pipe(std::span<std::uint8_t> buffer) {
  while (true) {
    auto count = co_await with_timeout(clock_, kLook, read_some(buffer));
    if (count || count.error() != AsyncErrc::timed_out) co_return count;
    if (!has_its_name()) co_return Error(IoErrc::closed, path_ + ": the pipe was removed");
  }
}

Task<InputEvents> InputDevice::read() {
  std::array<std::uint8_t, kEventsAtOnce * sizeof(input_event)> buffer{};
  auto count = co_await (pipe_ ? read_pipe(buffer) : read_some(buffer));
  if (!count) co_return count.error();
  co_return Result<InputEvents>(reader_.feed(BytesView(buffer).first(*count)));
}

void tell_failure(DeviceNews& news, std::string_view noun, const Error& error) {
  if (error == IoErrc::bad_name) {
    news.fails("other device", fmt::format("this is no {}: {}", noun, error.detail()));
  } else if (error == IoErrc::locked) {
    news.fails("in use", fmt::format("another program uses the {}: {}", noun, error.detail()));
  } else {
    news.fails("offline", fmt::format("the {} is not there: {}", noun, error.detail()));
  }
}

void tell_garbage(DeviceNews& news, std::string_view noun, const std::string& path) {
  news.fails("garbage", fmt::format("{}: what comes from it is not from a {}", path, noun));
}

}  // namespace yijuan
