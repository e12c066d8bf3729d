#include "usb_guest/touch_device.hpp"

#include <sstream>

namespace yijuan::usb_guest {
namespace {

constexpr int kFarEnd = 4095;

// HID 1.11 items: one finger with a tip switch and two absolute axes of 16 bits.
Bytes report_descriptor() {
  return {
      0x05, 0x0D,                    // usage page: digitizer
      0x09, 0x04, 0xA1, 0x01,        // touch screen, collection
      0x09, 0x22, 0xA1, 0x02,        // finger, collection
      0x09, 0x42, 0x15, 0x00, 0x25,  // tip switch, 0 to
      0x01, 0x75, 0x01, 0x95, 0x01,  // 1, one bit, one of them
      0x81, 0x02,                    // input
      0x95, 0x07, 0x81, 0x03,        // seven bits of padding
      0x05, 0x01,                    // usage page: generic desktop
      0x26, 0xFF, 0x0F,              // to 4095
      0x75, 0x10, 0x95, 0x01,        // 16 bits, one of them
      0x09, 0x30, 0x81, 0x02,        // X
      0x09, 0x31, 0x81, 0x02,        // Y
      0xC0, 0xC0,
  };
}

Identity identity() {
  constexpr int kHid = 3;
  const auto length = static_cast<std::uint8_t>(report_descriptor().size());
  return {.vendor = 0x1D6B,
          .product = 0xC003,
          .maker = "SIM",
          .name = "Touch panel",
          .serial = "T1",
          .interfaces = {{.device_class = kHid,
                          .endpoints = {{0x81, 3, 8, 5}},
                          .class_descriptors = {9, 0x21, 0x11, 0x01, 0, 1, 0x22, length, 0}}}};
}

Bytes report(bool down, int x, int y) {
  Bytes bytes = {static_cast<std::uint8_t>(down ? 1 : 0)};
  put_16(bytes, x);
  put_16(bytes, y);
  return bytes;
}

}  // namespace

TouchDevice::TouchDevice() : Device(identity()) {}

Handshake TouchDevice::receive(Time /*now*/, BytesView /*packet*/) {
  return Handshake::ack;
}

std::optional<Bytes> TouchDevice::give(Time /*now*/, int /*endpoint*/, std::size_t /*most*/) {
  if (reports_.empty()) return std::nullopt;
  Bytes first = std::move(reports_.front());
  reports_.pop_front();
  return first;
}

std::optional<Bytes> TouchDevice::class_control(const Setup& setup, BytesView /*data*/) {
  constexpr int kGetDescriptor = 6;
  constexpr int kReportDescriptor = 0x22;
  constexpr int kSetIdle = 0x0A;
  constexpr int kFromInterface = 0x81;
  if (setup.type == kFromInterface && setup.request == kGetDescriptor &&
      setup.value >> 8 == kReportDescriptor) {
    return report_descriptor();
  }
  if (setup.request == kSetIdle) return Bytes{};
  return std::nullopt;
}

std::optional<std::string> TouchDevice::obey(Time /*now*/, const std::string& verb,
                                             const std::string& rest) {
  if (verb != "tap") return std::nullopt;
  int x = 0;
  int y = 0;
  std::istringstream(rest) >> x >> y;
  x = x * kFarEnd / 1000;
  y = y * kFarEnd / 1000;
  reports_.push_back(report(true, x, y));
  reports_.push_back(report(false, x, y));
  return "ok";
}

}  // namespace yijuan::usb_guest
