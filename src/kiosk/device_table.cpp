#include "kiosk/device_table.hpp"

#include <fmt/format.h>

#include "kiosk/table_values.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::string duration(std::int64_t seconds) {
  if (seconds < kMinute) return fmt::format("{} s", seconds);
  if (seconds < kHour) return fmt::format("{} min", seconds / kMinute);
  if (seconds < kDay) return fmt::format("{} h {} min", seconds / kHour, seconds % kHour / kMinute);
  return fmt::format("{} d {} h", seconds / kDay, seconds % kDay / kHour);
}

/// Paragraphs: a name in the margin, lines beside it.
class Paragraphs {
 public:
  void begin(std::string_view name, std::string_view line) {
    text_ += fmt::format("{:<9} {}\n", name, line);
  }
  void line(std::string_view line) {
    if (!line.empty()) text_ += fmt::format("{:<9} {}\n", "", line);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string headline(const json::object& device) {
  const std::string state = text(device, "state");
  const std::string since = duration(number(device, "since_s"));
  if (state == "none") return "none configured";
  if (state == "not heard") return "configured; says nothing of how it is";
  if (state == "works") return fmt::format("works, since {}", since);
  return fmt::format("DOES NOT WORK, since {}: {}", since, text(device, "text"));
}

std::string identity(const json::object& device) {
  if (!device.contains("product")) return {};
  std::string line = text(device, "maker");
  if (!line.empty()) line += ' ';
  line += text(device, "product");
  if (const auto serial = text(device, "serial"); !serial.empty()) line += ", serial " + serial;
  if (const auto firmware = text(device, "firmware"); !firmware.empty()) {
    line += ", firmware " + firmware;
  }
  return line;
}

std::string taken(const json::object& device) {
  if (!device.contains("pieces")) return {};
  return fmt::format("{} for money; since kioskd's start {} pieces, {} yuan, {} refused",
                     flag(device, "open") ? "open" : "shut", number(device, "pieces"),
                     money(device, "fen"), number(device, "refused"));
}

std::string counters(const json::object& device) {
  std::string line;
  for (const auto& [name, count] : part(device, "counters")) {
    line += fmt::format("{}{} {}", line.empty() ? "its own counters: " : ", ",
                        std::string_view(name), json::serialize(count));
  }
  return line;
}

void add_device(Paragraphs& out, const json::object& device) {
  out.begin(text(device, "name"), headline(device));
  if (text(device, "state") == "none") return;
  if (const auto what = text(device, "advice"); !what.empty()) out.line("do: " + what);
  for (const json::object& more : rows(device, "beside")) {
    out.line(fmt::format("{}: {}", text(more, "name"), text(more, "text")));
    if (const auto what = text(more, "advice"); !what.empty()) out.line("do: " + what);
  }
  const std::string port = text(device, "port");
  out.line(fmt::format("driver {}{}{}", text(device, "driver"), port.empty() ? "" : " on ", port));
  out.line(identity(device));
  if (const auto limits = text(device, "limits"); !limits.empty()) out.line("limits: " + limits);
  out.line(taken(device));
  out.line(counters(device));
  if (const auto times = number(device, "failures"); times > 0) {
    out.line(fmt::format("failed {} time{} since kioskd's start", times, times == 1 ? "" : "s"));
  }
}

}  // namespace

std::string contact_words(const std::string& contact, bool active) {
  if (contact == "door") return active ? "OPEN" : "closed";
  if (contact == "tilt") return active ? "MOVED OR TILTED" : "stands still";
  if (contact == "full") return active ? "FULL: have it emptied" : "not full";
  if (contact == "mains") return active ? "LOST: on battery" : "there";
  if (contact == "battery_low") return active ? "LOW" : "good";
  return active ? "ON" : "off";
}

std::string board_words(const json::object& board) {
  std::string line;
  const auto add = [&line](const std::string& part) { line += line.empty() ? part : ", " + part; };
  if (board.contains("mains")) add(flag(board, "mains") ? "mains" : "NO MAINS: on battery");
  if (board.contains("battery_percent")) {
    add(fmt::format("battery {} %", number(board, "battery_percent")));
  }
  if (board.contains("signal_percent")) {
    add(fmt::format("signal {} %", number(board, "signal_percent")));
  }
  return line;
}

std::string device_table(const json::object& report) {
  Paragraphs out;
  for (const json::object& device : rows(report, "devices")) add_device(out, device);
  bool first = true;
  for (const json::object& contact : rows(report, "contacts")) {
    const std::string line =
        fmt::format("{}: {}, since {}", text(contact, "name"),
                    contact_words(text(contact, "name"), flag(contact, "active")),
                    duration(number(contact, "since_s")));
    if (first) {
      out.begin("contacts", line);
    } else {
      out.line(line);
    }
    first = false;
  }
  if (const auto power = board_words(part(report, "board")); !power.empty()) {
    out.begin("power", power);
  }
  return out.take();
}

}  // namespace yijuan::kiosk
