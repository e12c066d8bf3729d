#include "drivers/cctalk/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {

Frame make_request(std::uint8_t address, Header header, Bytes data) {
  return {.destination = address,
          .source = kHostAddress,
          .header = static_cast<std::uint8_t>(header),
          .data = std::move(data)};
}

Result<Bytes> read_reply(const Frame& frame, std::uint8_t address, Checksum checksum) {
  if (frame.destination != kHostAddress) return CctalkErrc::bad_reply;
  // Under crc16 the source's place holds the checksum: there is nobody to compare.
  if (checksum == Checksum::simple && frame.source != address) return CctalkErrc::bad_reply;
  switch (static_cast<Header>(frame.header)) {
    case Header::reply:
      return frame.data;
    case Header::nak:
      return CctalkErrc::not_supported;
    case Header::busy:
      return CctalkErrc::busy;
    default:
      return CctalkErrc::bad_reply;
  }
}

Bytes PositionMask::data() const {
  return {static_cast<std::uint8_t>(bits & 0xFF), static_cast<std::uint8_t>(bits >> 8)};
}

std::optional<PositionMask> PositionMask::parse(BytesView data) {
  if (data.empty() || data.size() > 2) return std::nullopt;
  const unsigned high = data.size() > 1 ? data[1] : 0U;
  return PositionMask{static_cast<std::uint16_t>(data[0] | high << 8)};
}

std::optional<CreditBuffer> CreditBuffer::parse(BytesView data) {
  if (data.size() != 1 + 2 * kSlots) return std::nullopt;
  CreditBuffer buffer;
  buffer.counter = data[0];
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    buffer.newest_first[slot] = {data[1 + 2 * slot], data[2 + 2 * slot]};
  }
  return buffer;
}

bool CreditBuffer::moneyless() const {
  if (counter > kSlots) return false;
  for (int slot = 0; slot < kSlots; ++slot) {
    const RawEvent& event = newest_first.at(static_cast<std::size_t>(slot));
    // Beyond the counter nothing has happened yet, or the counter has gone round.
    if (event.a != 0 || (slot >= counter && event.b != 0)) return false;
  }
  return true;
}

NewEvents new_events(const CreditBuffer& buffer, int last) {
  if (buffer.counter == 0) return {.events = {}, .lost = 0, .restarted = last != 0};
  constexpr int kRound = 255;
  int count = buffer.counter - last;
  if (count < 0) count += kRound;
  const int readable = std::min(count, CreditBuffer::kSlots);
  NewEvents found{.events = {}, .lost = count - readable, .restarted = false};
  for (int age = readable - 1; age >= 0; --age) {
    int counter = buffer.counter - age;
    if (counter < 1) counter += kRound;
    found.events.push_back({counter, buffer.newest_first[static_cast<std::size_t>(age)]});
  }
  return found;
}

bool continues(const CreditBuffer& before, const CreditBuffer& now, int count) {
  for (int slot = 0; slot + count < CreditBuffer::kSlots; ++slot) {
    if (before.newest_first[static_cast<std::size_t>(slot)] !=
        now.newest_first[static_cast<std::size_t>(slot + count)]) {
      return false;
    }
  }
  return true;
}

std::optional<std::int64_t> poll_milliseconds(BytesView data) {
  if (data.size() != 2 || data[1] == 0) return std::nullopt;
  constexpr std::array<std::int64_t, 6> kUnits = {0, 1, 10, 1000, 60'000, 3'600'000};
  if (data[0] == 0 || data[0] >= kUnits.size()) return std::nullopt;
  return kUnits[data[0]] * data[1];
}

std::optional<std::string> serial_text(BytesView data) {
  if (data.size() != 3 && data.size() != 4) return std::nullopt;
  std::uint32_t serial = 0;
  for (std::size_t index = data.size(); index > 0; --index) serial = serial << 8 | data[index - 1];
  return std::to_string(serial);
}

std::optional<std::uint64_t> counter_value(BytesView data) {
  constexpr std::size_t kBytes = 3;
  if (data.size() != kBytes) return std::nullopt;
  return data[0] | std::uint64_t{data[1]} << 8U | std::uint64_t{data[2]} << 16U;
}

bool reports_values(BytesView option_flags) {
  return !option_flags.empty() && (option_flags[0] & 1U) != 0;
}

std::string self_check_text(BytesView reply) {
  if (reply.empty() || reply[0] == 0) return {};
  const auto text = fmt::format("self-check {}: {}", reply[0], self_check_name(reply[0]));
  return reply.size() > 1 ? fmt::format("{} ({})", text, reply[1]) : text;
}

std::string printable(BytesView data) {
  std::string text;
  for (const auto byte : data) {
    if (byte >= 0x20 && byte < 0x7F) text.push_back(static_cast<char>(byte));
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace yijuan::cctalk
