#include "drivers/sysfs_power/sysfs_board.hpp"

#include <array>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "drivers/sysfs_power/power_supply.hpp"
#include "drivers/sysfs_power/signal.hpp"

namespace yijuan::sysfs_power {
namespace {

using std::chrono::seconds;

constexpr seconds kInterval{30};
constexpr seconds kModemLimit{5};  // for opening it and its answer
constexpr std::string_view kQuestion = "AT+CSQ\r";
constexpr std::size_t kChunk = 256;

}  // namespace

Task<void> SysfsBoard::run() {
  std::optional<BoardReadings> told;
  while (true) {
    const Power power = read_power(folder_);
    BoardReadings readings{power.mains, power.battery_percent, std::nullopt};
    if (modem_) {
      auto signal = co_await read_signal();
      if (!signal) co_return signal.error();
      readings.signal_percent = *signal;
    }
    if (told != readings) {
      told = readings;
      auto pushed = co_await facts_.push(readings);
      if (!pushed) co_return pushed;
    }
    auto slept = co_await context_.clock.sleep_for(kInterval);
    if (!slept) co_return slept;
  }
}

/// Nothing where the modem does not answer; an error only if cancelled.
Task<std::optional<int>> SysfsBoard::read_signal() {
  auto asked = co_await with_timeout(context_.clock, kModemLimit, ask_modem());
  if (!asked && asked.error() == AsyncErrc::cancelled) co_return asked;
  tell_modem(asked ? "" : asked.error().message());
  if (!asked) co_return Result<std::optional<int>>(std::nullopt);
  co_return asked;
}

void SysfsBoard::tell_modem(const std::string& why) {
  if (why == modem_told_) return;
  modem_told_ = why;
  if (why.empty()) {
    log_info("board", modem_->name() + " answers again");
  } else {
    log_warning("board", modem_->name() + ": " + why);
  }
}

// Opened for each question, so that a modem that was pulled out or restarted needs no care.
Task<std::optional<int>> SysfsBoard::ask_modem() {
  auto stream = co_await modem_->open();
  if (!stream) co_return stream.error();
  (*stream)->discard_input();
  const BytesView question(reinterpret_cast<const std::uint8_t*>(kQuestion.data()),
                           kQuestion.size());
  auto written = co_await (*stream)->write(question);
  if (!written) co_return written.error();
  SignalReader reader;
  std::array<std::uint8_t, kChunk> chunk{};
  while (true) {
    auto count = co_await (*stream)->read_some(chunk);
    if (!count) co_return count.error();
    if (reader.feed(BytesView(chunk).first(*count))) break;
  }
  co_return Result<std::optional<int>>(reader.percent());
}

}  // namespace yijuan::sysfs_power
