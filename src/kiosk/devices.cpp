#include "kiosk/devices.hpp"

#include <fmt/format.h>

namespace yijuan::kiosk {
namespace {

// The maker of a section's driver, or null for "none"; an unknown name lists the known ones.
template <class Maker>
Maker find_maker(const DeviceSection& section, Maker Driver::* maker) {
  if (section.driver == "none") return nullptr;
  std::string known;
  for (const Driver* driver : all_drivers()) {
    if (driver->*maker == nullptr) continue;
    if (driver->name == section.driver) return driver->*maker;
    known += fmt::format("{}, ", driver->name);
  }
  section.settings.fail(
      "driver", fmt::format("is \"{}\", but must be one of: {}none", section.driver, known));
}

}  // namespace

Devices make_devices(KioskConfig& config, DriverContext context, DeviceFacts& facts, Taps& taps,
                     const std::optional<CounterMark>& mark) {
  Devices devices;
  if (auto* make = find_maker(config.coin, &Driver::make_coin_acceptor)) {
    devices.coin = make(config.coin.settings, context, facts, mark);
  }
  if (auto* make = find_maker(config.printer, &Driver::make_printer)) {
    devices.printer = make(config.printer.settings, context);
  }
  if (auto* make = find_maker(config.display, &Driver::make_display)) {
    devices.display = make(config.display.settings, context);
    context.display_width = devices.display->width();
    context.display_height = devices.display->height();
  }
  if (auto* make = find_maker(config.touch, &Driver::make_touch)) {
    devices.touch = make(config.touch.settings, context, taps);
  }
  config.root.finish();
  return devices;
}

}  // namespace yijuan::kiosk
