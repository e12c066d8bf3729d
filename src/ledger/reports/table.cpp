#include "ledger/reports/table.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

// What people read, money with or without separators.
struct Shown {
  bool grouped;
  std::string operator()(std::monostate /*empty*/) const { return {}; }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(Fen amount) const {
    return grouped ? to_grouped(amount) : to_decimal(amount);
  }
  std::string operator()(const Word& word) const { return word.shown; }
  std::string operator()(const std::vector<std::string>& texts) const { return joined(texts); }
};

struct AsJson {
  json::value operator()(std::monostate /*empty*/) const { return nullptr; }
  json::value operator()(const std::string& text) const { return json::value(text); }
  json::value operator()(std::int64_t number) const { return number; }
  json::value operator()(Fen amount) const { return amount.count(); }
  json::value operator()(const Word& word) const { return json::value(word.word); }
  json::value operator()(const std::vector<std::string>& texts) const {
    json::array array;
    for (const std::string& text : texts) array.emplace_back(text);
    return array;
  }
};

bool is_numeric(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<Fen>(cell);
}

// The code point at the front of valid UTF-8, taken off; a stray byte counts as one character.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = length == 1 ? lead : lead & (0x3FU >> (length - 1));
  for (std::size_t i = 1; i < std::min(length, text.size()); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return code;
}

// Characters that a terminal draws two columns wide (Unicode's East Asian Wide and Fullwidth).
bool is_wide(char32_t code) {
  static constexpr std::array<std::pair<char32_t, char32_t>, 9> kWide = {{{0x1100, 0x115F},
                                                                          {0x2E80, 0x303E},
                                                                          {0x3041, 0xA4CF},
                                                                          {0xAC00, 0xD7A3},
                                                                          {0xF900, 0xFAFF},
                                                                          {0xFE30, 0xFE6F},
                                                                          {0xFF00, 0xFF60},
                                                                          {0xFFE0, 0xFFE6},
                                                                          {0x1F300, 0x3FFFD}}};
  return std::ranges::any_of(
      kWide, [code](const auto& range) { return code >= range.first && code <= range.second; });
}

std::string csv_cell(const Cell& cell) {
  std::string text = std::visit(Shown{false}, cell);
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").contains(text.front());
  if (formula && !is_numeric(cell)) text.insert(text.begin(), '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_row(const std::vector<Cell>& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "," : "") + csv_cell(row[i]);
  return line + "\r\n";
}

json::object json_row(const Table& table, const std::vector<Cell>& row) {
  json::object object;
  for (std::size_t i = 0; i < row.size(); ++i) {
    object.emplace(table.columns[i].key, std::visit(AsJson{}, row[i]));
  }
  return object;
}

std::vector<Cell> headings(const Table& table) {
  std::vector<Cell> row;
  row.reserve(table.columns.size());
  for (const Column& column : table.columns) row.emplace_back(column.heading);
  return row;
}

std::string text_row(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                     const std::vector<bool>& right) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string text = std::visit(Shown{true}, row[i]);
    const std::string padding(widths[i] - display_width(text), ' ');
    if (i > 0) line += "  ";
    line += right[i] ? padding + text : text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::optional<Format> parse_format(std::string_view text) {
  if (text == "table") return Format::table;
  if (text == "csv") return Format::csv;
  if (text == "json") return Format::json;
  return std::nullopt;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += is_wide(take_character(text)) ? 2 : 1;
  return width;
}

std::string format_table(const Table& table) {
  std::vector<std::vector<Cell>> rows = {headings(table)};
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  if (table.total) rows.push_back(*table.total);
  std::vector<std::size_t> widths(table.columns.size());
  std::vector<bool> right(table.columns.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(std::visit(Shown{true}, row[i])));
      right[i] = right[i] || is_numeric(row[i]);
    }
  }
  std::size_t whole = 2 * (widths.size() - 1);
  for (const std::size_t width : widths) whole += width;
  const std::string rule = std::string(whole, '-') + "\n";
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 1 || (table.total && i + 1 == rows.size() && i > 1)) text += rule;
    text += text_row(rows[i], widths, right);
  }
  return text;
}

std::string format_csv(const Table& table) {
  std::string text = "\xEF\xBB\xBF" + csv_row(headings(table));
  for (const auto& row : table.rows) text += csv_row(row);
  if (table.total) text += csv_row(*table.total);
  return text;
}

std::string format_json(const Table& table) {
  json::array rows;
  for (const auto& row : table.rows) rows.push_back(json_row(table, row));
  json::object object{{"rows", std::move(rows)}};
  if (table.total) object.emplace("total", json_row(table, *table.total));
  return json::serialize(object) + "\n";
}

std::string format_as(const Table& table, Format format) {
  switch (format) {
    case Format::csv:
      return format_csv(table);
    case Format::json:
      return format_json(table);
    default:
      return format_table(table);
  }
}

}  // namespace yijuan::ledger
