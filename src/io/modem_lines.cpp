#include "io/modem_lines.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/timed_off.hpp"

namespace yijuan {
namespace {

constexpr std::chrono::milliseconds kLook{50};

struct InputName {
  std::string_view name;
  ModemInput line;
  int bit;
  int serial_icounter_struct::* changes;
};
constexpr std::array<InputName, 4> kInputs = {{
    {"CTS", ModemInput::cts, TIOCM_CTS, &serial_icounter_struct::cts},
    {"DSR", ModemInput::dsr, TIOCM_DSR, &serial_icounter_struct::dsr},
    {"RI", ModemInput::ri, TIOCM_RNG, &serial_icounter_struct::rng},
    {"DCD", ModemInput::dcd, TIOCM_CAR, &serial_icounter_struct::dcd},
}};

const InputName& input_name(ModemInput line) {
  return kInputs.at(static_cast<std::size_t>(line));
}

/// Not exclusively: several lines of one port are several wires. `hang_up`: the kernel drops DTR
/// and RTS when the last program closes the port.
Result<Descriptor> open_port(const std::string& path, const std::string& name, bool hang_up) {
  Descriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port.valid()) return io_error(IoErrc::cannot_open, name, errno);
  int bits = 0;
  if (ioctl(port.get(), TIOCMGET, &bits) != 0) {
    return io_error(IoErrc::cannot_open, name + ": the port has no control lines", errno);
  }
  termios settings{};
  if (tcgetattr(port.get(), &settings) != 0) return io_error(IoErrc::cannot_open, name, errno);
  settings.c_cflag |= CLOCAL;
  settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS);
  if (hang_up) settings.c_cflag |= HUPCL;
  if (tcsetattr(port.get(), TCSANOW, &settings) != 0) {
    return io_error(IoErrc::cannot_open, name, errno);
  }
  return port;
}

class ModemInputLine : public InputLine {
 public:
  ModemInputLine(Descriptor port, ModemInput line, Clock& clock, std::string name)
      : port_(std::move(port)), line_(line), clock_(clock), name_(std::move(name)) {}

  Result<bool> level() override {
    int bits = 0;
    if (ioctl(port_.get(), TIOCMGET, &bits) != 0) return io_error(IoErrc::closed, name_, errno);
    return (bits & input_name(line_).bit) != 0;
  }

  Task<LineEvents> wait() override {
    while (true) {
      auto high = level();
      if (!high) co_return high.error();
      if (!watch_) watch_.emplace(*high, changes(), clock_.now());
      LineEvents events = watch_->look(*high, changes(), clock_.now());
      if (!events.edges.empty()) co_return Result<LineEvents>(std::move(events));
      auto slept = co_await clock_.sleep_for(kLook);
      if (!slept) co_return slept.error();
    }
  }

 private:
  [[nodiscard]] std::optional<int> changes() const {
    serial_icounter_struct counters{};
    if (ioctl(port_.get(), TIOCGICOUNT, &counters) != 0) return std::nullopt;
    return counters.*input_name(line_).changes;
  }

  Descriptor port_;
  ModemInput line_;
  Clock& clock_;
  std::string name_;
  std::optional<ModemWatch> watch_;
};

class ModemInputSource : public InputLineSource {
 public:
  ModemInputSource(std::string path, ModemInput line, Clock& clock)
      : path_(std::move(path)), line_(line), clock_(clock) {}

  Result<std::unique_ptr<InputLine>> open() override {
    auto port = open_port(path_, name(), false);
    if (!port) return port.error();
    return std::unique_ptr<InputLine>(
        std::make_unique<ModemInputLine>(std::move(*port), line_, clock_, name()));
  }
  [[nodiscard]] std::string name() const override {
    return fmt::format("serial:{}:{}", path_, input_name(line_).name);
  }
  [[nodiscard]] std::chrono::nanoseconds blind_for() const override { return kLook; }

 private:
  std::string path_;
  ModemInput line_;
  Clock& clock_;
};

class ModemOutputLine : public OutputLine {
 public:
  ModemOutputLine(Descriptor port, int bit, std::string name)
      : port_(std::move(port)),
        wire_([this, bit, name = std::move(name)](bool high) -> Result<void> {
          if (ioctl(port_.get(), high ? TIOCMBIS : TIOCMBIC, &bit) == 0) return {};
          return io_error(IoErrc::closed, name, errno);
        }) {}

  Result<void> set(bool high) override { return wire_.set(high); }
  Result<void> pulse(bool high, std::chrono::milliseconds length) override {
    return wire_.pulse(high, length);
  }

 private:
  Descriptor port_;
  TimedOff wire_;
};

class ModemOutputSource : public OutputLineSource {
 public:
  ModemOutputSource(std::string path, ModemOutput line) : path_(std::move(path)), line_(line) {}

  Result<std::unique_ptr<OutputLine>> open(bool high) override {
    auto port = open_port(path_, name(), true);
    if (!port) return port.error();
    const int bit = line_ == ModemOutput::dtr ? TIOCM_DTR : TIOCM_RTS;
    auto line = std::make_unique<ModemOutputLine>(std::move(*port), bit, name());
    auto set = line->set(high);
    if (!set) return set.error();
    return std::unique_ptr<OutputLine>(std::move(line));
  }
  [[nodiscard]] std::string name() const override {
    return fmt::format("serial:{}:{}", path_, line_ == ModemOutput::dtr ? "DTR" : "RTS");
  }

 private:
  std::string path_;
  ModemOutput line_;
};

}  // namespace

LineEvents ModemWatch::look(bool high, std::optional<int> changes, Instant now) {
  LineEvents events;
  const bool unseen = changes && changes_ && *changes != *changes_;
  if (high != high_) {
    events.edges.push_back({high, now});
  } else if (unseen) {
    events.edges.push_back({!high, looked_at_});
    events.edges.push_back({high, now});
  }
  high_ = high;
  changes_ = changes;
  looked_at_ = now;
  return events;
}

std::optional<ModemInput> parse_modem_input(std::string_view text) {
  for (const InputName& each : kInputs) {
    if (each.name == text) return each.line;
  }
  return std::nullopt;
}

std::optional<ModemOutput> parse_modem_output(std::string_view text) {
  if (text == "DTR") return ModemOutput::dtr;
  if (text == "RTS") return ModemOutput::rts;
  return std::nullopt;
}

std::unique_ptr<InputLineSource> make_modem_input(std::string path, ModemInput line, Clock& clock) {
  return std::make_unique<ModemInputSource>(std::move(path), line, clock);
}

std::unique_ptr<OutputLineSource> make_modem_output(std::string path, ModemOutput line) {
  return std::make_unique<ModemOutputSource>(std::move(path), line);
}

}  // namespace yijuan
