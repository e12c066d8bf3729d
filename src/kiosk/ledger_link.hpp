// The box's link to its ledger: one TLS client, the sync client on it, and the heartbeat. Nothing
// on the way from a coin to a thank-you waits for it.
#pragma once

#include "kiosk/archive.hpp"
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
    WallClock& wall;
    Box& box;
    const BoxKeys& keys;
    const DeviceRegistry& registry;
  };
  struct Told {
    /// What time the ledger said it was, and the instant for which that is true.
    std::function<void(WallTime time, Instant at)> time;
    /// The log in use must be left; why.
    std::function<void(const std::string& why)> dead;
  };

  LedgerLink(World world, LedgerAccess access, Told told);

  Task<void> run() { return client_.run(); }
  /// The logs that the box has left, as far as the ledger does not have them.
  Task<void> run_archives();
  /// New entries are durable, or a device changed.
  void notify() { client_.notify(); }
  [[nodiscard]] sync::ClientStatus status() const { return client_.status(); }
  [[nodiscard]] const tlog::VerifierKey& cosigner() const { return access_.cosigner; }
  [[nodiscard]] const std::vector<std::unique_ptr<Archive>>& archives() const { return archives_; }
  [[nodiscard]] const std::string& ledger() const { return access_.name; }

 private:
  void open_archives();
  [[nodiscard]] net::DateCheck dates() const;
  [[nodiscard]] sync::Heartbeat state();

  World world_;
  LedgerAccess access_;
  Told told_;
  net::HttpClient http_;
  sync::HttpsUplink uplink_;
  std::optional<sync::OfficeWatch> office_;
  sync::Client client_;
  std::optional<net::HttpClient> archive_http_;  // a connection of their own
  std::optional<sync::HttpsUplink> archive_uplink_;
  std::vector<std::unique_ptr<Archive>> archives_;
};

}  // namespace yijuan::kiosk
