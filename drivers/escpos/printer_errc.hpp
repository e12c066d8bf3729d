// What is wrong with a printer, as an operator reads it.
#pragma once

#include <string_view>
#include <system_error>

namespace yijuan::escpos {

enum class PrinterErrc {
  paper_out = 1,
  cover_open,
  cutter,
  head_hot,
  broken,
  offline,
  no_answer,
  line_lost,
  slow,
  bad_document,
};
std::error_code make_error_code(PrinterErrc code);
/// A stable word for the log and for machines: "paper out".
std::string_view word_of(PrinterErrc code);

}  // namespace yijuan::escpos

template <>
struct std::is_error_code_enum<yijuan::escpos::PrinterErrc> : std::true_type {};
