#include "domain/device_health.hpp"

#include <variant>

#include "base/assert.hpp"

namespace yijuan::domain {

std::vector<tlog::Body> DeviceHealth::report(std::string_view device, std::string_view code,
                                             std::string_view text) {
  auto [at, first_heard] = devices_.try_emplace(std::string(device));
  tlog::Fault& known = at->second;
  std::vector<tlog::Body> entries;
  if (known.code == code) return entries;
  if (!known.code.empty()) entries.emplace_back(tlog::Recovered{at->first, known.code});
  if (code.empty()) {
    known = {};
  } else {
    known = {at->first, std::string(code), std::string(text)};
    entries.emplace_back(known);
  }
  return entries;
}

tlog::Recovered DeviceHealth::forget(std::string_view device) {
  const auto at = devices_.find(device);
  YIJUAN_ASSERT(at != devices_.end() && !at->second.code.empty(), "only a fault can end");
  tlog::Recovered ended{at->first, at->second.code};
  devices_.erase(at);
  return ended;
}

void DeviceHealth::recall(const tlog::Body& body) {
  if (const auto* fault = std::get_if<tlog::Fault>(&body)) {
    devices_[fault->device] = *fault;
  } else if (const auto* recovered = std::get_if<tlog::Recovered>(&body)) {
    const auto at = devices_.find(recovered->device);
    // That it worked before the restart does not say that it works now.
    if (at != devices_.end() && at->second.code == recovered->code) devices_.erase(at);
  }
}

bool DeviceHealth::works(std::string_view device) const {
  const auto at = devices_.find(device);
  return at != devices_.end() && at->second.code.empty();
}

const tlog::Fault* DeviceHealth::fault(std::string_view device) const {
  const auto at = devices_.find(device);
  return at == devices_.end() || at->second.code.empty() ? nullptr : &at->second;
}

std::vector<tlog::Fault> DeviceHealth::faults() const {
  std::vector<tlog::Fault> all;
  for (const auto& [device, fault] : devices_) {
    if (!fault.code.empty()) all.push_back(fault);
  }
  return all;
}

std::vector<std::string> DeviceHealth::working() const {
  std::vector<std::string> all;
  for (const auto& [device, fault] : devices_) {
    if (fault.code.empty()) all.push_back(device);
  }
  return all;
}

}  // namespace yijuan::domain
