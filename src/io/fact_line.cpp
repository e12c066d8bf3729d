#include "io/fact_line.hpp"

#include <fmt/format.h>

namespace yijuan {
namespace {

std::string mark_text(const CounterMark& mark) {
  return fmt::format("{} at {}, {}", mark.serial.empty() ? "no serial number" : mark.serial,
                     mark.counter, mark.quiet ? "quiet" : "open");
}

std::string event_line(const CashAccepted& piece) {
  return fmt::format("  accepted {}: position {}, {} fen\n", piece.counter, piece.position,
                     piece.amount.count());
}
std::string event_line(const CashReturned& piece) {
  return fmt::format("  {} {}: {}{}{}\n", piece.returned ? "returned" : "not taken", piece.code,
                     piece.text, piece.from_escrow ? ", from escrow" : "",
                     piece.alarm ? ", ALARM" : "");
}
std::string event_line(const NoteUnclear& note) {
  return fmt::format("  UNCLEAR: {}\n", note.text);
}

std::string lines(const CashReport& report) {
  std::string text = fmt::format("{}: {}", report.mark.device, mark_text(report.mark));
  if (report.restarted) text += ", RESTARTED";
  if (report.swapped) text += ", SWAPPED";
  if (report.lost) text += fmt::format(", LOST {}", *report.lost);
  text += "\n";
  for (const CashEvent& event : report.events) {
    text += std::visit([](const auto& one) { return event_line(one); }, event);
  }
  return text;
}
std::string lines(const NoteInEscrow& note) {
  return fmt::format("{}: {}, in escrow {}: {} fen\n", note.mark.device, mark_text(note.mark),
                     note.counter, note.amount.count());
}
std::string lines(const DeviceFound& found) {
  return fmt::format("{}: found {} {}, serial {}, firmware {}{}{}\n", found.device, found.maker,
                     found.product, found.serial, found.firmware, found.limits.empty() ? "" : "; ",
                     found.limits);
}
std::string lines(const DeviceCounters& counters) {
  std::string text = counters.device + ": counted";
  for (const auto& [name, total] : counters.totals) text += fmt::format(" {} {}", name, total);
  return text + "\n";
}
std::string lines(const DeviceState& state) {
  if (state.code.empty()) return fmt::format("{}: works\n", state.device);
  return fmt::format("{}: {}: {}\n", state.device, state.code, state.text);
}
std::string lines(const ContactChanged& changed) {
  return fmt::format("contact {}: {}\n", changed.contact, changed.active ? "active" : "not active");
}
std::string lines(const BoardReadings& readings) {
  std::string text = "board:";
  if (readings.mains) text += *readings.mains ? " mains" : " battery";
  if (readings.battery_percent) text += fmt::format(" battery {} %", *readings.battery_percent);
  if (readings.signal_percent) text += fmt::format(" signal {} %", *readings.signal_percent);
  return text + "\n";
}

}  // namespace

std::string fact_lines(const DeviceFact& fact) {
  return std::visit([](const auto& one) { return lines(one); }, fact);
}

}  // namespace yijuan
