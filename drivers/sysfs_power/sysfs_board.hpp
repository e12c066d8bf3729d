// The machine's readings every 30 seconds: power from the kernel's files, the mobile signal from a
// modem's second port where there is one. Reported when they change. What the machine has not stays
// empty and is no fault; what was configured and is not there, or makes no sense, is one.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "ports/board.hpp"
#include "ports/byte_stream.hpp"
#include "ports/driver.hpp"

namespace yijuan::sysfs_power {

class SysfsBoard : public Board {
 public:
  /// `modem` may be null.
  SysfsBoard(std::filesystem::path folder, std::unique_ptr<StreamSource> modem,
             DriverContext context, DeviceFacts& facts)
      : folder_(std::move(folder)),
        modem_(std::move(modem)),
        context_(std::move(context)),
        facts_(facts) {}

  Task<void> run() override;

 private:
  /// All that is known at one moment.
  struct Look {
    DeviceFound found;
    DeviceState state;
    BoardReadings readings;
  };
  Task<Look> look();
  Task<void> tell(Look look);
  Task<std::optional<int>> ask_modem();

  std::filesystem::path folder_;
  std::unique_ptr<StreamSource> modem_;
  DriverContext context_;
  DeviceFacts& facts_;
  std::optional<Look> told_;
};

}  // namespace yijuan::sysfs_power
