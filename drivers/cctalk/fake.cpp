#include "drivers/cctalk/fake.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace yijuan::cctalk_fake {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMemory = 5;

Bytes letters(const std::string& text) {
  return {text.begin(), text.end()};
}

std::uint8_t low(unsigned value) {
  return static_cast<std::uint8_t>(value & 0xFFU);
}

}  // namespace

FakeAcceptor::FakeAcceptor(Make make)
    : make_(std::move(make)),
      wire_({.address = make_.address,
             .crc = make_.crc,
             .echo = make_.echo,
             .paced = make_.paced,
             .answer_after = make_.answer_after,
             .scrambled = make_.scrambled}),
      mask_(make_.missing.contains(231) ? 0xFFFF : 0),
      master_(make_.missing.contains(228)) {
  paths_.fill(make_.sorter ? 1 : 0);
}

int FakeAcceptor::path(int position) const {
  return paths_[static_cast<std::size_t>(position - 1)];
}

void FakeAcceptor::receive(Time now, BytesView bytes) {
  advance(now);
  if (!powered(now)) return;
  wire_.receive(now, bytes, [this](Time at, const Message& request) { serve(at, request); });
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
  ++totals_[0];
  if (!enabled(now, position)) {
    const bool own = position < 1 || position > kPositions || !master_;
    if (make_.tells_refusals) add_event(0, own ? 2 : 127 + position);
    return Fate::refused;
  }
  ++totals_[1];
  accepted_.push_back({now, position, 0});
  falling_.push_back({now + make_.fall, accepted_.size() - 1});
  advance(now);
  return Fate::accepted;
}

void FakeAcceptor::raise(Time now, int code) {
  advance(now);
  if (powered(now)) add_event(0, code);
}

void FakeAcceptor::take_up(const std::vector<AcceptedCoin>& earlier) {
  master_ = true;
  for (std::size_t i = 0; i < make_.coins.size(); ++i) {
    if (!make_.coins[i].empty()) mask_ |= 1U << i;
  }
  for (const AcceptedCoin& coin : earlier) {
    YIJUAN_ASSERT(coin.counter >= 1 && coin.counter <= 255, "an event's counter");
    accepted_.push_back(coin);
    totals_[0] += 1;
    totals_[1] += 1;
    while (counter_ % 255 + 1 != coin.counter) add_event(0, 2);
    add_event(coin.position, path(coin.position));
  }
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
  if (a == 0) ++totals_[b >= 16 && b <= 20 ? 3 : 2];
  if (make_.counts_by_five) {
    counter_ = (counter_ + 5) % 255;
  } else {
    counter_ = counter_ == 255 ? 1 : counter_ + 1;
  }
  memory_.push_front({a, b});
  if (memory_.size() > kMemory) memory_.pop_back();
}

void FakeAcceptor::restart(Time now, Time off_for, bool finishing) {
  advance(now);
  falling_.clear();
  wire_.reset(finishing);
  memory_.clear();
  counter_ = 0;
  if (!make_.keeps_inhibits) {
    mask_ = make_.missing.contains(231) ? 0xFFFF : 0;
    master_ = make_.missing.contains(228);  // a device without the switch is always on
  }
  paths_.fill(make_.sorter ? 1 : 0);
  off_until_ = now + off_for;
}

// --- commands

void FakeAcceptor::serve(Time now, const Message& request) {
  advance(now);
  if (const auto gone = make_.missing.find(request.header); gone != make_.missing.end()) {
    if (gone->second == Missing::nak) wire_.reply(now, 5, {});
    return;
  }
  if (auto data = answer(now, request)) wire_.reply(now, 0, std::move(*data));
  if (request.header == 1) restart(now, milliseconds(100), true);  // reset: it says so first
}

std::optional<Bytes> FakeAcceptor::answer(Time now, const Message& request) {
  switch (request.header) {
    case 254:
    case 1:
      return Bytes{};
    case 249:
      return Bytes{2, 20};
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
    case 193:
    case 194:
    case 213:
    case 225:
    case 226:
    case 232:
      return answer_self(request.header);
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

std::optional<Bytes> FakeAcceptor::answer_self(int header) const {
  if (header == 213) return Bytes{low(make_.value_codes ? 1 : 0)};
  if (header == 232) {
    Bytes result = {low(static_cast<unsigned>(self_check_))};
    if (self_check_extra_) result.push_back(low(static_cast<unsigned>(*self_check_extra_)));
    return result;
  }
  const unsigned total = totals_[header == 226 ? 0 : header == 225 ? 1 : header == 194 ? 2 : 3];
  return Bytes{low(total), low(total >> 8), low(total >> 16)};
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
  if (request.header == 209) {
    Bytes paths = {low(static_cast<unsigned>(path))};
    if (make_.four_paths) paths.insert(paths.end(), 3, 4);
    return paths;
  }
  if (data.size() != (make_.four_paths ? 5U : 2U)) return std::nullopt;
  path = data[1];
  return Bytes{};
}

}  // namespace yijuan::cctalk_fake
