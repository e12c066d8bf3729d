// AcceptorSession: bringing a device up. The order matters: what the device counted while we were
// away is read and told first, since it remembers five events only; the slow questions come after
// it has been inhibited.
#include <fmt/format.h>

#include "base/log.hpp"
#include "drivers/cctalk/acceptor_session.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlow{300};  // identification on slow devices
constexpr milliseconds kShortestPoll{50};
constexpr milliseconds kSettling{20};  // a moment's patience with the disk
constexpr int kMostUnnamed = 3;
constexpr std::size_t kIdBytes = 6;
constexpr std::string_view kCategory = "Coin Acceptor";
constexpr std::string_view kTableName = "coin-table";
constexpr std::string_view kNoSerial = "no serial number: another acceptor is not told apart";

}  // namespace

Task<void> AcceptorSession::bring_up() {
  auto named = co_await learn_serial();
  if (!named) co_return named;
  auto reconciled = co_await reconcile();
  if (!reconciled) co_return reconciled;
  auto switched = co_await find_master_switch();
  if (!switched) co_return switched;
  auto drained = co_await drain();
  if (!drained) co_return drained;
  auto identified = co_await identify();
  if (!identified) co_return identified;
  auto interval = co_await learn_interval();
  if (!interval) co_return interval;
  auto checked = co_await check_table();
  if (!checked) co_return checked;
  auto sorted = co_await set_paths();
  if (!sorted) co_return sorted;
  auto healthy = co_await self_check();
  if (!healthy) co_return healthy;
  auto counted = co_await count(2);
  if (!counted) co_return counted;
  if (has_master_) {
    auto durable = co_await await_disk();
    if (!durable) co_return durable;
    auto masked = co_await set_mask();
    if (!masked) co_return masked;
  }
  ready_ = true;
  watched_at_ = world_.clock.now();
  if (!faulty_ && mask_.bits != 0) tell(kDeviceName, "", "");
  co_return Result<void>();
}

/// Two devices must not be taken for one, so a device that has told its number before and is now
/// silent is asked again in a new connection, a few times.
Task<void> AcceptorSession::learn_serial() {
  auto data = co_await world_.link.ask_optional(
      {.header = Header::serial_number, .patience = kSlow, .tries = 4});
  if (!data) co_return data.error();
  if (*data) {
    const auto text = serial_text(**data);
    if (!text) co_return Error(CctalkErrc::bad_reply, "its serial number is no number");
    serial_ = *text;
  } else if (!world_.book.serial().empty() && ++world_.left.unnamed <= kMostUnnamed) {
    co_return CctalkErrc::silent;
  }
  co_return Result<void>();
}

Task<void> AcceptorSession::reconcile() {
  auto inhibits = co_await read_inhibits();
  if (!inhibits) co_return inhibits.error();
  auto buffer = co_await read_credits();
  if (!buffer) co_return buffer.error();
  // Asked once what the device remembers is safe in hand, and before any of it becomes money.
  auto positions = co_await refuse_values();
  if (!positions) co_return positions;
  const LeftBehind& left = world_.left;
  // A mask that is off by our own command does not tell a restart.
  bool kept = left.masked || !inhibits->mask || (inhibits->mask->bits & ours_.bits) != 0;
  if (left.known && left.enabled) kept = kept && inhibits->master.value_or(true);
  CashReport report = world_.book.reconcile(serial_, *buffer, kept, inhibits->open(ours_));
  if (report.restarted) log_warning("cctalk", "the acceptor restarted while it was not watched");
  note_faults(report);
  world_.outbox.put(std::move(report));
  read_at_.reset();  // an unknown time has passed: the next reading is judged without haste
  reconciled_ = true;
  co_return Result<void>();
}

/// Inhibits the device, and learns by that whether it has a master switch.
Task<void> AcceptorSession::find_master_switch() {
  world_.left.known = false;  // the command may arrive though its answer does not
  auto switched = co_await world_.link.ask_optional(
      {.header = Header::modify_master_inhibit, .data = {0}, .reply_size = 0});
  if (!switched) co_return switched.error();
  if (*switched) {
    world_.left.switched = true;
    auto done = co_await enable(false);
    co_return done;
  }
  auto inhibits = co_await read_inhibits();
  if (!inhibits) co_return inhibits.error();
  // Off, yet not to be switched, or switched before: not a device without it, but a bad line.
  if (world_.left.switched || !inhibits->master.value_or(true)) co_return CctalkErrc::silent;
  has_master_ = false;
  auto done = co_await enable(false);
  co_return done;
}

/// The mask that it lost is the only witness of a device's restart, if the box dies before its
/// report is on the disk. So long it is not put right.
Task<void> AcceptorSession::await_disk() {
  Instant poll_at = world_.clock.now() + interval_;
  while (!world_.outbox.settled()) {
    auto slept = co_await world_.clock.sleep_for(kSettling);
    if (!slept) co_return slept;
    world_.outbox.flush();
    if (world_.clock.now() < poll_at) continue;
    auto polled = co_await poll();
    if (!polled) co_return polled;
    poll_at = world_.clock.now() + interval_;
  }
  co_return Result<void>();
}

Task<std::string> AcceptorSession::text(Header header) {
  auto data = co_await world_.link.ask_optional({.header = header, .patience = kSlow, .tries = 2});
  if (!data) co_return data.error();
  co_return *data ? printable(**data) : std::string();
}

Task<void> AcceptorSession::identify() {
  auto category = co_await text(Header::category);
  if (!category) co_return category.error();
  if (!category->empty() && *category != kCategory) {
    co_return Error(CctalkErrc::wrong_device, *category);
  }
  auto maker = co_await text(Header::manufacturer);
  if (!maker) co_return maker.error();
  auto product = co_await text(Header::product_code);
  if (!product) co_return product.error();
  auto build = co_await text(Header::build_code);
  if (!build) co_return build.error();
  auto software = co_await text(Header::software_revision);
  if (!software) co_return software.error();
  if (!build->empty()) *product += " " + *build;
  world_.outbox.put(DeviceFound{.device = std::string(kDeviceName),
                                .maker = std::move(*maker),
                                .product = std::move(*product),
                                .serial = serial_,
                                .firmware = std::move(*software),
                                .limits = serial_.empty() ? std::string(kNoSerial) : ""});
  co_return Result<void>();
}

/// A device that wants to be polled faster than configured is.
Task<void> AcceptorSession::learn_interval() {
  auto data = co_await world_.link.ask_optional(
      {.header = Header::polling_priority, .reply_size = 2, .patience = kSlow, .tries = 2});
  if (!data) co_return data.error();
  if (!*data) co_return Result<void>();
  const auto wished = poll_milliseconds(**data);
  if (wished && milliseconds(*wished) < interval_) {
    interval_ = std::max(kShortestPoll, milliseconds(*wished));
  }
  co_return Result<void>();
}

Task<std::string> AcceptorSession::coin_id(int position) {
  auto data = co_await world_.link.ask_optional({.header = Header::coin_id,
                                                 .data = {static_cast<std::uint8_t>(position)},
                                                 .reply_size = kIdBytes,
                                                 .patience = kSlow});
  if (!data) co_return data.error();
  co_return *data ? printable(**data) : std::string("no id");
}

Task<void> AcceptorSession::check_table() {
  PositionMask confirmed;
  std::string wrong;
  for (const CoinRow& row : table_) {
    auto id = co_await coin_id(row.position);
    if (!id) co_return id.error();
    if (*id == row.id) {
      confirmed.add(row.position);
      continue;
    }
    if (!wrong.empty()) wrong += "; ";
    wrong +=
        fmt::format("position {}: {} in the table, {} in the device", row.position, row.id, *id);
  }
  mask_ = confirmed;
  world_.book.trust(confirmed);
  tell(kTableName, wrong.empty() ? "" : "table mismatch", wrong);
  if (confirmed.bits == 0) tell(kDeviceName, "table mismatch", "no coin of the table is in it");
  co_return Result<void>();
}

}  // namespace yijuan::cctalk
