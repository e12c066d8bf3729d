#include "kiosk/devices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

std::optional<CounterMark> mark_of(std::string_view device, const std::vector<CounterMark>& marks) {
  const auto at = std::ranges::find(marks, device, &CounterMark::device);
  return at == marks.end() ? std::nullopt : std::optional(*at);
}

}  // namespace

Devices make_devices(KioskConfig& config, const DriverContext& context, DeviceQueues queues,
                     const std::vector<CounterMark>& marks, const TapOf& tap) {
  const auto world = [&](std::string_view device) {
    DriverContext own = context;
    if (tap) own.tap = tap(device);
    return own;
  };
  Devices devices;
  if (auto* make = find_maker(config.coin, &Driver::make_coin_acceptor)) {
    devices.coin = make(config.coin.settings, world("coin"), queues.facts, mark_of("coin", marks));
  }
  if (auto* make = find_maker(config.note, &Driver::make_note_acceptor)) {
    devices.note = make(config.note.settings, world("note"), queues.facts, mark_of("note", marks));
  }
  if (auto* make = find_maker(config.printer, &Driver::make_printer)) {
    devices.printer = make(config.printer.settings, world("printer"));
  }
  if (auto* make = find_maker(config.door, &Driver::make_door)) {
    devices.door = make(config.door.settings, world("door"), queues.facts);
  }
  if (auto* make = find_maker(config.board, &Driver::make_board)) {
    devices.board = make(config.board.settings, world("board"), queues.facts);
  }
  if (auto* make = find_maker(config.scanner, &Driver::make_scanner)) {
    devices.scanner = make(config.scanner.settings, world("scanner"), queues.scans, queues.facts);
  }
  if (auto* make = find_maker(config.display, &Driver::make_display)) {
    devices.display = make(config.display.settings, world("display"));
  }
  if (auto* make = find_maker(config.touch, &Driver::make_touch)) {
    DriverContext on_display = world("touch");
    if (devices.display) {
      on_display.display_width = devices.display->width();
      on_display.display_height = devices.display->height();
    }
    devices.touch = make(config.touch.settings, on_display, queues.taps, queues.facts);
  }
  config.root.finish();
  return devices;
}

}  // namespace yijuan::kiosk
