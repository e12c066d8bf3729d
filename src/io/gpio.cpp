#include "io/gpio.hpp"

#include <fmt/format.h>
#include <gpiod.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <charconv>

#include "async/cancellation.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/timed_off.hpp"

namespace yijuan {
namespace {

constexpr const char* kConsumer = "kioskd";
constexpr unsigned kKernelKeeps = 16;  // events of a line, in the kernel's queue
constexpr unsigned kMostOffset = 4095;
constexpr std::size_t kLongestName = 63;

struct CloseChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }
};

/// A line of an open chip; closing the chip gives the line back.
struct OpenLine {
  std::unique_ptr<gpiod_chip, CloseChip> chip;
  gpiod_line* line = nullptr;
};

std::string name_of(const GpioPlace& place) {
  if (place.chip.empty()) return "gpio:" + place.name;
  return fmt::format("gpio:{}/{}", place.chip, place.offset);
}

Result<OpenLine> find(const GpioPlace& place) {
  OpenLine found;
  errno = 0;
  if (place.chip.empty()) {
    found.line = gpiod_line_find(place.name.c_str());
    if (found.line == nullptr) {
      const int why = errno == 0 ? ENOENT : errno;
      return io_error(IoErrc::cannot_open, name_of(place) + ": no GPIO chip has this line", why);
    }
    found.chip.reset(gpiod_line_get_chip(found.line));
    return found;
  }
  found.chip.reset(gpiod_chip_open_lookup(place.chip.c_str()));
  if (!found.chip) {
    return io_error(IoErrc::cannot_open, name_of(place) + ": no such GPIO chip", errno);
  }
  found.line = gpiod_chip_get_line(found.chip.get(), place.offset);
  if (found.line == nullptr) {
    return io_error(IoErrc::cannot_open, name_of(place) + ": the chip has no such line", errno);
  }
  return found;
}

/// Why the kernel does not give us the line.
Error refused(const GpioPlace& place, gpiod_line* line) {
  const int why = errno;
  const char* const holder = gpiod_line_consumer(line);
  if (why == EBUSY) {
    return {IoErrc::cannot_open, fmt::format("{}: is held by {}", name_of(place),
                                             holder == nullptr ? "another program" : holder)};
  }
  return io_error(IoErrc::cannot_open, name_of(place), why);
}

int flags_of(LineBias bias) {
  switch (bias) {
    case LineBias::pull_up:
      return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case LineBias::pull_down:
      return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    case LineBias::off:
      return GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case LineBias::as_is:
      break;
  }
  return 0;
}

std::chrono::nanoseconds duration_of(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class GpioInput : public InputLine {
 public:
  GpioInput(OpenLine open, const asio::any_io_executor& executor, Descriptor events, Clock& clock,
            std::string name)
      : open_(std::move(open)),
        events_(executor, events.release()),
        clock_(clock),
        name_(std::move(name)) {}

  Result<bool> level() override {
    const int value = gpiod_line_get_value(open_.line);
    if (value < 0) return io_error(IoErrc::failed, name_, errno);
    return value != 0;
  }

  Task<LineEvents> wait() override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error] = co_await events_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                     asio::as_tuple(asio::use_awaitable));
    if (error) co_return io_error(IoErrc::failed, name_, error);
    auto events = read();
    co_return events;
  }

 private:
  Result<LineEvents> read() {
    std::array<gpiod_line_event, kKernelKeeps> raw{};
    const int count = gpiod_line_event_read_multiple(open_.line, raw.data(), kKernelKeeps);
    if (count <= 0) return io_error(IoErrc::closed, name_, count == 0 ? ENODEV : errno);
    timespec monotonic{};
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    const Instant now = clock_.now();
    LineEvents events;
    events.lost = count == static_cast<int>(kKernelKeeps);
    for (int index = 0; index < count; ++index) {
      const auto& one = raw.at(static_cast<std::size_t>(index));
      const auto age = duration_of(monotonic) - duration_of(one.ts);
      last_ = std::clamp(now - age, last_, std::max(now, last_));
      events.edges.push_back({one.event_type == GPIOD_LINE_EVENT_RISING_EDGE, last_});
    }
    return events;
  }

  OpenLine open_;
  asio::posix::stream_descriptor events_;  // a duplicate: libgpiod closes its own
  Clock& clock_;
  std::string name_;
  Instant last_{};  // of the newest edge: times never go back
};

class GpioInputSource : public InputLineSource {
 public:
  GpioInputSource(GpioPlace place, LineBias bias, asio::any_io_executor executor, Clock& clock)
      : place_(std::move(place)), bias_(bias), executor_(std::move(executor)), clock_(clock) {}

  Result<std::unique_ptr<InputLine>> open() override {
    auto found = find(place_);
    if (!found) return found.error();
    if (gpiod_line_request_both_edges_events_flags(found->line, kConsumer, flags_of(bias_)) != 0) {
      return refused(place_, found->line);
    }
    Descriptor events(::dup(gpiod_line_event_get_fd(found->line)));
    if (!events.valid()) return io_error(IoErrc::cannot_open, name(), errno);
    return std::unique_ptr<InputLine>(std::make_unique<GpioInput>(
        std::move(*found), executor_, std::move(events), clock_, name()));
  }
  [[nodiscard]] std::string name() const override { return name_of(place_); }

 private:
  GpioPlace place_;
  LineBias bias_;
  asio::any_io_executor executor_;
  Clock& clock_;
};

class GpioOutput : public OutputLine {
 public:
  GpioOutput(OpenLine open, std::string name)
      : open_(std::move(open)), wire_([this, name = std::move(name)](bool high) -> Result<void> {
          if (gpiod_line_set_value(open_.line, high ? 1 : 0) == 0) return {};
          return io_error(IoErrc::failed, name, errno);
        }) {}

  Result<void> set(bool high) override { return wire_.set(high); }
  Result<void> pulse(bool high, std::chrono::milliseconds length) override {
    return wire_.pulse(high, length);
  }

 private:
  OpenLine open_;
  TimedOff wire_;  // ends before the line is given back
};

class GpioOutputSource : public OutputLineSource {
 public:
  explicit GpioOutputSource(GpioPlace place) : place_(std::move(place)) {}

  Result<std::unique_ptr<OutputLine>> open(bool high) override {
    auto found = find(place_);
    if (!found) return found.error();
    if (gpiod_line_request_output_flags(found->line, kConsumer, 0, high ? 1 : 0) != 0) {
      return refused(place_, found->line);
    }
    return std::unique_ptr<OutputLine>(std::make_unique<GpioOutput>(std::move(*found), name()));
  }
  [[nodiscard]] std::string name() const override { return name_of(place_); }

 private:
  GpioPlace place_;
};

}  // namespace

Result<GpioPlace> parse_gpio_place(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return Error(IoErrc::bad_name, fmt::format("\"gpio:{}\": {}", text, why));
  };
  GpioPlace place;
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    if (text.empty() || text.size() > kLongestName) {
      return bad("gpio: needs a chip and a line, gpio:gpiochip0/17, or a line's name");
    }
    place.name = text;
    return place;
  }
  place.chip = text.substr(0, slash);
  const auto number = text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), place.offset);
  if (place.chip.empty() || place.chip.size() > kLongestName || error != std::errc() ||
      end != number.data() + number.size() || place.offset > kMostOffset) {
    return bad("after the chip comes the line's number, gpio:gpiochip0/17");
  }
  return place;
}

std::unique_ptr<InputLineSource> make_gpio_input(GpioPlace place, LineBias bias,
                                                 const asio::any_io_executor& executor,
                                                 Clock& clock) {
  return std::make_unique<GpioInputSource>(std::move(place), bias, executor, clock);
}

std::unique_ptr<OutputLineSource> make_gpio_output(GpioPlace place) {
  return std::make_unique<GpioOutputSource>(std::move(place));
}

}  // namespace yijuan
