#include "ports/driver.hpp"

#include "drivers/sysfs_power/sysfs_board.hpp"
#include "io/stream_source.hpp"

namespace yijuan::drivers {
namespace {

constexpr int kBaud = 115200;

std::unique_ptr<Board> make_board(Settings& settings, DriverContext context, DeviceFacts& facts) {
  const std::string folder = settings.text("path", "/sys/class/power_supply");
  const std::string port = settings.text("modem", "");
  std::unique_ptr<StreamSource> modem;
  if (!port.empty()) {
    auto made = make_stream_source(port, context.clock, {.baud = kBaud, .tap = context.tap});
    if (!made) settings.fail("modem", made.error().detail());
    modem = std::move(*made);
  }
  return std::make_unique<yijuan::sysfs_power::SysfsBoard>(folder, std::move(modem),
                                                           std::move(context), facts);
}

}  // namespace

extern const Driver sysfs_power;
const Driver sysfs_power = {.name = "sysfs_power",
                            .summary = "mains, battery and mobile signal as the kernel tells them",
                            .make_board = make_board};

}  // namespace yijuan::drivers
