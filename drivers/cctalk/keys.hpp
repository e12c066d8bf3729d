// Keys of the configuration that every ccTalk device has. They throw SettingsError: used before
// the loop starts only.
#pragma once

#include "base/settings.hpp"
#include "drivers/cctalk/probe.hpp"

namespace yijuan::cctalk {

inline constexpr int kBaud = 9600;

std::uint8_t read_address(Settings& settings, std::uint8_t fallback);
DialectWish read_dialect(Settings& settings);

}  // namespace yijuan::cctalk
