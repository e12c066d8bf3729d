#include "kiosk/ledger_link.hpp"

#include <algorithm>

#include "io/system_wall_clock.hpp"
#include "ports/printer.hpp"

namespace yijuan::kiosk {

LedgerLink::LedgerLink(World world, LedgerAccess access, const OnTime& on_time)
    : world_(std::move(world)),
      access_(std::move(access)),
      http_(world_.executor, world_.clock, access_.tls, access_.url, [this] { return dates(); },
            {}),
      uplink_(http_),
      client_(
          world_.executor,
          {world_.clock, world_.random, world_.journal, uplink_, world_.keys.log_key,
           access_.cosigner},
          [this] { return state(); },
          [this, on_time](const sync::HeartbeatReply& reply, Instant asked) {
            on_time(reply.time, asked + (world_.clock.now() - asked) / 2);
          }) {}

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
