// AcceptorSession: what a device says of itself beside its events. Its self-check and its faults,
// its totals for the audit, how it reports credits, and where its sorter sends coins. All of it is
// optional: low-cost devices answer by silence or NAK.
#include <fmt/format.h>

#include "base/log.hpp"
#include "drivers/cctalk/acceptor_session.hpp"
#include "drivers/cctalk/errc.hpp"
#include "drivers/cctalk/totals.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSelfCheckPatience{3000};
constexpr std::string_view kSorterName = "coin-sorter";
constexpr std::size_t kPaths = 4;  // where a device has a path for each case: full, overridden …

}  // namespace

/// A device that reports values would have its values taken for positions. It is shut and refused.
Task<void> AcceptorSession::refuse_values() {
  auto flags = co_await world_.link.ask_optional({.header = Header::option_flags, .tries = 2});
  if (!flags) co_return flags.error();
  if (!*flags || !reports_values(**flags)) co_return Result<void>();
  auto shut = co_await find_master_switch();
  if (!shut) co_return shut;
  co_return CctalkErrc::value_coded;
}

void AcceptorSession::tell_fault(std::string text) {
  if (text == fault_) return;
  fault_ = text;
  tell(kDeviceName, text.empty() ? "" : "fault", std::move(text));
}

Task<void> AcceptorSession::self_check() {
  auto data = co_await world_.link.ask_optional(
      {.header = Header::self_check, .patience = kSelfCheckPatience, .tries = 2});
  if (!data) co_return data.error();
  auto text = *data ? self_check_text(**data) : std::string();
  faulty_ = !text.empty();
  if (faulty_) log_warning("cctalk", text);
  tell_fault(std::move(text));
  co_return Result<void>();
}

/// Reads the totals that it has and tells them. What it does not answer is not asked again.
Task<void> AcceptorSession::count(int tries) {
  DeviceCounters counters{.device = std::string(kDeviceName), .totals = {}};
  for (std::size_t index = 0; index < kTotals.size(); ++index) {
    if (!counts_[index]) continue;
    auto data =
        co_await world_.link.ask_optional({.header = kTotals[index].header, .tries = tries});
    if (!data) co_return data.error();
    const auto value = *data ? counter_value(**data) : std::nullopt;
    counts_[index] = value.has_value();
    if (value) counters.totals.emplace_back(kTotals[index].name, *value);
  }
  counted_at_ = world_.clock.now();
  if (!counters.totals.empty()) world_.outbox.put(std::move(counters));
  co_return Result<void>();
}

Task<std::optional<Bytes>> AcceptorSession::sorter_path(int position) {
  auto data = co_await world_.link.ask_optional({.header = Header::request_sorter_path,
                                                 .data = {static_cast<std::uint8_t>(position)},
                                                 .tries = 2});
  if (!data) co_return data.error();
  if (*data && (*data)->size() != 1 && (*data)->size() != kPaths) data->reset();
  co_return data;
}

/// Whether the device took the path. It is asked for the present one first: a device with four
/// paths a coin is given four, of which only the first changes.
Task<bool> AcceptorSession::set_path(int position, int path) {
  auto before = co_await sorter_path(position);
  if (!before) co_return before.error();
  const auto first = static_cast<std::uint8_t>(path);
  if (*before && (**before)[0] == first) co_return true;
  Bytes paths = before->value_or(Bytes{first});
  paths[0] = first;
  Bytes data = {static_cast<std::uint8_t>(position)};
  data.insert(data.end(), paths.begin(), paths.end());
  auto set = co_await world_.link.ask_optional(
      {.header = Header::modify_sorter_path, .data = std::move(data), .tries = 2});
  if (!set) co_return set.error();
  if (!*set) co_return false;
  auto after = co_await sorter_path(position);
  if (!after) co_return after.error();
  co_return !*after || (**after)[0] == first;
}

/// A coin that goes into the wrong box is still in the box: told, and no reason to take no coins.
Task<void> AcceptorSession::set_paths() {
  std::string wrong;
  bool any = false;
  for (const CoinRow& row : table_) {
    if (row.path == 0) continue;
    any = true;
    auto set = co_await set_path(row.position, row.path);
    if (!set) co_return set.error();
    if (*set) continue;
    if (!wrong.empty()) wrong += "; ";
    wrong += fmt::format("position {} does not take path {}", row.position, row.path);
  }
  if (any) tell(kSorterName, wrong.empty() ? "" : "paths not set", wrong);
  co_return Result<void>();
}

}  // namespace yijuan::cctalk
