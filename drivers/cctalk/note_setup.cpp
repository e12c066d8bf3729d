// NoteSession: bringing a device up. The order matters: what the device counted while we were
// away is read and told first, since it remembers five events only, and a note that it still
// holds is settled before the slow questions, which come after it has been inhibited.
#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "drivers/cctalk/errc.hpp"
#include "drivers/cctalk/note_session.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlow{300};  // identification on slow devices
constexpr milliseconds kShortestPoll{50};
constexpr milliseconds kSettling{20};  // a moment's patience with the disk
constexpr int kMostUnnamed = 3;
constexpr std::array<std::string_view, 2> kCategories = {"Bill Validator", "Bill Acceptor"};

// Bits of the operating mode.
constexpr std::uint8_t kUseStacker = 1;
constexpr std::uint8_t kUseEscrow = 2;

}  // namespace

Task<void> NoteSession::bring_up() {
  auto fits = co_await check_category();
  if (!fits) co_return fits;
  auto named = co_await learn_serial();
  if (!named) co_return named;
  auto reconciled = co_await reconcile();
  if (!reconciled) co_return reconciled;
  auto switched = co_await find_master_switch();
  if (!switched) co_return switched;
  auto drained = co_await drain();
  if (!drained) co_return drained;
  auto interval = co_await learn_interval();
  if (!interval) co_return interval;
  auto checked = co_await check_table();
  if (!checked) co_return checked;
  auto healthy = co_await self_check();
  if (!healthy) co_return healthy;
  if (has_master_) {
    auto durable = co_await await_disk();
    if (!durable) co_return durable;
    auto masked = co_await write_mask(mask_);
    if (!masked) co_return masked;
    world_.left.masked = false;
  }
  // After the mask: a restart that undoes this undoes the mask as well, which shows.
  auto mode = co_await set_mode();
  if (!mode) co_return mode;
  auto same = co_await check_serial();
  if (!same) co_return same;
  auto identified = co_await identify();
  if (!identified) co_return identified;
  ready_ = true;
  watched_at_ = world_.clock.now();
  tell_health();
  co_return Result<void>();
}

Task<void> NoteSession::check_category() {
  auto category = co_await text(Header::category);
  if (!category) co_return category.error();
  const bool known =
      category->empty() || std::ranges::find(kCategories, *category) != kCategories.end();
  if (!known) co_return Error(CctalkErrc::wrong_device, *category);
  co_return Result<void>();
}

/// Two devices must not be taken for one, so a device that has told its number before and is now
/// silent is asked again in a new connection, a few times.
Task<void> NoteSession::learn_serial() {
  auto data = co_await world_.link.ask_optional(
      {.header = Header::serial_number, .patience = kSlow, .tries = 4});
  if (!data) co_return data.error();
  if (*data) {
    const auto number = serial_text(**data);
    if (!number) co_return Error(CctalkErrc::bad_reply, "its serial number is no number");
    serial_ = *number;
  } else if (!world_.book.serial().empty() && ++world_.left.unnamed <= kMostUnnamed) {
    co_return CctalkErrc::silent;
  }
  co_return Result<void>();
}

/// The mask that it lost is the only witness of a device's restart, if the box dies before its
/// report is on the disk. So long it is not put right.
Task<void> NoteSession::await_disk() {
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

/// That it is still the device whose number the mark has: its notes would be another's.
Task<void> NoteSession::check_serial() {
  if (serial_.empty()) co_return Result<void>();
  auto data = co_await world_.link.ask_optional(
      {.header = Header::serial_number, .patience = kSlow, .tries = 4});
  if (!data) co_return data.error();
  if (!*data) co_return CctalkErrc::silent;
  if (serial_text(**data) != serial_) co_return CctalkErrc::restarting;
  co_return Result<void>();
}

Task<void> NoteSession::reconcile() {
  auto inhibits = co_await read_inhibits();
  if (!inhibits) co_return inhibits.error();
  auto buffer = co_await read_events();
  if (!buffer) co_return buffer.error();
  const Left& left = world_.left;
  // A mask that is off by our own command does not tell a restart.
  bool kept = left.masked || !inhibits->mask || (inhibits->mask->bits & ours_.bits) != 0;
  if (left.known && left.enabled) kept = kept && inhibits->master.value_or(true);
  was_open_ = inhibits->open(ours_);
  auto told = world_.book.reconcile(serial_, *buffer, kept, was_open_);
  if (told.report && told.report->restarted) {
    log_warning("cctalk", "the note acceptor restarted while it was not watched");
    world_.left.restarted = true;
  }
  deliver(std::move(told));
  read_at_.reset();  // an unknown time has passed: the next reading is judged without haste
  reconciled_ = true;
  co_return Result<void>();
}

/// Inhibits the device, and learns by that whether it has a master switch.
Task<void> NoteSession::find_master_switch() {
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

Task<std::string> NoteSession::text(Header header) {
  auto data = co_await world_.link.ask_optional({.header = header, .patience = kSlow, .tries = 2});
  if (!data) co_return data.error();
  co_return *data ? printable(**data) : std::string();
}

Task<void> NoteSession::identify() {
  auto maker = co_await text(Header::manufacturer);
  if (!maker) co_return maker.error();
  auto product = co_await text(Header::product_code);
  if (!product) co_return product.error();
  auto build = co_await text(Header::build_code);
  if (!build) co_return build.error();
  auto software = co_await text(Header::software_revision);
  if (!software) co_return software.error();
  if (!build->empty()) *product += " " + *build;
  world_.outbox.put(DeviceFound{.device = std::string(kNoteDevice),
                                .maker = std::move(*maker),
                                .product = std::move(*product),
                                .serial = serial_,
                                .firmware = std::move(*software),
                                .limits = limits_});
  co_return Result<void>();
}

/// A device that wants to be polled faster than configured is.
Task<void> NoteSession::learn_interval() {
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

/// Turns the escrow on or off, and learns whether the device holds notes at all.
Task<void> NoteSession::set_mode() {
  const auto wished =
      static_cast<std::uint8_t>(config_.escrow ? kUseStacker | kUseEscrow : kUseStacker);
  auto set = co_await world_.link.ask_optional(
      {.header = Header::modify_operating_mode, .data = {wished}, .reply_size = 0});
  if (!set) co_return set.error();
  auto mode = co_await world_.link.ask_optional(
      {.header = Header::operating_mode, .reply_size = 1, .patience = kSlow, .tries = 2});
  if (!mode) co_return mode.error();
  const bool holds = *mode ? ((**mode)[0] & kUseEscrow) != 0 : set->has_value() && config_.escrow;
  world_.book.know_holding(holds);
  if (config_.escrow && !holds) limits_ = "no escrow: it stacks every note by itself";
  co_return Result<void>();
}

}  // namespace yijuan::cctalk
