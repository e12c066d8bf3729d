#include "kiosk/ledger_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/log.hpp"
#include "io/system_wall_clock.hpp"
#include "ports/printer.hpp"

namespace yijuan::kiosk {

LedgerLink::LedgerLink(World world, LedgerAccess access, Told told)
    : world_(std::move(world)),
      access_(std::move(access)),
      told_(std::move(told)),
      http_(world_.executor, world_.clock, access_.tls, access_.url, [this] { return dates(); },
            {}),
      uplink_(http_),
      office_(access_.office ? std::optional<sync::OfficeWatch>(std::in_place, *access_.office,
                                                                world_.box.history().witness)
                             : std::nullopt),
      client_(
          world_.executor,
          {.clock = world_.clock,
           .random = world_.random,
           .journal = world_.journal,
           .uplink = uplink_,
           .log_key = world_.keys.log_key(),
           .cosigner = access_.cosigner,
           .epochs = world_.keys.certificates(),
           .office = office_ ? &*office_ : nullptr},
          [this] { return state(); },
          {.reply =
               [this](const sync::HeartbeatReply& reply, Instant asked) {
                 told_.time(reply.time, asked + (world_.clock.now() - asked) / 2);
               },
           .dead = told_.dead,
           .witness = [this](const tlog::Witness& seen) { world_.box.witness(seen); },
           .office_forked = [this](const std::string& text) { world_.box.office_forked(text); }}) {
  open_archives();
}

// What cannot be opened is said and passed over: the log in use goes on without it.
void LedgerLink::open_archives() {
  const auto& epochs = world_.keys.epochs;
  for (std::size_t i = 0; i + 1 < epochs.size(); ++i) {
    if (std::filesystem::exists(epochs[i].delivered)) continue;
    if (!archive_http_) {
      archive_http_.emplace(
          world_.executor, world_.clock, access_.tls, access_.url, [this] { return dates(); },
          net::HttpClient::Limits{});
      archive_uplink_.emplace(*archive_http_);
    }
    auto archive = Archive::open({.executor = world_.executor,
                                  .clock = world_.clock,
                                  .wall = world_.wall,
                                  .random = world_.random,
                                  .uplink = *archive_uplink_,
                                  .cosigner = access_.cosigner},
                                 epochs[i], world_.keys.certificates());
    if (archive) {
      archives_.push_back(*std::move(archive));
    } else {
      log_error("sync", fmt::format("{}: {}", epochs[i].origin(), archive.error().message()));
    }
  }
}

Task<void> LedgerLink::run_archives() {
  for (const auto& archive : archives_) {
    auto ran = co_await archive->run();
    if (!ran) co_return ran;
  }
  co_return Result<void>();
}

net::DateCheck LedgerLink::dates() const {
  const WallTime built = SystemWallClock::build_epoch();
  const WallTime known = std::max(built, world_.box.history().last_trusted.value_or(built));
  return net::date_check(world_.wall.now(), known);
}

sync::Heartbeat LedgerLink::state() {
  world_.box.cosigned(world_.journal.cosigned_size());
  const History& history = world_.box.history();
  sync::Heartbeat heartbeat;
  heartbeat.version = YIJUAN_VERSION;
  heartbeat.unsynced = history.unsynced.count();
  heartbeat.unsynced_sum = history.unsynced.sum();
  heartbeat.open = world_.box.accepting();
  for (const std::string& device : history.health.working()) {
    heartbeat.devices.push_back({device, "", ""});
  }
  for (const tlog::Fault& fault : history.health.faults()) {
    heartbeat.devices.push_back({fault.device, fault.code, fault.text});
  }
  for (const DeviceRow& row : world_.registry.rows()) {
    for (const auto& [name, count] : row.counters) {
      heartbeat.counters.push_back({row.name, name, count});
    }
  }
  if (history.health.works("printer")) heartbeat.paper = "ok";
  if (const tlog::Fault* fault = history.health.fault("printer")) {
    if (fault->code == "paper out") heartbeat.paper = "out";
    if (fault->code == kPaperNearEnd) heartbeat.paper = "low";
  }
  const BoardReadings& board = world_.registry.board();
  heartbeat.mains = board.mains;
  heartbeat.battery_percent = board.battery_percent;
  heartbeat.signal_percent = board.signal_percent;
  // A box without a board may still have a contact for its mains.
  const auto contact = world_.registry.contacts().find("mains");
  if (!heartbeat.mains && contact != world_.registry.contacts().end()) {
    heartbeat.mains = !contact->second.active;
  }
  if (world_.box.pack()) heartbeat.pack = world_.box.pack()->version;
  heartbeat.clock = world_.wall.now();
  heartbeat.up = world_.wall.uptime();
  if (world_.box.failure()) heartbeat.alarm = world_.box.failure()->message();
  return heartbeat;
}

}  // namespace yijuan::kiosk
