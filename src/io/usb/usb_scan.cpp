// Finding printers: from the descriptors that the kernel keeps, without a word to the device; and
// the device's own strings, which it must be asked for.
#include <fmt/format.h>
#include <libusb.h>

#include <array>

#include "async/with_timeout.hpp"
#include "io/errc.hpp"
#include "io/usb/usb_device.hpp"

namespace yijuan::usb {
namespace {

using namespace std::chrono_literals;

constexpr auto kStringLimit = 1s;
constexpr std::uint8_t kFromDevice = 0x80;
constexpr std::uint8_t kGetDescriptor = 6;
constexpr int kStringDescriptor = 3;
constexpr std::uint16_t kEnglish = 0x0409;
constexpr std::uint16_t kLongestDescriptor = 255;
constexpr std::size_t kDescriptorHead = 2;
constexpr int kDeepest = 7;  // hubs between us and a device, by the standard

std::vector<Setting> settings_of(const libusb_config_descriptor& configuration) {
  std::vector<Setting> settings;
  for (int i = 0; i < configuration.bNumInterfaces; ++i) {
    const libusb_interface& interface = configuration.interface[i];
    for (int a = 0; a < interface.num_altsetting; ++a) {
      const libusb_interface_descriptor& told = interface.altsetting[a];
      Setting setting{.number = told.bInterfaceNumber,
                      .alternate = told.bAlternateSetting,
                      .device_class = told.bInterfaceClass,
                      .subclass = told.bInterfaceSubClass,
                      .protocol = told.bInterfaceProtocol,
                      .endpoints = {}};
      for (int e = 0; e < told.bNumEndpoints; ++e) {
        const libusb_endpoint_descriptor& end = told.endpoint[e];
        setting.endpoints.push_back({end.bEndpointAddress, end.bmAttributes, end.wMaxPacketSize});
      }
      settings.push_back(std::move(setting));
    }
  }
  return settings;
}

std::string path_of(libusb_device* device) {
  std::array<std::uint8_t, kDeepest> ports{};
  const int depth = libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size()));
  std::string path = fmt::format("{}", libusb_get_bus_number(device));
  for (int i = 0; i < depth; ++i) {
    path += fmt::format("{}{}", i == 0 ? '-' : '.', ports[static_cast<std::size_t>(i)]);
  }
  return path;
}

std::optional<FoundPrinter> look_at(libusb_device* device) {
  libusb_device_descriptor told{};
  libusb_config_descriptor* configuration = nullptr;
  if (libusb_get_device_descriptor(device, &told) != LIBUSB_SUCCESS ||
      libusb_get_active_config_descriptor(device, &configuration) != LIBUSB_SUCCESS) {
    return std::nullopt;
  }
  const auto interface = find_printer(settings_of(*configuration));
  libusb_free_config_descriptor(configuration);
  if (!interface) return std::nullopt;
  return FoundPrinter{.seen = {.bus = libusb_get_bus_number(device),
                               .address = libusb_get_device_address(device),
                               .vendor = told.idVendor,
                               .product = told.idProduct,
                               .path = path_of(device)},
                      .interface = *interface};
}

Result<std::vector<FoundPrinter>> look(libusb_context* context) {
  libusb_device** devices = nullptr;
  const ssize_t count = libusb_get_device_list(context, &devices);
  if (count < 0) {
    return Error(IoErrc::cannot_open, libusb_error_name(static_cast<int>(count)));
  }
  std::vector<FoundPrinter> found;
  for (ssize_t i = 0; i < count; ++i) {
    auto printer = look_at(devices[i]);
    if (printer) found.push_back(std::move(*printer));
  }
  libusb_free_device_list(devices, 1);
  return found;
}

// The printable ASCII part of a string descriptor (UTF-16, low byte first).
std::string text_of(const Bytes& descriptor) {
  std::string text;
  for (std::size_t i = kDescriptorHead; i + 1 < descriptor.size(); i += 2) {
    const bool plain = descriptor[i + 1] == 0 && descriptor[i] >= ' ' && descriptor[i] <= '~';
    if (plain) text += static_cast<char>(descriptor[i]);
  }
  return text;
}

Task<std::string> read_string(UsbDevice& device, Clock& clock, std::uint8_t number) {
  if (number == 0) co_return Result<std::string>(std::string());
  const Setup setup{.type = kFromDevice,
                    .request = kGetDescriptor,
                    .value = static_cast<std::uint16_t>(kStringDescriptor << 8 | number),
                    .index = kEnglish,
                    .length = kLongestDescriptor};
  auto passed = co_await with_timeout(clock, kStringLimit, device.control(setup));
  if (!passed) co_return passed.error();
  co_return Result<std::string>(text_of(passed->bytes));
}

}  // namespace

Task<std::vector<FoundPrinter>> find_printers(UsbThread& thread) {
  return thread.ask<std::vector<FoundPrinter>>(look);
}

Task<Seen> read_strings(UsbDevice& device, Clock& clock) {
  Seen seen = device.printer().seen;
  const Setup setup{.type = kFromDevice,
                    .request = kGetDescriptor,
                    .value = LIBUSB_DT_DEVICE << 8,
                    .index = 0,
                    .length = LIBUSB_DT_DEVICE_SIZE};
  auto told = co_await with_timeout(clock, kStringLimit, device.control(setup));
  if (!told && told.error() == AsyncErrc::cancelled) co_return told.error();
  if (!told || told->bytes.size() < LIBUSB_DT_DEVICE_SIZE) co_return Result<Seen>(seen);
  constexpr std::size_t kMakerString = 14;  // the numbers of the strings, in this order
  std::size_t at = kMakerString;
  for (std::string* text : {&seen.maker, &seen.model, &seen.serial}) {
    auto string = co_await read_string(device, clock, told->bytes[at++]);
    if (!string && string.error() == AsyncErrc::cancelled) co_return string.error();
    if (string) *text = std::move(*string);
  }
  co_return Result<Seen>(std::move(seen));
}

}  // namespace yijuan::usb
