// A slip's content as lines for a paper of so many columns (32 on 58 mm, 48 on 80 mm). Nothing is
// cut off: what does not fit one line takes more. Pure; knows no command of any printer.
//
// Fields share one column for their labels; a value continues under itself, or, where it has a
// part too long for that, stands under its label with the whole width.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "domain/slip_document.hpp"

namespace yijuan::escpos {

/// One line: its text is at most columns / scale columns wide.
struct TextRow {
  std::string text;
  domain::Align align = domain::Align::left;
  int scale = 1;
  bool bold = false;
  friend bool operator==(const TextRow&, const TextRow&) = default;
};

using Row = std::variant<TextRow, domain::Rule, domain::Mark, domain::QrBlock, domain::Space>;

/// Scales from 1 to this are set as asked, unless a part that may not be broken (a sum) would not
/// fit the line: then the paragraph is set smaller.
inline constexpr int kLargestScale = 4;

std::vector<Row> lay_out(const domain::SlipDocument& document, int columns);

/// The rows as plain text, for tests and logs: what a person reads on the slip, line by line.
std::string to_plain_text(const std::vector<Row>& rows, int columns);

}  // namespace yijuan::escpos
