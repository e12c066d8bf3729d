// The box's link to its ledger: one TLS client, the sync client on it, and the heartbeat. Nothing
// on the way from a coin to a thank-you waits for it.
#pragma once

#include "kiosk/box.hpp"
#include "kiosk/box_keys.hpp"
#include "kiosk/device_registry.hpp"
#include "ports/random.hpp"
#include "sync/client.hpp"

namespace yijuan::kiosk {

class LedgerLink {
 public:
  struct World {
    asio::any_io_executor executor;
    Clock& clock;
    Random& random;
    Journal& journal;
    const WallClock& wall;
    Box& box;
    const BoxKeys& keys;
    const DeviceRegistry& registry;
  };
  /// Told what time the ledger said it was, and the instant for which that is true.
  using OnTime = std::function<void(WallTime time, Instant at)>;

  LedgerLink(World world, LedgerAccess access, const OnTime& on_time);

  Task<void> run() { return client_.run(); }
  /// New entries are durable, or a device changed.
  void notify() { client_.notify(); }
  [[nodiscard]] sync::ClientStatus status() const { return client_.status(); }
  [[nodiscard]] const std::string& ledger() const { return access_.name; }

 private:
  [[nodiscard]] net::DateCheck dates() const;
  [[nodiscard]] sync::Heartbeat state();

  World world_;
  LedgerAccess access_;
  net::HttpClient http_;
  sync::HttpsUplink uplink_;
  sync::Client client_;
};

}  // namespace yijuan::kiosk
