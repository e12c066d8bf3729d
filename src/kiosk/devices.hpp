// The devices that the configuration names, made by their drivers. Touches no device; throws
// SettingsError.
#pragma once

#include <memory>

#include "kiosk/kiosk_config.hpp"
#include "ports/driver.hpp"

namespace yijuan::kiosk {

struct Devices {
  std::unique_ptr<CoinAcceptor> coin;
  std::unique_ptr<Printer> printer;
  std::unique_ptr<Display> display;
  std::unique_ptr<Touch> touch;
};

/// `facts` and `taps` outlive the devices. `mark`: how far the coin acceptor's events are known.
/// Ends the reading of `config`: a key that nobody asked for is an error.
Devices make_devices(KioskConfig& config, DriverContext context, DeviceFacts& facts, Taps& taps,
                     const std::optional<CounterMark>& mark);

}  // namespace yijuan::kiosk
