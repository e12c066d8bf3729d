#include "domain/alarm_log.hpp"

#include <fmt/format.h>

namespace yijuan::domain {
namespace {

std::string voice(const std::string& device) {
  return device + " alarm";
}

}  // namespace

tlog::Fault AlarmLog::entry(const std::string& device, const std::string& text,
                            const Lasting& lasting) {
  return {voice(device), text,
          lasting.times == 1 ? text : fmt::format("{}, {} times so far", text, lasting.times)};
}

std::vector<tlog::Body> AlarmLog::raised(const std::string& device, const std::string& text,
                                         Uptime now, DeviceHealth& health) {
  Lasting& lasting = lasting_[device][text];
  ++lasting.times;
  const bool first = lasting.told == 0;
  if (!first && now < lasting.told_at + kAlarmInterval) return {};
  lasting.told = lasting.times;
  lasting.told_at = now;
  const tlog::Fault fault = entry(device, text, lasting);
  auto entries = health.report(fault.device, fault.code, fault.text);
  if (entries.empty() && !first) entries.emplace_back(fault);  // it stands already: how often
  return entries;
}

std::vector<tlog::Body> AlarmLog::over(const std::string& device, DeviceHealth& health) {
  std::vector<tlog::Body> entries;
  if (const auto all = lasting_.extract(device)) {
    for (const auto& [text, lasting] : all.mapped()) {
      if (lasting.told < lasting.times) entries.emplace_back(entry(device, text, lasting));
    }
  }
  if (health.fault(voice(device)) == nullptr) return entries;
  const auto recovered = health.report(voice(device), "", "");
  entries.insert(entries.end(), recovered.begin(), recovered.end());
  return entries;
}

}  // namespace yijuan::domain
