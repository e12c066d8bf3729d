// What a USB device says of itself: descriptors, IEEE 1284 text; and the port's name.
#include "base/assert.hpp"
#include "io/usb/device_id.hpp"
#include "io/usb/port_name.hpp"
#include "io/usb/printer_interface.hpp"

namespace {

using namespace yijuan;

std::vector<usb::Setting> settings_from(BytesView bytes) {
  std::vector<usb::Setting> settings;
  while (bytes.size() >= 6) {
    usb::Setting setting{.number = bytes[0],
                         .alternate = bytes[1],
                         .device_class = static_cast<std::uint8_t>(bytes[2] & 7),
                         .subclass = static_cast<std::uint8_t>(bytes[3] & 1),
                         .protocol = bytes[4],
                         .endpoints = {}};
    std::size_t ends = bytes[5] % 8;
    bytes = bytes.subspan(6);
    for (; ends > 0 && bytes.size() >= 4; --ends, bytes = bytes.subspan(4)) {
      setting.endpoints.push_back(
          {bytes[0], bytes[1], static_cast<std::uint16_t>(bytes[2] | bytes[3] << 8)});
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  const usb::DeviceId id = usb::parse_device_id(bytes);
  for (const std::string* text : {&id.maker, &id.model, &id.serial, &id.commands}) {
    YIJUAN_ASSERT(text->size() <= 64, "bounded");
    for (const char c : *text) YIJUAN_ASSERT(c >= ' ' && c <= '~', "printable");
  }
  if (const auto found = usb::find_printer(settings_from(bytes))) {
    YIJUAN_ASSERT(found->out != 0 && found->out < 0x80, "out is an OUT endpoint");
    YIJUAN_ASSERT(!found->in || (*found->in >= 0x80 && found->in_packet > 0), "in is an IN one");
  }
  if (const auto name = usb::parse_port_name(as_text(bytes))) {
    const usb::Seen seen{.path = name->path, .serial = name->serial};
    const bool fits = name->matches({.vendor = name->ids ? name->ids->vendor : std::uint16_t{0},
                                     .product = name->ids ? name->ids->product : std::uint16_t{0},
                                     .path = seen.path,
                                     .serial = seen.serial});
    YIJUAN_ASSERT(fits, "a name fits what it names");
  }
  return 0;
}
