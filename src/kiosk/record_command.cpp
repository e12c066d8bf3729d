#include "kiosk/record_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <cerrno>
#include <cstdio>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/replayed_acceptor.hpp"
#include "io/told_recording.hpp"
#include "net/control_socket.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kPatience{30};  // between two lines of the daemon

int fail(const Error& error) {
  fmt::print(stderr, "boxctl: {}\n", error.message());
  return 1;
}

/// The file that boxctl writes as the texts come.
class Target {
 public:
  explicit Target(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)),
        name_(path.string()) {
    if (!file_.valid()) {
      state_ = io_error(errno == EEXIST ? IoErrc::exists : IoErrc::cannot_open, name_, errno);
    }
  }
  void add(const json::object& progress) {
    const json::string& text = progress.at("text").as_string();
    for (std::size_t done = 0; state_ && done < text.size();) {
      const ssize_t count = ::write(file_.get(), text.data() + done, text.size() - done);
      if (count < 0 && errno != EINTR) state_ = io_error(IoErrc::failed, name_, errno);
      if (count > 0) done += static_cast<std::size_t>(count);
    }
    if (isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r{} bytes{}", progress.at("bytes").to_number<std::uint64_t>(),
               progress.at("begun").as_bool() ? "" : ", waiting for the device");
  }
  [[nodiscard]] const Result<void>& state() const { return state_; }

 private:
  Descriptor file_;
  std::string name_;
  Result<void> state_;
};

/// How the section's driver makes its acceptor; nothing where it makes none.
MakeAcceptor maker_of(const Driver& driver, const std::string& device, Settings& settings) {
  if (device == "coin" && driver.make_coin_acceptor != nullptr) {
    return [&](DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark) {
      return driver.make_coin_acceptor(settings, std::move(context), facts, std::move(mark));
    };
  }
  if (device == "note" && driver.make_note_acceptor != nullptr) {
    return [&](DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark) {
      return driver.make_note_acceptor(settings, std::move(context), facts, std::move(mark));
    };
  }
  return {};
}

}  // namespace

int record_device(const KioskConfig& config, const std::string& device,
                  const std::filesystem::path& file, std::int64_t time) {
  Target target(file);
  if (!target.state()) return fail(target.state().error());
  const json::object arguments = {{"device", device}, {"seconds", time}};
  const auto reply = net::control_call(
      config.socket().string(), "record", arguments,
      [&target](const json::object& progress) { target.add(progress); }, kPatience);
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
  if (!target.state()) return fail(target.state().error());
  if (!reply) {
    std::error_code ignored;
    if (std::filesystem::is_empty(file, ignored)) std::filesystem::remove(file, ignored);
    return fail(reply.error());
  }
  if (!reply->at("begun").as_bool()) {
    fmt::print(stderr, "boxctl: nothing was recorded: {} did not open its port in that time\n",
               device);
    return 1;
  }
  fmt::print("{}: {} events, {} bytes\n", file.string(),
             reply->at("events").to_number<std::uint64_t>(),
             reply->at("bytes").to_number<std::uint64_t>());
  const std::string ended(reply->at("ended").as_string());
  if (!ended.empty()) fmt::print("it ended early: {}\n", ended);
  return 0;
}

int replay_device(KioskConfig& config, const std::string& device,
                  const std::filesystem::path& file) {
  auto recording = read_recording(file);
  if (!recording) return fail(recording.error());
  DeviceSection* const section = device == "coin"      ? &config.coin
                                 : device == "note"    ? &config.note
                                 : device == "printer" ? &config.printer
                                                       : nullptr;
  if (section == nullptr) {
    return fail(Error(IoErrc::bad_name, "only coin, note and printer can be replayed"));
  }
  MakeAcceptor make;
  for (const Driver* driver : all_drivers()) {
    if (driver->name != section->driver) continue;
    if (device == "printer" && driver->make_transcript != nullptr) {
      fmt::print("{}", tell_recording(*recording, *driver->make_transcript()));
      return 0;
    }
    make = maker_of(*driver, device, section->settings);
  }
  if (!make) {
    return fail(Error(IoErrc::bad_name, fmt::format("[{}] has driver \"{}\", which makes none",
                                                    device, section->driver)));
  }
  const auto replayed =
      replay_acceptor(std::move(*recording), file.filename().string(), device, make);
  fmt::print("{}", replayed.lines);
  return replayed.same ? 0 : fail(replayed.same.error());
}

}  // namespace yijuan::kiosk
