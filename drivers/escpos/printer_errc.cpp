#include "drivers/escpos/printer_errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan::escpos {

std::error_code make_error_code(PrinterErrc code) {
  const auto line = [](PrinterErrc c, std::string_view text) {
    return ErrcLine{static_cast<int>(c), text};
  };
  static const std::array kLines = {
      line(PrinterErrc::paper_out, "the printer has no paper: put in a new roll"),
      line(PrinterErrc::cover_open, "the printer's cover is open: close it"),
      line(PrinterErrc::cutter, "the printer's cutter is stuck: open the cover and clear it"),
      line(PrinterErrc::head_hot, "the printer is too hot: it goes on by itself"),
      line(PrinterErrc::broken, "the printer reports an error: switch it off and on again"),
      line(PrinterErrc::offline, "the printer is offline: look whether its feed button is held"),
      line(PrinterErrc::no_answer, "the printer does not answer: check its power and its cable"),
      line(PrinterErrc::line_lost, "the connection to the printer was lost"),
      line(PrinterErrc::slow, "the printer did not take the slip in time"),
      line(PrinterErrc::bad_document, "this slip cannot be printed"),
  };
  static const ErrcCategory category("printer", kLines);
  return {static_cast<int>(code), category};
}

std::string_view word_of(PrinterErrc code) {
  switch (code) {
    case PrinterErrc::paper_out:
      return "paper out";
    case PrinterErrc::cover_open:
      return "cover open";
    case PrinterErrc::cutter:
      return "cutter stuck";
    case PrinterErrc::head_hot:
      return "head hot";
    case PrinterErrc::broken:
      return "broken";
    case PrinterErrc::offline:
      return "offline";
    case PrinterErrc::no_answer:
      return "no answer";
    case PrinterErrc::line_lost:
      return "line lost";
    case PrinterErrc::slow:
      return "slow";
    case PrinterErrc::bad_document:
      break;
  }
  return "bad document";
}

}  // namespace yijuan::escpos
