#include "drivers/ict/code.hpp"

#include <algorithm>
#include <array>

namespace yijuan::ict {
namespace {

struct Meaning {
  std::uint8_t code;
  Word word;
  std::string_view name;
  std::string_view text;
};

constexpr std::uint8_t kFirstTrouble = 0x20;
constexpr std::uint8_t kLastShifted = 0x26;
constexpr std::uint8_t kFirstType = 0x40;
constexpr std::uint8_t kLastType = 0x49;

// protocols of the maker's 104/106/L series, RS-232 mode.
constexpr std::array<Meaning, 11> kTroubles = {{
    {0x20, Word::trouble, "motor failure", "the note acceptor's motor does not turn"},
    {0x21, Word::trouble, "checksum error", "the note acceptor's own program is damaged"},
    {0x22, Word::trouble, "jam", "a note is stuck in the note acceptor"},
    {0x23, Word::pulled, "note pulled out", "a note was pulled out while it was drawn in"},
    {0x24, Word::trouble, "stacker open", "the note box is open or not in its place"},
    {0x25, Word::trouble, "sensor problem", "a sensor of the note acceptor is dirty or broken"},
    {0x26, Word::trouble, "unnamed trouble", "the note acceptor reports a trouble without a name"},
    {0x27, Word::fishing, "note fishing", "somebody tried to pull a note out again on a string"},
    {0x28, Word::trouble, "stacker problem", "the note acceptor cannot put notes into its box"},
    {0x29, Word::refused, "note refused", "the note acceptor did not recognise the note"},
    {0x2A, Word::no_command, "unknown command", "the note acceptor does not know a command"},
}};

struct Fixed {
  std::uint8_t code;
  Word word;
};
constexpr std::array<Fixed, 9> kFixed = {{
    {0x0C, Word::echo},
    {0x80, Word::power_up},
    {0x8F, Word::ready},
    {0x81, Word::announced},
    {0x10, Word::stacked},
    {0x11, Word::returned},
    {0x2F, Word::cleared},
    {0x3E, Word::enabled},
    {0x5E, Word::inhibited},
}};

const Meaning* trouble(std::uint8_t code, Codes codes) {
  std::uint8_t standard = code;
  if (codes == Codes::shifted && code > kFirstTrouble && code <= kLastShifted) --standard;
  const auto* const found = std::ranges::find(kTroubles, standard, &Meaning::code);
  return found == kTroubles.end() ? nullptr : &*found;
}

}  // namespace

Heard understand(MarkedByte byte, Codes codes) {
  if (byte.damaged) return {.word = Word::damaged, .code = byte.value};
  if (byte.value >= kFirstType && byte.value <= kLastType) {
    return {.word = Word::type, .code = byte.value, .position = byte.value - kFirstType + 1};
  }
  if (codes == Codes::shifted && byte.value == kFirstTrouble) {
    return {.word = Word::power_up, .code = byte.value};
  }
  if (const auto* const known = trouble(byte.value, codes)) {
    return {.word = known->word, .code = byte.value};
  }
  const auto* const fixed = std::ranges::find(kFixed, byte.value, &Fixed::code);
  return {.word = fixed == kFixed.end() ? Word::unknown : fixed->word, .code = byte.value};
}

std::string_view trouble_word(std::uint8_t code, Codes codes) {
  const auto* const known = trouble(code, codes);
  return known == nullptr ? "unknown" : known->name;
}

std::string_view trouble_text(std::uint8_t code, Codes codes) {
  const auto* const known = trouble(code, codes);
  return known == nullptr ? "the note acceptor says something unknown" : known->text;
}

}  // namespace yijuan::ict
