#include "drivers/cctalk/fake_wire.hpp"

#include <algorithm>

namespace yijuan::cctalk_fake {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kHost = 1;
constexpr Time kGap = milliseconds(50);
constexpr Time kByte = microseconds(1042);
constexpr Time kLate = milliseconds(400);
constexpr int kStrayBy = 7;

std::uint8_t low(unsigned value) {
  return static_cast<std::uint8_t>(value & 0xFFU);
}

}  // namespace

Time FakeWire::byte_time(std::size_t count) const {
  return make_.paced ? kByte * static_cast<int>(count) : Time(0);
}

void FakeWire::receive(Time now, BytesView bytes, const Serve& serve) {
  if (now - heard_at_ > kGap) heard_.clear();
  const Time end = now + byte_time(bytes.size());
  heard_at_ = end;
  if (make_.echo) send(end, Bytes(bytes.begin(), bytes.end()));
  heard_.insert(heard_.end(), bytes.begin(), bytes.end());
  while (heard_.size() >= 5) {
    const std::size_t length = 5U + heard_[1];
    if (heard_.size() < length) return;
    const Bytes frame(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(length));
    heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(length));
    const auto request = unseal(frame, make_.crc);
    if (!request) {
      heard_.clear();  // a damaged command is not answered
      return;
    }
    if (request->to == make_.address || request->to == 0) serve(end, *request);
  }
}

void FakeWire::reply(Time now, int header, Bytes data) {
  ++replies_;
  Message message{.to = kHost, .from = make_.address, .header = header, .data = std::move(data)};
  const Fault fault = faults_ ? faults_() : Fault::none;
  if (fault == Fault::stray) (make_.crc ? message.to : message.from) += kStrayBy;
  Bytes bytes = seal(message, make_.crc);
  const auto turn = static_cast<unsigned>(replies_);
  if (make_.scrambled) {
    for (unsigned at = 2; at < bytes.size(); ++at) bytes[at] ^= low(0xA5U + turn + at);
  }
  if (fault == Fault::lose) return;
  if (fault == Fault::flip) bytes[turn % bytes.size()] ^= low(1U << (turn % 8));
  if (fault == Fault::cut) bytes.resize(bytes.size() / 2);
  if (fault == Fault::noise) bytes.insert(bytes.begin(), {0x00, low(0x5AU + turn)});
  Time at = now + make_.answer_after + byte_time(bytes.size());
  if (fault == Fault::late) at += kLate;
  send(at, std::move(bytes));
}

void FakeWire::send(Time at, Bytes bytes) {
  const auto place = std::ranges::upper_bound(sending_, at, {}, &Piece::at);
  sending_.insert(place, {at, std::move(bytes)});
}

Bytes FakeWire::transmit(Time now) {
  Bytes out;
  while (!sending_.empty() && sending_.front().at <= now) {
    const Bytes& piece = sending_.front().bytes;
    out.insert(out.end(), piece.begin(), piece.end());
    sending_.pop_front();
  }
  return out;
}

std::optional<Time> FakeWire::next_transmission() const {
  if (sending_.empty()) return std::nullopt;
  return sending_.front().at;
}

void FakeWire::hang_up() {
  sending_.clear();
  heard_.clear();
}

void FakeWire::reset(bool finishing) {
  heard_.clear();
  if (!finishing) sending_.clear();
}

}  // namespace yijuan::cctalk_fake
