#include "kiosk/status_table.hpp"

#include <fmt/format.h>

#include "kiosk/device_table.hpp"
#include "kiosk/table_values.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

std::string service(const json::object& status) {
  if (!text(status, "failure").empty()) return "out of service: " + text(status, "failure");
  if (!flag(status, "ready")) return "starting";
  if (flag(status, "accepting")) return "takes gifts";
  if (text(status, "gate") != "open") return "takes no gifts: " + text(status, "gate_text");
  return "takes no coins now";
}

std::string ledger(const json::object& ledger) {
  if (!flag(ledger, "configured")) return "none configured, or no answer of the office yet";
  std::string line = text(ledger, "name");
  if (ledger.contains("last_contact_s")) {
    line += fmt::format(", last contact {} s ago", number(ledger, "last_contact_s"));
  } else {
    line += ", not reached since the start";
  }
  if (!text(ledger, "trouble").empty()) line += "; " + text(ledger, "trouble");
  if (!text(ledger, "alarm").empty()) line += "; ALARM: " + text(ledger, "alarm");
  return line;
}

// A log that the box has left.
std::string earlier_log(const json::object& log) {
  std::string line = text(log, "origin") + ", ";
  if (!text(log, "alarm").empty()) return line + "ALARM: " + text(log, "alarm");
  line += flag(log, "delivered") ? "the ledger has all of it" : "still being sent";
  if (!text(log, "trouble").empty()) line += "; " + text(log, "trouble");
  return line;
}

std::string check(const json::object& check) {
  if (flag(check, "running")) {
    return fmt::format("running, {} of {} entries", number(check, "checked"),
                       number(check, "size"));
  }
  if (!check.contains("good")) return "not yet";
  return flag(check, "good") ? "every entry is as it was written" : text(check, "fault");
}

std::string latency(const json::object& row) {
  return fmt::format("p50 {:.1f} ms, p99 {:.1f} ms ({} coins)",
                     static_cast<double>(number(row, "p50")) / 1000,
                     static_cast<double>(number(row, "p99")) / 1000, number(row, "count"));
}

std::string device_line(const json::object& device) {
  std::string line = flag(device, "works") ? "works" : text(device, "text");
  if (!text(device, "product").empty()) {
    line += fmt::format(" ({} {}, serial {})", text(device, "maker"), text(device, "product"),
                        text(device, "serial"));
  }
  return line;
}

}  // namespace

std::string status_table(const json::object& status) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    out += fmt::format("{:<14} {}\n", name, value);
  };
  add("box", fmt::format("{} (kioskd {}, ready after {} ms)", text(status, "box"),
                         text(status, "version"), number(status, "ready_ms")));
  add("service", service(status));
  add("screen", text(status, "scene"));
  const json::object& pack = part(status, "pack");
  add("campaign",
      pack.empty() ? "no pack in force"
                   : fmt::format("{} version {}", text(pack, "campaign"), number(pack, "version")));
  add("money",
      fmt::format("{} yuan in {} pieces, {} gifts, {} yuan open, {} lost events",
                  money(status, "cash_fen"), number(status, "cash"), number(status, "gifts"),
                  money(status, "open_fen"), number(status, "lost")));
  if (number(status, "test") > 0) {
    add("test money", fmt::format("{} yuan in {} pieces: in no gift, expected at the emptying",
                                  money(status, "test_fen"), number(status, "test")));
  }
  if (number(status, "disputed") > 0) {
    add("disputed", fmt::format("up to {} yuan in {} notes that may or may not be in the box",
                                money(status, "disputed_fen"), number(status, "disputed")));
  }
  add("journal", fmt::format("{} entries, {} cosigned, {} to sync ({} yuan)",
                             number(status, "entries"), number(status, "cosigned"),
                             number(status, "unsynced"), money(status, "unsynced_fen")));
  add("ledger", ledger(part(status, "ledger")));
  for (const json::object& log : rows(part(status, "ledger"), "earlier")) {
    add("earlier log", earlier_log(log));
  }
  add("check", check(part(status, "verification")));
  for (const json::object& device : rows(status, "devices")) {
    add(text(device, "name"), device_line(device));
  }
  for (const json::object& contact : rows(status, "contacts")) {
    add(text(contact, "name"), contact_words(text(contact, "name"), flag(contact, "active")));
  }
  if (const auto power = board_words(part(status, "board")); !power.empty()) add("power", power);
  const json::object& clock = part(status, "clock");
  add("clock", fmt::format("{} ({})", text(clock, "time"), text(clock, "quality")));
  add("coin to disk", latency(part(status, "coin_to_durable_us")));
  if (status.contains("coin_to_frame_us")) {
    add("coin to screen", latency(part(status, "coin_to_frame_us")));
  }
  return out;
}

}  // namespace yijuan::kiosk
