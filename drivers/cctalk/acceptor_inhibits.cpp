// AcceptorSession: who may let coins in, and when. Two switches: the mask of positions (230, 231)
// and the master switch (227, 228), which some devices lack; the mask then stands in for it.
#include "base/log.hpp"
#include "drivers/cctalk/acceptor_session.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

constexpr std::chrono::milliseconds kSettling{20};

}  // namespace

bool AcceptorSession::Inhibits::open(PositionMask ours) const {
  const bool any = !mask || (mask->bits & ours.bits) != 0;
  return any && master.value_or(true);
}

Task<AcceptorSession::Inhibits> AcceptorSession::read_inhibits() {
  Inhibits inhibits;
  if (knows_mask_) {
    auto mask = co_await world_.link.ask_optional(
        {.header = Header::inhibit_status, .reply_size = mask_bytes_, .tries = 4});
    if (!mask) co_return mask.error();
    knows_mask_ = mask->has_value();
    if (knows_mask_) inhibits.mask = PositionMask::parse(**mask);
    if (knows_mask_ && !inhibits.mask) co_return CctalkErrc::bad_reply;
    if (knows_mask_) mask_bytes_ = (*mask)->size();
  }
  if (knows_master_) {
    auto master = co_await world_.link.ask_optional(
        {.header = Header::master_inhibit_status, .reply_size = 1, .tries = 4});
    if (!master) co_return master.error();
    knows_master_ = master->has_value();
    if (knows_master_) inhibits.master = ((**master)[0] & 1) != 0;
  }
  co_return inhibits;
}

/// Whether the inhibits are as this session commanded them. A power cut resets them.
Task<bool> AcceptorSession::inhibits_kept() {
  auto inhibits = co_await read_inhibits();
  if (!inhibits) co_return inhibits.error();
  if (enabled_) co_return inhibits->open(mask_);
  if (!ready_ || !has_master_) co_return true;
  const bool mask_kept = !inhibits->mask || (inhibits->mask->bits & mask_.bits) == mask_.bits;
  co_return mask_kept;
}

Task<void> AcceptorSession::write_mask(PositionMask mask) {
  auto written = co_await world_.link.ask(
      {.header = Header::modify_inhibits, .data = mask.data(), .reply_size = 0});
  if (!written) co_return written.error();
  co_return Result<void>();
}

/// Writes the mask, where the master switch opens and shuts. A device may have none, with all its
/// coins on: one that is not in the table is told when it falls in.
Task<void> AcceptorSession::set_mask() {
  auto written = co_await write_mask(mask_);
  if (written) co_return written;
  const bool unknown =
      written.error() == CctalkErrc::not_supported || written.error() == CctalkErrc::silent;
  if (!unknown) co_return written;
  auto inhibits = co_await read_inhibits();
  if (!inhibits) co_return inhibits.error();
  // Off, and not to be set: not a device without a mask, but a bad line.
  const bool on = !inhibits->mask || (inhibits->mask->bits & mask_.bits) == mask_.bits;
  if (!on) co_return written;
  log_warning("cctalk", "it has no mask of positions (header 231)");
  co_return Result<void>();
}

/// Opens or shuts the acceptor. Afterwards enabled_ is true only if the device confirms it.
Task<void> AcceptorSession::enable(bool on) {
  world_.left.known = false;
  equal_readings_ = 0;
  if (has_master_) {
    auto switched = co_await world_.link.ask({.header = Header::modify_master_inhibit,
                                              .data = {static_cast<std::uint8_t>(on ? 1 : 0)},
                                              .reply_size = 0});
    if (!switched) co_return switched.error();
  } else {
    if (!on) world_.left.masked = true;
    auto written = co_await write_mask(on ? mask_ : PositionMask{});
    if (!written) co_return written;
    world_.left.masked = !on;
  }
  enabled_ = on;
  world_.open = false;
  if (on) {
    auto inhibits = co_await read_inhibits();
    if (!inhibits) co_return inhibits.error();
    if (!inhibits->open(mask_)) co_return Error(CctalkErrc::bad_reply, "it does not open");
  }
  world_.open = on;
  world_.left.known = true;
  world_.left.enabled = on;
  world_.left.unnamed = 0;
  co_return Result<void>();
}

Task<void> AcceptorSession::align() {
  world_.outbox.flush();
  const bool want = world_.wanted && !faulty_ && !world_.outbox.holding() && mask_.bits != 0;
  opening_ = want && !enabled_;
  if (want == enabled_) co_return Result<void>();
  if (want) {
    if (auto opened = world_.book.become_open()) world_.outbox.put(std::move(*opened));
    // Not before that mark is durable: a coin after a quiet mark would not be missed. A
    // moment's patience, or a queue of coins at the shut slot would keep it shut with their
    // reports.
    if (!world_.outbox.settled()) {
      auto slept = co_await world_.clock.sleep_for(kSettling);
      if (!slept) co_return slept;
      if (!world_.outbox.settled() || !world_.wanted) co_return Result<void>();
    }
  }
  auto done = co_await enable(want);
  if (done) opening_ = false;
  co_return done;
}

}  // namespace yijuan::cctalk
