#include "drivers/counter/fake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace yijuan::counter_fake {
namespace {

constexpr int kFenOfYuan = 100;

std::string yuan(std::int64_t fen) {
  return fmt::format("{}.{:02}", fen / kFenOfYuan, fen % kFenOfYuan);
}

// GB2312: "face value", "yuan", "sheets", "amount", "total", and the wide colon.
constexpr std::string_view kFace = "\xC3\xE6\xB6\xEE\xA3\xBA";
constexpr std::string_view kYuan = "\xD4\xAA";
constexpr std::string_view kSheets = "\xD5\xC5\xCA\xFD\xA3\xBA";
constexpr std::string_view kAmount = "\xBD\xF0\xB6\xEE\xA3\xBA";
constexpr std::string_view kTotal = "\xBA\xCF\xBC\xC6\xA3\xBA";

std::string line(Layout layout, const Pile& pile, std::int64_t amount) {
  const std::string value = pile.fen % kFenOfYuan == 0 && layout != Layout::coin_sorter
                                ? std::to_string(pile.fen / kFenOfYuan)
                                : yuan(pile.fen);
  switch (layout) {
    case Layout::columns:
      return fmt::format("{:>7} {:>8} {:>12}", value, pile.pieces, yuan(amount));
    case Layout::coin_sorter:
      return fmt::format("{} x {} = {}", value, pile.pieces, yuan(amount));
    case Layout::receipt_gb:
      break;
  }
  return fmt::format("{}{}{} {}{} {}{}{}", kFace, value, kYuan, kSheets, pile.pieces, kAmount,
                     yuan(amount), kYuan);
}

std::vector<std::string> total(Layout layout, std::int64_t pieces, std::int64_t amount) {
  switch (layout) {
    case Layout::columns:
      return {fmt::format("  TOTAL {:>8} {:>12}", pieces, yuan(amount))};
    case Layout::coin_sorter:
      return {fmt::format("TOTAL PCS {}", pieces), fmt::format("AMOUNT = {}", yuan(amount))};
    case Layout::receipt_gb:
      break;
  }
  return {fmt::format("{}{}{} {}{}{}", kTotal, kSheets, pieces, kAmount, yuan(amount), kYuan)};
}

void spoil(std::vector<std::string>& lines, Fault fault) {
  if (lines.empty()) return;
  std::string& middle = lines[lines.size() / 2];
  if (fault == Fault::twice) lines.push_back(middle);
  if (fault == Fault::lost_line) lines.erase(lines.begin());
  const auto digit =
      fault == Fault::garbled ? middle.find_first_of("0123456789") : std::string::npos;
  if (digit != std::string::npos) middle[digit] = 'q';
}

}  // namespace

Bytes print(Layout layout, const std::vector<Pile>& counted, Fault fault) {
  std::vector<std::string> lines;
  std::int64_t pieces = 0;
  std::int64_t sum = 0;
  for (const Pile& pile : counted) {
    const std::int64_t amount = std::int64_t{pile.fen} * pile.pieces;
    const bool wrong = fault == Fault::wrong_line && lines.empty();
    lines.push_back(line(layout, pile, wrong ? amount + pile.fen : amount));
    pieces += pile.pieces;
    sum += amount;
  }
  spoil(lines, fault);
  const int more = fault == Fault::wrong_sum ? 1 : 0;
  const int worth = counted.empty() ? kFenOfYuan : counted.front().fen;
  if (fault != Fault::half) {
    for (auto& last : total(layout, pieces + more, sum + std::int64_t{worth} * more)) {
      lines.push_back(std::move(last));
    }
  }
  if (fault == Fault::chatter) {
    lines.insert(lines.begin(), {"\x1B@COUNT REPORT", "2026-11-24 10:30:05 No. 000123", ""});
    lines.emplace_back("THANK YOU");
  }
  Bytes bytes;
  for (const auto& each : lines) {
    bytes.insert(bytes.end(), each.begin(), each.end());
    bytes.insert(bytes.end(), {'\r', '\n'});
  }
  return bytes;
}

std::optional<Layout> layout_of(std::string_view name) {
  static const std::map<std::string_view, Layout> kNames = {{"columns", Layout::columns},
                                                            {"coin-sorter", Layout::coin_sorter},
                                                            {"receipt-gb", Layout::receipt_gb}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Fault> fault_of(std::string_view name) {
  static const std::map<std::string_view, Fault> kNames = {
      {"none", Fault::none},           {"half", Fault::half},
      {"wrong-sum", Fault::wrong_sum}, {"wrong-line", Fault::wrong_line},
      {"lost-line", Fault::lost_line}, {"garbled", Fault::garbled},
      {"twice", Fault::twice},         {"chatter", Fault::chatter}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace yijuan::counter_fake
