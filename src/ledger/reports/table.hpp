// A report as a table of typed cells, and its three forms: for a terminal, for a spreadsheet (CSV
// that a Chinese Excel opens as it is), and as JSON for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fen.hpp"

namespace yijuan::ledger {

/// A stable word for programs, and what people read.
struct Word {
  std::string word;
  std::string shown;
};
/// Empty, text, number, money (people read yuan, programs whole fen), word, or several texts.
using Cell =
    std::variant<std::monostate, std::string, std::int64_t, Fen, Word, std::vector<std::string>>;

struct Column {
  std::string key;      // in JSON
  std::string heading;  // for people
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::optional<std::vector<Cell>> total;
};

enum class Format { table, csv, json };
std::optional<Format> parse_format(std::string_view text);

/// Columns aligned, Chinese characters counted as two wide; ends with a newline.
std::string format_table(const Table& table);
/// RFC 4180 with CRLF, headings in Chinese, a byte order mark; texts that a spreadsheet would run
/// as a formula are disarmed by an apostrophe.
std::string format_csv(const Table& table);
/// {"rows":[{…}],"total":{…}}
std::string format_json(const Table& table);
std::string format_as(const Table& table, Format format);

/// How many columns of a terminal the text takes.
std::size_t display_width(std::string_view text);

}  // namespace yijuan::ledger
