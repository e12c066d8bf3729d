#include "usb_guest/coin_device.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace yijuan::usb_guest {
namespace {

constexpr int kNotify = 0x83;
constexpr int kOut = 0x02;
constexpr int kIn = 0x81;

Identity identity_of(std::uint32_t serial) {
  // Two interfaces: control (with its union of 0 and 1) and data. USB CDC 1.1, 5.2.3.
  const Bytes functional = {5, 0x24, 0x00, 0x10, 0x01, 5,    0x24, 0x01, 0x00, 0x01,
                            4, 0x24, 0x02, 0x02, 5,    0x24, 0x06, 0x00, 0x01};
  return {
      .vendor = 0x1D6B,
      .product = 0xC001,
      .device_class = 2,
      .maker = "SIM",
      .name = "Coin acceptor",
      .serial = fmt::format("C{}", serial),
      .interfaces = {
          {.number = 0,
           .device_class = 2,
           .subclass = 2,
           .protocol = 1,
           .endpoints = {{kNotify, 3, 8, 10}},
           .class_descriptors = functional},
          {.number = 1, .device_class = 10, .endpoints = {{.address = kOut}, {.address = kIn}}}}};
}

cctalk_fake::Make make_of(std::uint32_t serial) {
  cctalk_fake::Make make;
  make.serial = serial;
  return make;
}

}  // namespace

CoinDevice::CoinDevice(std::uint32_t serial)
    : Device(identity_of(serial)),
      acceptor_(make_of(serial)),
      line_coding_{0x80, 0x25, 0, 0, 0, 0, 8} {}

Handshake CoinDevice::receive(Time now, BytesView packet) {
  acceptor_.receive(now, packet);
  return Handshake::ack;
}

std::optional<Bytes> CoinDevice::give(Time now, int endpoint, std::size_t most) {
  if (endpoint != kIn) return std::nullopt;  // nothing ever happens on its control lines
  const Bytes fresh = acceptor_.transmit(now);
  sent_.insert(sent_.end(), fresh.begin(), fresh.end());
  if (sent_.empty()) return std::nullopt;
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, sent_.size()));
  Bytes packet(sent_.begin(), sent_.begin() + count);
  sent_.erase(sent_.begin(), sent_.begin() + count);
  return packet;
}

std::optional<Time> CoinDevice::due() const {
  return acceptor_.next_transmission();
}

void CoinDevice::unplugged() {
  acceptor_.hang_up();
  sent_.clear();
}

std::optional<Bytes> CoinDevice::class_control(const Setup& setup, BytesView data) {
  constexpr int kSetLineCoding = 0x20;
  constexpr int kGetLineCoding = 0x21;
  constexpr int kSetControlLineState = 0x22;
  constexpr int kSendBreak = 0x23;
  switch (setup.request) {
    case kSetLineCoding:
      if (data.size() == line_coding_.size()) line_coding_.assign(data.begin(), data.end());
      return Bytes{};
    case kGetLineCoding:
      return line_coding_;
    case kSetControlLineState:
    case kSendBreak:
      return Bytes{};
    default:
      return std::nullopt;
  }
}

std::string CoinDevice::drop(Time now, const std::string& id) {
  const auto& coins = acceptor_.make().coins;
  const auto found = std::ranges::find(coins, id);
  if (id.empty() || found == coins.end()) return "error: no such coin: " + id;
  const int position = static_cast<int>(found - coins.begin()) + 1;
  const bool taken = acceptor_.drop_coin(now, position) == cctalk_fake::Fate::accepted;
  return taken ? "accepted" : "refused";
}

std::string CoinDevice::accepted() const {
  std::string out;
  for (const auto& coin : acceptor_.accepted()) {
    const auto& id = acceptor_.make().coins[static_cast<std::size_t>(coin.position - 1)];
    out += fmt::format("{}{}:{}:{}", out.empty() ? "" : " ", coin.position, coin.counter, id);
  }
  return out;
}

std::string CoinDevice::status() const {
  const int baud = line_coding_[0] | line_coding_[1] << 8 | line_coding_[2] << 16;
  return fmt::format("counter={} master={} mask={:04x} replies={} baud={} bits={}",
                     acceptor_.counter(), acceptor_.master() ? 1 : 0, acceptor_.mask(),
                     acceptor_.replies(), baud, line_coding_[6]);
}

std::optional<std::string> CoinDevice::obey(Time now, const std::string& verb,
                                            const std::string& rest) {
  if (verb == "drop") return drop(now, rest);
  if (verb == "accepted") return accepted();
  if (verb == "status") return status();
  return std::nullopt;
}

}  // namespace yijuan::usb_guest
