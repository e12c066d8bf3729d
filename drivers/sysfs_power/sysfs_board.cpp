#include "drivers/sysfs_power/sysfs_board.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "async/with_timeout.hpp"
#include "drivers/sysfs_power/signal.hpp"
#include "drivers/sysfs_power/supply_folder.hpp"

namespace yijuan::sysfs_power {
namespace {

using std::chrono::seconds;

constexpr const char* kDevice = "board";
constexpr std::string_view kOffline = "offline";
constexpr std::string_view kUnreadable = "unreadable";  // there, but what it says makes no sense
constexpr seconds kInterval{30};
constexpr seconds kModemLimit{5};  // for opening it and its answer
constexpr std::string_view kQuestion = "AT+CSQ\r";
constexpr std::size_t kChunk = 256;

void add_trouble(DeviceState& state, std::string_view code, std::string_view text) {
  if (!state.text.empty()) state.text += "; ";
  state.text += text;
  state.code = code;
}

}  // namespace

Task<void> SysfsBoard::run() {
  while (true) {
    auto looked = co_await look();
    if (!looked) co_return looked.error();
    auto told = co_await tell(std::move(*looked));
    if (!told) co_return told;
    auto slept = co_await context_.clock.sleep_for(kInterval);
    if (!slept) co_return slept;
  }
}

/// An error only if cancelled.
Task<SysfsBoard::Look> SysfsBoard::look() {
  Look look{.found = {.device = kDevice, .maker = {}, .product = {}, .serial = {}, .firmware = {}},
            .state = {kDevice, {}, {}},
            .readings = {}};
  const auto files = read_supplies(folder_);
  const Supplies supplies = files ? understand(*files) : Supplies{};
  look.found.product =
      supplies.names.empty() ? "no supplies" : fmt::format("{}", fmt::join(supplies.names, ", "));
  look.readings = {supplies.power.mains, supplies.power.battery_percent, std::nullopt};
  if (!supplies.trouble.empty()) add_trouble(look.state, kUnreadable, supplies.trouble);
  if (!files) add_trouble(look.state, kOffline, files.error().detail());
  if (modem_) {
    look.found.product += ", modem " + modem_->name();
    auto signal = co_await with_timeout(context_.clock, kModemLimit, ask_modem());
    if (signal) {
      look.readings.signal_percent = *signal;
    } else if (signal.error() == AsyncErrc::cancelled) {
      co_return signal.error();
    } else {
      add_trouble(look.state, kOffline,
                  fmt::format("the modem {} does not answer: {}", modem_->name(),
                              signal.error().message()));
    }
  }
  co_return Result<Look>(std::move(look));
}

/// What changed, and nothing else.
Task<void> SysfsBoard::tell(Look look) {
  std::vector<DeviceFact> news;
  if (!told_ || told_->found != look.found) news.emplace_back(look.found);
  if (!told_ || told_->state != look.state) news.emplace_back(look.state);
  if (!told_ || told_->readings != look.readings) news.emplace_back(look.readings);
  for (DeviceFact& fact : news) {
    auto pushed = co_await facts_.push(std::move(fact));
    if (!pushed) co_return pushed;
  }
  told_ = std::move(look);
  co_return Result<void>();
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
