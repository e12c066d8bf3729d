#include "drivers/cctalk/fake.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace yijuan::cctalk_fake {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kHost = 1;
constexpr std::size_t kMemory = 5;
constexpr Time kGap = milliseconds(50);
constexpr Time kByte = microseconds(1042);
constexpr Time kLate = milliseconds(400);

Bytes letters(const std::string& text) {
  return {text.begin(), text.end()};
}

std::uint8_t low(unsigned value) {
  return static_cast<std::uint8_t>(value & 0xFFU);
}

}  // namespace

FakeAcceptor::FakeAcceptor(Make make)
    : make_(std::move(make)), master_(make_.missing.contains(228)) {
  paths_.fill(make_.sorter ? 1 : 0);
}

Time FakeAcceptor::byte_time(std::size_t count) const {
  return make_.paced ? kByte * static_cast<int>(count) : Time(0);
}

int FakeAcceptor::path(int position) const {
  return paths_[static_cast<std::size_t>(position - 1)];
}

// --- the wire

void FakeAcceptor::receive(Time now, BytesView bytes) {
  advance(now);
  if (!powered(now)) return;
  if (now - heard_at_ > kGap) heard_.clear();
  const Time end = now + byte_time(bytes.size());
  heard_at_ = end;
  if (make_.echo) send(end, Bytes(bytes.begin(), bytes.end()));
  heard_.insert(heard_.end(), bytes.begin(), bytes.end());
  listen(end);
}

void FakeAcceptor::listen(Time now) {
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
    if (request->to == make_.address || request->to == 0) serve(now, *request);
  }
}

Bytes FakeAcceptor::transmit(Time now) {
  Bytes out;
  while (!sending_.empty() && sending_.front().at <= now) {
    const Bytes& piece = sending_.front().bytes;
    out.insert(out.end(), piece.begin(), piece.end());
    sending_.pop_front();
  }
  return out;
}

std::optional<Time> FakeAcceptor::next_transmission() const {
  if (sending_.empty()) return std::nullopt;
  return sending_.front().at;
}

void FakeAcceptor::hang_up() {
  sending_.clear();
  heard_.clear();
}

void FakeAcceptor::reply(Time now, int header, Bytes data) {
  ++replies_;
  Message message{.to = kHost, .from = make_.address, .header = header, .data = std::move(data)};
  const Fault fault = faults_ ? faults_() : Fault::none;
  if (fault == Fault::stray) (make_.crc ? message.to : message.from) += 7;
  Bytes bytes = seal(message, make_.crc);
  const auto turn = static_cast<unsigned>(replies_);
  if (fault == Fault::lose) return;
  if (fault == Fault::flip) bytes[turn % bytes.size()] ^= low(1U << (turn % 8));
  if (fault == Fault::cut) bytes.resize(bytes.size() / 2);
  if (fault == Fault::noise) bytes.insert(bytes.begin(), {0x00, low(0x5AU + turn)});
  Time at = now + make_.answer_after + byte_time(bytes.size());
  if (fault == Fault::late) at += kLate;
  send(at, std::move(bytes));
}

void FakeAcceptor::send(Time at, Bytes bytes) {
  const auto place = std::ranges::upper_bound(sending_, at, {}, &Piece::at);
  sending_.insert(place, {at, std::move(bytes)});
}

// --- the world

bool FakeAcceptor::enabled(Time now, int position) const {
  if (position < 1 || position > kPositions || !powered(now) || !master_) return false;
  if (make_.coins[static_cast<std::size_t>(position - 1)].empty()) return false;
  if (now - polled_at_ > make_.patience) return false;
  return (mask_ & 1U << (position - 1)) != 0;
}

Fate FakeAcceptor::drop_coin(Time now, int position) {
  advance(now);
  if (!powered(now)) return Fate::lost_power;
  if (!enabled(now, position)) {
    const bool own = position < 1 || position > kPositions || !master_;
    if (make_.tells_refusals) add_event(0, own ? 2 : 127 + position);
    return Fate::refused;
  }
  accepted_.push_back({now, position, 0});
  falling_.push_back({now + make_.fall, accepted_.size() - 1});
  advance(now);
  return Fate::accepted;
}

void FakeAcceptor::raise(Time now, int code) {
  advance(now);
  if (powered(now)) add_event(0, code);
}

void FakeAcceptor::advance(Time now) {
  while (!falling_.empty() && falling_.front().due <= now) {
    AcceptedCoin& coin = accepted_[falling_.front().coin];
    falling_.pop_front();
    add_event(coin.position, path(coin.position));
    coin.counter = counter_;
  }
}

void FakeAcceptor::add_event(int a, int b) {
  if (make_.counts_by_five) {
    counter_ = (counter_ + 5) % 255;
  } else {
    counter_ = counter_ == 255 ? 1 : counter_ + 1;
  }
  memory_.push_front({a, b});
  if (memory_.size() > kMemory) memory_.pop_back();
}

void FakeAcceptor::cut_power(Time now, Time off_for) {
  advance(now);
  falling_.clear();
  hang_up();
  memory_.clear();
  counter_ = 0;
  if (!make_.keeps_inhibits) {
    mask_ = 0;
    master_ = make_.missing.contains(228);  // a device without the switch is always on
  }
  paths_.fill(make_.sorter ? 1 : 0);
  off_until_ = now + off_for;
}

// --- commands

void FakeAcceptor::serve(Time now, const Message& request) {
  advance(now);
  if (const auto gone = make_.missing.find(request.header); gone != make_.missing.end()) {
    if (gone->second == Missing::nak) reply(now, 5, {});
    return;
  }
  if (auto data = answer(now, request)) reply(now, 0, std::move(*data));
  if (request.header == 1) {  // reset: it says so first
    const auto last = std::move(sending_);
    cut_power(now, milliseconds(100));
    sending_ = last;
  }
}

std::optional<Bytes> FakeAcceptor::answer(Time now, const Message& request) {
  switch (request.header) {
    case 254:
    case 1:
      return Bytes{};
    case 249:
      return Bytes{2, 20};
    case 232:
      return Bytes{low(static_cast<unsigned>(self_check_))};
    case 242:
      return Bytes{low(make_.serial), low(make_.serial >> 8), low(make_.serial >> 16)};
    case 4:
      return Bytes{1, 4, 7};
    case 229:
      return answer_credits(now);
    case 227:
    case 228:
    case 230:
    case 231:
      return answer_inhibits(request);
    case 209:
    case 210:
      return answer_paths(request);
    case 184: {
      if (request.data.size() != 1 || request.data[0] < 1 || request.data[0] > kPositions) {
        return std::nullopt;
      }
      const std::string& coin = make_.coins[request.data[0] - 1U];
      return letters(coin.empty() ? "......" : coin);
    }
    default:
      return answer_text(request.header);
  }
}

std::optional<Bytes> FakeAcceptor::answer_text(int header) const {
  switch (header) {
    case 246:
      return letters(make_.maker);
    case 245:
      return letters("Coin Acceptor");
    case 244:
      return letters(make_.product);
    case 241:
      return letters(make_.software);
    case 192:
      return letters(make_.build);
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> FakeAcceptor::answer_inhibits(const Message& request) {
  const Bytes& data = request.data;
  switch (request.header) {
    case 227:
      return Bytes{low(master_ ? 1 : 0)};
    case 230:
      return Bytes{low(mask_), low(mask_ >> 8)};
    case 228:
      if (data.size() != 1) return std::nullopt;
      master_ = (data[0] & 1U) != 0;
      return Bytes{};
    default:
      if (data.size() != 2) return std::nullopt;
      mask_ = data[0] + 256U * data[1];
      return Bytes{};
  }
}

std::optional<Bytes> FakeAcceptor::answer_credits(Time now) {
  polled_at_ = now;
  Bytes data = {low(static_cast<unsigned>(counter_))};
  for (std::size_t slot = 0; slot < kMemory; ++slot) {
    const bool held = slot < memory_.size();
    data.push_back(held ? low(static_cast<unsigned>(memory_[slot][0])) : std::uint8_t{0});
    data.push_back(held ? low(static_cast<unsigned>(memory_[slot][1])) : std::uint8_t{0});
  }
  if (counter_ == 0 && make_.dummy_first_event) add_event(0, 2);
  return data;
}

std::optional<Bytes> FakeAcceptor::answer_paths(const Message& request) {
  const Bytes& data = request.data;
  if (!make_.sorter || data.empty() || data[0] < 1 || data[0] > kPositions) return std::nullopt;
  int& path = paths_[data[0] - 1U];
  if (request.header == 209) return Bytes{low(static_cast<unsigned>(path))};
  if (data.size() < 2) return std::nullopt;
  path = data[1];
  return Bytes{};
}

}  // namespace yijuan::cctalk_fake
