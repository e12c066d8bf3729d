#include "kiosk/device_registry.hpp"

#include <algorithm>
#include <utility>

namespace yijuan::kiosk {

void DeviceRegistry::add(std::string name, std::string driver, std::string port) {
  rows_.push_back({.name = std::move(name), .driver = std::move(driver), .port = std::move(port)});
}

DeviceRow* DeviceRegistry::find(std::string_view name) {
  const auto at = std::ranges::find(rows_, name, &DeviceRow::name);
  return at == rows_.end() ? nullptr : &*at;
}

const DeviceRow* DeviceRegistry::row(std::string_view name) const {
  const auto at = std::ranges::find(rows_, name, &DeviceRow::name);
  return at == rows_.end() ? nullptr : &*at;
}

void DeviceRegistry::hear(const DeviceFact& fact, Instant now) {
  std::visit([&](const auto& one) { hear_one(one, now); }, fact);
}

void DeviceRegistry::hear_state(const DeviceState& state, Instant now) {
  DeviceRow* row = find(state.device);
  if (row == nullptr) return;
  if (!row->state || row->state->code != state.code) {
    row->since = now;
    if (!state.code.empty()) ++row->failures;
  }
  row->state = state;
}

void DeviceRegistry::hear_one(const CashReport& report, Instant /*now*/) {
  DeviceRow* row = find(report.mark.device);
  if (row == nullptr) return;
  for (const CashEvent& event : report.events) {
    if (const auto* accepted = std::get_if<CashAccepted>(&event)) {
      ++row->pieces;
      row->sum += accepted->amount;
    } else if (const auto* back = std::get_if<CashReturned>(&event); back && back->returned) {
      ++row->refused;
    }
  }
}

void DeviceRegistry::hear_one(const NoteInEscrow& /*note*/, Instant /*now*/) {}

void DeviceRegistry::hear_one(const DeviceFound& found, Instant /*now*/) {
  DeviceRow* row = find(found.device);
  if (row == nullptr) return;
  // Another device's totals say nothing about this one.
  if (row->found && row->found->serial != found.serial) row->counters.clear();
  row->found = found;
}

void DeviceRegistry::hear_one(const DeviceCounters& counters, Instant /*now*/) {
  if (DeviceRow* row = find(counters.device)) row->counters = counters.totals;
}

void DeviceRegistry::hear_one(const DeviceState& state, Instant now) {
  hear_state(state, now);
}

void DeviceRegistry::hear_one(const ContactChanged& changed, Instant now) {
  const auto [at, first] = contacts_.try_emplace(changed.contact);
  if (first || at->second.active != changed.active) at->second = {changed.active, now};
}

void DeviceRegistry::hear_one(const BoardReadings& readings, Instant /*now*/) {
  board_ = readings;
}

}  // namespace yijuan::kiosk
