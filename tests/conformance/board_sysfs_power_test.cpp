// The driver of the kernel's power files and a modem under the contract of Board, on a folder like
// the kernel's and the simulated modem.
#include <fmt/format.h>

#include <fstream>

#include "drivers/sysfs_power/fake.hpp"
#include "drivers/sysfs_power/sysfs_board.hpp"
#include "tests/conformance/board_conformance.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::conformance {
namespace {

class PowerFolder : public BoardMachine {
 public:
  explicit PowerFolder(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  std::unique_ptr<Board> make_driver(DriverContext context, DeviceFacts& facts) override {
    return std::make_unique<sysfs_power::SysfsBoard>(
        folder_, std::make_unique<sysfs_power_fake::FakeModem>(modem_, executor_),
        std::move(context), facts);
  }
  void set(const BoardReadings& readings) override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    modem_.there = true;
    answer_ = "\r\n+CSQ: 99,99\r\n\r\nOK\r\n";
    if (readings.mains) {
      put("AC", "type", "Mains");
      put("AC", "online", *readings.mains ? "1" : "0");
    }
    if (readings.battery_percent) battery(std::to_string(*readings.battery_percent));
    if (readings.signal_percent) {
      constexpr int kStrongest = 31;
      answer_ =
          fmt::format("\r\n+CSQ: {},99\r\n\r\nOK\r\n", *readings.signal_percent * kStrongest / 100);
    }
    say();
  }
  void remove() override {
    std::filesystem::remove_all(folder_);
    modem_.there = false;
  }
  void send_garbage() override {
    put("AC", "online", std::string(300, '\xFF'));
    battery("half");
    answer_ = std::string(9, '\xFF') + "\r+CSQ: ,\rOK\r";
    say();
  }
  void send_impossible() override {
    put("AC", "online", "99999999999999999999");
    battery("101");
    answer_ = "+CSQ: 32,0\r\nOK\r\n";
    say();
  }
  bool silence_modem(bool silent) override {
    silent_ = silent;
    say();
    return true;
  }

 private:
  void put(const std::string& supply, const std::string& file, const std::string& content) {
    std::filesystem::create_directories(folder_ / supply);
    std::ofstream(folder_ / supply / file) << content << '\n';
  }
  void battery(const std::string& percent) {
    put("BAT0", "type", "Battery");
    put("BAT0", "capacity", percent);
    put("BAT0", "status", "Unknown");
  }
  void say() { modem_.answer = silent_ ? "" : answer_; }

  asio::any_io_executor executor_;
  test::TemporaryDirectory above_;
  std::filesystem::path folder_ = above_.path() / "power_supply";
  sysfs_power_fake::FakeModem::State modem_;
  std::string answer_;
  bool silent_ = false;
};

INSTANTIATE_TEST_SUITE_P(SysfsPower, BoardConformance,
                         testing::Values(BoardKind{"PowerFolder",
                                                   [](const asio::any_io_executor& executor) {
                                                     return std::make_unique<PowerFolder>(executor);
                                                   }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace yijuan::conformance
