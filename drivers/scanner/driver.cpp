#include "ports/driver.hpp"

#include "drivers/scanner/input_scanner.hpp"

namespace yijuan::drivers {
namespace {

std::unique_ptr<Scanner> make_scanner(Settings& settings, DriverContext context, Scans& scans,
                                      DeviceFacts& facts) {
  return std::make_unique<yijuan::scanner::InputScanner>(
      settings.text("path", "/dev/kiosk/scanner"), std::move(context), scans, facts);
}

}  // namespace

extern const Driver scanner;
const Driver scanner = {.name = "scanner",
                        .summary = "badge and code scanners that type, or a pipe of input events",
                        .make_scanner = make_scanner};

}  // namespace yijuan::drivers
