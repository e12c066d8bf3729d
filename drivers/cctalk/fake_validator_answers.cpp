// What the simulated bill validator answers to the host's commands.
#include "drivers/cctalk/fake_validator.hpp"

namespace yijuan::cctalk_fake {
namespace {

Bytes letters(const std::string& text) {
  return {text.begin(), text.end()};
}

std::uint8_t low(std::uint64_t value) {
  return static_cast<std::uint8_t>(value & 0xFFU);
}

Bytes least_first(std::uint64_t value, std::size_t size) {
  Bytes data;
  for (std::size_t at = 0; at < size; ++at) data.push_back(low(value >> (8 * at)));
  return data;
}

}  // namespace

void FakeValidator::serve(Time now, const Message& request) {
  advance(now);
  if (const auto gone = make_.missing.find(request.header); gone != make_.missing.end()) {
    if (gone->second == Missing::nak) wire_.reply(now, 5, {});
    return;
  }
  if (auto data = answer(now, request)) wire_.reply(now, 0, std::move(*data));
  if (request.header == 1) restart(now, std::chrono::milliseconds(100), true);
}

std::optional<Bytes> FakeValidator::answer(Time now, const Message& request) {
  const Bytes& data = request.data;
  switch (request.header) {
    case 254:
    case 1:
      return Bytes{};
    case 249:
      return Bytes{2, 20};
    case 232:
      return Bytes{low(static_cast<unsigned>(self_check()))};
    case 242:
      return least_first(make_.serial, 3);
    case 159:
      return answer_events(now);
    case 154:
      if (data.size() != 1) return std::nullopt;
      return route(now, data[0]);
    case 156:
    case 157:
      return answer_id(request);
    case 150:
    case 193:
    case 194:
    case 225:
    case 226:
      return answer_total(request);
    case 152:
    case 153:
    case 227:
    case 228:
    case 230:
    case 231:
      return answer_switch(request);
    default:
      return answer_text(request.header);
  }
}

std::optional<Bytes> FakeValidator::answer_total(const Message& request) const {
  switch (request.header) {
    case 226:
      return least_first(notes_.size(), 3);
    case 225:
      return least_first(count(NoteFate::stacked), 3);
    case 194:
      return least_first(count(NoteFate::given_back), 3);
    case 193:
      return least_first(count(NoteFate::taken_out), 3);
    default:
      break;
  }
  if (request.data.size() != 1) return std::nullopt;
  std::uint64_t stacked = 0;
  for (const FakeNote& note : notes_) {
    const bool counts = note.position == request.data[0] && note.fate == NoteFate::stacked;
    stacked += counts ? 1U : 0U;
  }
  return least_first(stacked, 3);
}

std::optional<Bytes> FakeValidator::answer_text(int header) const {
  switch (header) {
    case 246:
      return letters(make_.maker);
    case 245:
      return letters(make_.category);
    case 244:
      return letters(make_.product);
    case 241:
      return letters(make_.software);
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> FakeValidator::answer_switch(const Message& request) {
  const Bytes& data = request.data;
  switch (request.header) {
    case 152:
      return Bytes{low(static_cast<unsigned>(mode_))};
    case 153:
      if (data.size() != 1) return std::nullopt;
      mode_ = data[0] & (make_.escrows ? 3 : 1);
      return Bytes{};
    case 227:
      return Bytes{low(master_ ? 1 : 0)};
    case 228:
      if (data.size() != 1) return std::nullopt;
      master_ = (data[0] & 1U) != 0;
      return Bytes{};
    case 230:
      return least_first(mask_, make_.mask_bytes);
    default:
      if (data.size() != make_.mask_bytes) return std::nullopt;
      mask_ = 0;
      for (std::size_t at = 0; at < data.size(); ++at) {
        mask_ |= std::uint64_t{data[at]} << (8 * at);
      }
      return Bytes{};
  }
}

std::optional<Bytes> FakeValidator::answer_id(const Message& request) const {
  const Bytes& data = request.data;
  if (request.header == 156) {
    if (data.size() != 2) return std::nullopt;
    if (data != letters("CN")) return Bytes{0, 0, 0};
    return Bytes{low(make_.scale), low(make_.scale >> 8),
                 low(static_cast<unsigned>(make_.decimals))};
  }
  if (data.size() != 1 || data[0] < 1 || data[0] > kNotePositions) return std::nullopt;
  const std::string& id = make_.notes[data[0] - 1U];
  return letters(id.empty() ? "......." : id);
}

}  // namespace yijuan::cctalk_fake
