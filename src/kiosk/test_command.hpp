// boxctl test and boxctl door open: asks the running kioskd, prints what it says.
#pragma once

#include <cstdint>
#include <string>

#include "kiosk/kiosk_config.hpp"

namespace yijuan::kiosk {

struct TestRequest {
  std::string device;
  std::int64_t pieces = 0;  // 0: until Ctrl-C, or two minutes without a piece
  bool unlock = false;
};

/// The exit code of boxctl. Ctrl-C ends boxctl, and kioskd ends the test within a second or two.
int test_device(const KioskConfig& config, const TestRequest& request);
int open_door(const KioskConfig& config);

}  // namespace yijuan::kiosk
