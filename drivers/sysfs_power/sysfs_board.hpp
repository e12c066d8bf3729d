// The machine's readings every 30 seconds: power from the kernel's files, the mobile signal from a
// modem's second port where there is one. Reported when they change; what is not there stays
// empty and is no fault.
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
  Task<std::optional<int>> read_signal();
  Task<std::optional<int>> ask_modem();
  void tell_modem(const std::string& why);

  std::filesystem::path folder_;
  std::unique_ptr<StreamSource> modem_;
  DriverContext context_;
  DeviceFacts& facts_;
  std::string modem_told_;  // why the modem did not answer, as last logged
};

}  // namespace yijuan::sysfs_power
