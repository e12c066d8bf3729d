#include "domain/capital_amount.hpp"

#include <array>
#include <string_view>

#include "base/assert.hpp"

namespace yijuan::domain {
namespace {

constexpr std::array<std::string_view, 10> kDigits = {"零", "壹", "贰", "叁", "肆",
                                                      "伍", "陆", "柒", "捌", "玖"};
constexpr std::int64_t kLimit = 100'000'000'000'000;  // fen

// 1 to 9999, with one 零 for any run of zeros inside.
void put_group(std::string& out, std::int64_t group) {
  constexpr std::array<std::string_view, 4> kUnits = {"仟", "佰", "拾", ""};
  bool begun = false;
  bool zero = false;
  std::int64_t weight = 1000;
  for (const std::string_view unit : kUnits) {
    const auto digit = static_cast<std::size_t>(group / weight % 10);
    weight /= 10;
    if (digit == 0) {
      zero = begun;
      continue;
    }
    if (zero) out += kDigits[0];
    zero = false;
    begun = true;
    out += kDigits.at(digit);
    out += unit;
  }
}

// Groups of four: 亿, 万, and the rest. Between groups stands a 零 where zeros precede the next
// figure inside its own group or fill a whole group; a group that merely ends in zeros before a
// full one takes none (壹拾万柒仟).
void put_yuan(std::string& out, std::int64_t yuan_count) {
  struct Group {
    std::int64_t weight;
    std::string_view unit;
  };
  constexpr std::array<Group, 3> kGroups = {{{100'000'000, "亿"}, {10'000, "万"}, {1, ""}}};
  bool begun = false;
  bool skipped = false;
  for (const Group& group : kGroups) {
    const std::int64_t value = yuan_count / group.weight % 10'000;
    if (value == 0) {
      skipped = begun;
      continue;
    }
    if (begun && (skipped || value < 1000)) out += kDigits[0];
    put_group(out, value);
    out += group.unit;
    begun = true;
    skipped = false;
  }
}

}  // namespace

std::string capital_amount(Fen amount) {
  YIJUAN_ASSERT(amount.count() < kLimit && amount.count() > -kLimit, "amount too large to write");
  std::string out = "人民币";
  if (amount.count() < 0) out += "负";
  const std::int64_t count = amount.count() < 0 ? -amount.count() : amount.count();
  const std::int64_t whole = count / 100;
  const auto jiao = static_cast<std::size_t>(count / 10 % 10);
  const auto fen = static_cast<std::size_t>(count % 10);
  if (whole > 0) {
    put_yuan(out, whole);
    out += "元";
  } else if (count == 0) {
    out += "零元";
  }
  const bool part = jiao != 0 || fen != 0;
  if (whole > 0 && part && (jiao == 0 || whole % 10 == 0)) out += kDigits[0];
  if (jiao != 0) out.append(kDigits.at(jiao)).append("角");
  if (fen != 0) {
    out.append(kDigits.at(fen)).append("分");
  } else {
    out += "整";
  }
  return out;
}

}  // namespace yijuan::domain
