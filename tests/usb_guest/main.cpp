// virtual_usb: the USB devices of a donation box, plugged into the kernel that this program runs
// on. Commands come on standard input, a line each, and are answered by a line.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string_view>

#include "usb_guest/claimed_interface.hpp"
#include "usb_guest/coin_device.hpp"
#include "usb_guest/printer_device.hpp"
#include "usb_guest/touch_device.hpp"
#include "usb_guest/usbip_port.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::usb_guest;

constexpr const char* kHelp =
    "usage: virtual_usb SLIPS   (root, module vhci-hcd loaded; slips are kept in the folder "
    "SLIPS)\n"
    "       virtual_usb --claim PORT   takes the device's first interface and keeps it until "
    "killed\n"
    "Devices and the ports of the virtual hub: coin 1-1, printer 1-2, printer2 1-3, touch 1-4.\n"
    "Commands:\n"
    "  DEVICE plug | unplug | unplug-after BYTES | stall-after BYTES | busy | free\n"
    "  coin drop ID | accepted | status\n"
    "  printer paper-out | paper-in | paper-ends-after DOTS | cover-open | cover-close |\n"
    "          power-cycle | status\n"
    "  touch tap X Y          thousandths of the panel\n";

struct Plugged {
  std::unique_ptr<Device> device;
  UsbIpPort port;

  Plugged(int number, std::unique_ptr<Device> plugged)
      : device(std::move(plugged)), port(number, *device) {}
};

using Devices = std::map<std::string, Plugged>;

Time now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Devices make_devices(const std::filesystem::path& slips) {
  Devices devices;
  devices.try_emplace("coin", 0, std::make_unique<CoinDevice>(1234567));
  devices.try_emplace("printer", 1,
                      std::make_unique<PrinterDevice>(PrinterDevice::Make{.vendor = 0x0416,
                                                                          .product = 0x5011,
                                                                          .model = "SIM-58",
                                                                          .serial = "P0001",
                                                                          .slips = slips / "1"}));
  // The same make with other endpoints, as clones have them, and a serial number of its own.
  devices.try_emplace("printer2", 2,
                      std::make_unique<PrinterDevice>(PrinterDevice::Make{.vendor = 0x0416,
                                                                          .product = 0x5011,
                                                                          .model = "SIM-58",
                                                                          .serial = "P0002",
                                                                          .out = 0x03,
                                                                          .in = 0x81,
                                                                          .slips = slips / "2"}));
  devices.try_emplace("touch", 3, std::make_unique<TouchDevice>());
  return devices;
}

std::string obey(Plugged& plugged, const std::string& verb, const std::string& rest) {
  auto answer = plugged.device->obey(now(), verb, rest);
  if (answer) return *answer;
  if (verb == "plug") {
    plugged.port.plug();
  } else if (verb == "unplug") {
    plugged.port.unplug();
  } else if (verb == "unplug-after") {
    plugged.device->leave_after(std::stoul(rest));
  } else if (verb == "stall-after") {
    plugged.device->stall_after(std::stoul(rest));
  } else if (verb == "busy" || verb == "free") {
    plugged.device->set_busy(verb == "busy");
  } else {
    return "error: unknown command: " + verb;
  }
  return "ok";
}

std::string obey(Devices& devices, const std::string& line) {
  const auto space = line.find(' ');
  const auto device = devices.find(line.substr(0, space));
  if (device == devices.end() || space == std::string::npos) return "error: DEVICE COMMAND";
  const std::string command = line.substr(space + 1);
  const auto end = std::min(command.find(' '), command.size());
  try {
    return obey(device->second, command.substr(0, end),
                end == command.size() ? "" : command.substr(end + 1));
  } catch (const std::exception& error) {
    return fmt::format("error: {}", error.what());
  }
}

/// False at the end of the input.
bool read_commands(Devices& devices, std::string& pending) {
  std::array<char, 1024> chunk{};
  const auto count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
  if (count <= 0) return false;
  pending.append(chunk.data(), static_cast<std::size_t>(count));
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
    fmt::print("{}\n", obey(devices, pending.substr(0, end)));
    std::fflush(stdout);
    pending.erase(0, end + 1);
  }
  return true;
}

int milliseconds_until_due(const Devices& devices) {
  int wait = -1;
  for (const auto& [name, plugged] : devices) {
    const auto due = plugged.device->due();
    if (!plugged.port.plugged() || !due) continue;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - now()).count();
    const int until = static_cast<int>(std::max<std::int64_t>(0, left));
    wait = wait < 0 ? until : std::min(wait, until);
  }
  return wait;
}

void run(Devices& devices) {
  std::string pending;
  while (true) {
    std::vector<pollfd> watched = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}};
    for (const auto& [name, plugged] : devices) {
      watched.push_back({.fd = plugged.port.descriptor(), .events = POLLIN, .revents = 0});
    }
    if (::poll(watched.data(), watched.size(), milliseconds_until_due(devices)) < 0) return;
    std::size_t index = 1;
    for (auto& [name, plugged] : devices) {
      if (watched[index++].revents != 0) plugged.port.hear();
    }
    if (watched[0].revents != 0 && !read_commands(devices, pending)) return;
    for (auto& [name, plugged] : devices) {
      if (plugged.port.plugged()) plugged.port.serve(now());
    }
  }
}

void keep_claimed(const std::string& port) {
  const ClaimedInterface claimed(port);
  fmt::print("claimed {}\n", port);
  std::fflush(stdout);
  ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  const bool claims = argc == 3 && std::string_view(argv[1]) == "--claim";
  if (!claims && (argc != 2 || argv[1][0] == '-')) {
    fmt::print(stderr, "{}", kHelp);
    return 2;
  }
  try {
    if (claims) {
      keep_claimed(argv[2]);
      return 0;
    }
    Devices devices = make_devices(argv[1]);
    run(devices);
  } catch (const std::exception& error) {
    fmt::print(stderr, "virtual_usb: {}\n", error.what());
    return 1;
  }
  return 0;
}
