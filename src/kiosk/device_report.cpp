#include "kiosk/device_report.hpp"

#include <boost/json/array.hpp>
#include <chrono>

#include "kiosk/device_advice.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

std::int64_t seconds(Instant from, Instant to) {
  return std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
}

void add_identity(json::object& row, const DeviceFound& found) {
  row["maker"] = found.maker;
  row["product"] = found.product;
  row["serial"] = found.serial;
  row["firmware"] = found.firmware;
  if (!found.limits.empty()) row["limits"] = found.limits;
}

// "coin-table", "coin alarm": told beside the state of "coin".
json::array beside(const domain::DeviceHealth& health, const std::string& device) {
  json::array rows;
  for (const tlog::Fault& fault : health.faults()) {
    if (!fault.device.starts_with(device + " ") && !fault.device.starts_with(device + "-"))
      continue;
    rows.push_back(json::object{{"name", fault.device},
                                {"code", fault.code},
                                {"text", fault.text},
                                {"advice", advice(device, fault.code)}});
  }
  return rows;
}

std::string_view state_of(const DeviceRow& row) {
  if (!row.configured()) return "none";
  if (!row.state) return "not heard";
  return row.works() ? "works" : "fault";
}

void add_money(json::object& json, const DeviceRow& row, const DeviceSources& sources) {
  if (row.name != "coin" && row.name != "note") return;
  json["pieces"] = row.pieces;
  json["fen"] = row.sum.count();
  json["refused"] = row.refused;
  json["open"] = sources.open && sources.open(row.name);
}

json::object device(const DeviceRow& row, const DeviceSources& sources) {
  json::object json = {{"name", row.name}, {"driver", row.driver}, {"state", state_of(row)}};
  if (!row.configured()) return json;
  json["port"] = row.port;
  json["failures"] = row.failures;
  if (row.state) {
    json["code"] = row.state->code;
    json["text"] = row.state->text;
    json["since_s"] = seconds(row.since, sources.now);
    if (!row.works()) json["advice"] = advice(row.name, row.state->code);
  }
  if (row.found) add_identity(json, *row.found);
  add_money(json, row, sources);
  if (!row.counters.empty()) {
    json::object counters;
    for (const auto& [name, count] : row.counters) counters[name] = count;
    json["counters"] = std::move(counters);
  }
  if (auto more = beside(sources.health, row.name); !more.empty()) json["beside"] = std::move(more);
  return json;
}

json::array contacts(const DeviceSources& sources) {
  json::array rows;
  for (const auto& [name, contact] : sources.registry.contacts()) {
    rows.push_back(json::object{{"name", name},
                                {"active", contact.active},
                                {"since_s", seconds(contact.since, sources.now)}});
  }
  return rows;
}

}  // namespace

json::object make_board_report(const DeviceRegistry& registry) {
  json::object board;
  const BoardReadings& readings = registry.board();
  if (readings.mains) board["mains"] = *readings.mains;
  if (readings.battery_percent) board["battery_percent"] = *readings.battery_percent;
  if (readings.signal_percent) board["signal_percent"] = *readings.signal_percent;
  return board;
}

json::object make_devices_report(const DeviceSources& sources) {
  json::array rows;
  for (const DeviceRow& row : sources.registry.rows()) rows.push_back(device(row, sources));
  return {{"devices", std::move(rows)},
          {"contacts", contacts(sources)},
          {"board", make_board_report(sources.registry)}};
}

}  // namespace yijuan::kiosk
