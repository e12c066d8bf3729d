// Alarms of an acceptor: string attempts, jams that hide a piece. Each kind is told when it begins,
// once an interval while it goes on, with how often, and when money is taken again; neither a storm
// of entries nor one entry and never again. A pure state machine beside DeviceHealth.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/device_health.hpp"

namespace yijuan::domain {

/// How often a lasting alarm is told again.
inline constexpr std::chrono::minutes kAlarmInterval{10};

class AlarmLog {
 public:
  /// `device` raised the alarm `text`. The entries to append: faults of "<device> alarm".
  std::vector<tlog::Body> raised(const std::string& device, const std::string& text, Uptime now,
                                 DeviceHealth& health);
  /// `device` took a piece as it should: what was not told yet, and that it is over.
  std::vector<tlog::Body> over(const std::string& device, DeviceHealth& health);

 private:
  struct Lasting {
    std::uint64_t times = 0;
    std::uint64_t told = 0;  // of them
    Uptime told_at{};
  };
  static tlog::Fault entry(const std::string& device, const std::string& text,
                           const Lasting& lasting);

  std::map<std::string, std::map<std::string, Lasting>> lasting_;  // by device, by text
};

}  // namespace yijuan::domain
