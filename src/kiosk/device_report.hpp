// What a running kioskd tells `boxctl devices`, as JSON: the names here are the interface.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

#include "domain/device_health.hpp"
#include "kiosk/device_registry.hpp"

namespace yijuan::kiosk {

struct DeviceSources {
  const DeviceRegistry& registry;
  const domain::DeviceHealth& health;  // for faults that are told beside a device's own state
  Instant now{};
  std::function<bool(std::string_view device)> open{};  // whether it takes money now
};

boost::json::object make_devices_report(const DeviceSources& sources);

/// The board's readings and the contacts, alone: part of the status too.
boost::json::object make_board_report(const DeviceRegistry& registry);

}  // namespace yijuan::kiosk
