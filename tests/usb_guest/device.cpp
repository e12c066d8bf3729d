#include "usb_guest/device.hpp"

#include <array>

namespace yijuan::usb_guest {
namespace {

// Chapter 9 of the USB 2.0 specification.
constexpr int kGetStatus = 0;
constexpr int kClearFeature = 1;
constexpr int kSetFeature = 3;
constexpr int kGetDescriptor = 6;
constexpr int kGetConfiguration = 8;
constexpr int kSetConfiguration = 9;
constexpr int kGetInterface = 10;
constexpr int kSetInterface = 11;
constexpr int kDeviceDescriptor = 1;
constexpr int kConfigurationDescriptor = 2;
constexpr int kStringDescriptor = 3;
constexpr int kToEndpoint = 2;

std::uint8_t low(int value) {
  return static_cast<std::uint8_t>(value & 0xFF);
}

void put(Bytes& bytes, std::initializer_list<int> values) {
  for (const int value : values) bytes.push_back(low(value));
}

Bytes device_descriptor(const Identity& identity) {
  Bytes bytes;
  put(bytes, {18, kDeviceDescriptor, 0x00, 0x02, identity.device_class, 0, 0, 64});
  put_16(bytes, identity.vendor);
  put_16(bytes, identity.product);
  put(bytes, {0x00, 0x01, 1, 2, identity.serial.empty() ? 0 : 3, 1});
  return bytes;
}

Bytes configuration_descriptor(const Identity& identity) {
  Bytes body;
  for (const Interface& interface : identity.interfaces) {
    put(body, {9, 4, interface.number, 0, static_cast<int>(interface.endpoints.size()),
               interface.device_class, interface.subclass, interface.protocol, 0});
    body.insert(body.end(), interface.class_descriptors.begin(), interface.class_descriptors.end());
    for (const Endpoint& endpoint : interface.endpoints) {
      put(body, {7, 5, endpoint.address, endpoint.attributes});
      put_16(body, endpoint.packet);
      put(body, {endpoint.interval});
    }
  }
  Bytes bytes;
  put(bytes, {9, kConfigurationDescriptor});
  put_16(bytes, static_cast<int>(body.size()) + 9);
  constexpr int kSelfPowered = 0xC0;
  put(bytes, {static_cast<int>(identity.interfaces.size()), 1, 0, kSelfPowered, 50});
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

std::optional<Bytes> string_descriptor(const Identity& identity, int index) {
  Bytes bytes;
  if (index == 0) {
    put(bytes, {4, kStringDescriptor, 0x09, 0x04});
    return bytes;
  }
  const std::array<const std::string*, 3> texts = {&identity.maker, &identity.name,
                                                   &identity.serial};
  if (index < 1 || index > 3) return std::nullopt;
  const std::string& text = *texts[static_cast<std::size_t>(index - 1)];
  put(bytes, {static_cast<int>(2 + 2 * text.size()), kStringDescriptor});
  for (const char letter : text) put_16(bytes, letter);
  return bytes;
}

}  // namespace

void put_16(Bytes& bytes, int value) {
  bytes.push_back(low(value));
  bytes.push_back(low(value >> 8));
}

void Device::count_anew() {
  taken_ = 0;
  stall_at_ = leave_at_ = kNever;
}

Handshake Device::take(Time now, int endpoint, BytesView packet) {
  if (halted_.contains(endpoint)) return Handshake::stall;
  if (busy_) return Handshake::nak;
  if (taken_ + packet.size() > leave_at_) return Handshake::gone;
  if (taken_ + packet.size() > stall_at_) {
    stall_at_ = kNever;
    halted_.insert(endpoint);
    return Handshake::stall;
  }
  const Handshake handshake = receive(now, packet);
  if (handshake == Handshake::ack) taken_ += packet.size();
  return handshake;
}

std::optional<Bytes> Device::control(const Setup& setup, BytesView data) {
  constexpr int kTypeMask = 0x60;
  auto answer = (setup.type & kTypeMask) == 0 ? standard(setup) : class_control(setup, data);
  if (answer && answer->size() > setup.length) answer->resize(setup.length);
  return answer;
}

std::optional<Bytes> Device::standard(const Setup& setup) {
  switch (setup.request) {
    case kGetDescriptor: {
      auto found = descriptor(setup.value >> 8, setup.value & 0xFF);
      return found ? found : class_control(setup, {});
    }
    case kGetStatus:
      if ((setup.type & 0x1F) == kToEndpoint) return Bytes{low(halted_.contains(setup.index)), 0};
      return Bytes{1, 0};
    case kGetConfiguration:
      return Bytes{1};
    case kGetInterface:
      return Bytes{0};
    case kClearFeature:
      if ((setup.type & 0x1F) == kToEndpoint) halted_.erase(setup.index);
      return Bytes{};
    case kSetConfiguration:
      halted_.clear();
      return Bytes{};
    case kSetFeature:
    case kSetInterface:
      return Bytes{};
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> Device::descriptor(int type, int index) const {
  if (type == kDeviceDescriptor) return device_descriptor(identity_);
  if (type == kConfigurationDescriptor) return configuration_descriptor(identity_);
  if (type == kStringDescriptor) return string_descriptor(identity_, index);
  return std::nullopt;
}

}  // namespace yijuan::usb_guest
