// The devices that the configuration names, made by their drivers. Touches no device; throws
// SettingsError.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "kiosk/kiosk_config.hpp"
#include "ports/driver.hpp"

namespace yijuan::kiosk {

struct Devices {
  std::unique_ptr<CoinAcceptor> coin;
  std::unique_ptr<NoteAcceptor> note;
  std::unique_ptr<Printer> printer;
  std::unique_ptr<Door> door;
  std::unique_ptr<Board> board;
  std::unique_ptr<Scanner> scanner;
  std::unique_ptr<Display> display;
  std::unique_ptr<Touch> touch;
};

/// Where what the devices report goes. The queues outlive the devices.
struct DeviceQueues {
  DeviceFacts& facts;
  Taps& taps;
  Scans& scans;
};

/// Who hears the bytes of the device of that section; may be null, and may return null.
using TapOf = std::function<StreamTap*(std::string_view device)>;

/// `marks`: how far the acceptors' events are known, by device. Ends the reading of `config`: a key
/// that nobody asked for is an error.
Devices make_devices(KioskConfig& config, const DriverContext& context, DeviceQueues queues,
                     const std::vector<CounterMark>& marks, const TapOf& tap = {});

}  // namespace yijuan::kiosk
