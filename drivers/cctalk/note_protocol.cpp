#include "drivers/cctalk/note_protocol.hpp"

#include <algorithm>

namespace yijuan::cctalk {
namespace {

using enum NoteEventKind;

constexpr std::array kNoteEvents = std::to_array<NoteEvent>({
    {0, "master inhibit active", status},
    {1, "returned from escrow", came_back},
    {2, "invalid note", reject},
    {3, "invalid note (transport)", reject},
    {4, "inhibited note", reject},
    {5, "inhibited note (switches)", reject},
    {6, "note jammed within reach", jam_reachable},
    {7, "note jammed in the stacker", jam_stacker},
    {8, "note pulled backwards", fraud},
    {9, "tampering", fraud},
    {10, "stacker in order", stacker_ok},
    {11, "stacker removed", stacker_removed},
    {12, "stacker inserted", stacker_inserted},
    {13, "stacker faulty", broken},
    {14, "stacker full", stacker_full},
    {15, "stacker jammed", jam_stacker},
    {16, "note jammed out of reach", jam_unreachable},
    {17, "fraud at the sensors", fraud},
    {18, "note on a string", fraud},
    {19, "anti-string mechanism faulty", broken},
    {20, "barcode detected", status},
    {21, "unknown note stacked", unknown_stacked},
});

constexpr std::size_t kIdLength = 7;
constexpr std::size_t kValueDigits = 4;
constexpr int kFenDecimals = 2;
constexpr int kMostDecimals = 9;

bool is_capital(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

}  // namespace

Bytes NoteMask::data(std::size_t size) const {
  Bytes bytes;
  for (std::size_t at = 0; at < size; ++at) {
    bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * at) & 0xFF));
  }
  return bytes;
}

std::optional<NoteMask> NoteMask::parse(BytesView data) {
  if (data.empty() || data.size() > sizeof(bits)) return std::nullopt;
  NoteMask mask;
  for (std::size_t at = 0; at < data.size(); ++at) {
    mask.bits |= std::uint64_t{data[at]} << (8 * at);
  }
  return mask;
}

std::optional<NoteId> NoteId::parse(std::string_view text) {
  if (text.size() != kIdLength || !is_capital(text[0]) || !is_capital(text[1]) ||
      !is_capital(text.back())) {
    return std::nullopt;
  }
  NoteId id{.country = std::string(text.substr(0, 2)), .value = 0, .issue = text.back()};
  for (const char digit : text.substr(2, kValueDigits)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    id.value = id.value * 10 + (digit - '0');
  }
  return id;
}

std::optional<NoteScale> NoteScale::parse(BytesView data) {
  if (data.size() != 3 || std::ranges::all_of(data, [](auto byte) { return byte == 0; })) {
    return std::nullopt;
  }
  return NoteScale{.factor = data[0] | data[1] << 8, .decimals = data[2]};
}

std::optional<Fen> NoteScale::worth(int value) const {
  if (value < 0 || factor < 0 || decimals < 0 || decimals > kMostDecimals) return std::nullopt;
  std::int64_t amount = std::int64_t{value} * factor;  // of 10^-decimals of the unit
  for (int place = decimals; place < kFenDecimals; ++place) amount *= 10;
  for (int place = kFenDecimals; place < decimals; ++place) {
    if (amount % 10 != 0) return std::nullopt;
    amount /= 10;
  }
  return Fen(amount);
}

NoteEvent note_event(int code) {
  const auto* const found = std::ranges::find(kNoteEvents, code, &NoteEvent::code);
  if (found != kNoteEvents.end()) return *found;
  return {.code = code, .name = "unknown event", .kind = unknown};
}

bool is_inhibited_note(int code) {
  return code == 0 || code == 4 || code == 5;
}

}  // namespace yijuan::cctalk
