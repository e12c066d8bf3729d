// One box of the fleet: keys and certificate of its own, the shipped sync client and TLS client, a
// log in memory. Coins fall from give().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/certificate.hpp"
#include "net/http_client.hpp"
#include "sync/client.hpp"
#include "sync/enrolment.hpp"
#include "tools/fleet/memory_journal.hpp"
#include "tools/fleet/watched_uplink.hpp"

namespace yijuan::fleet {

class FleetBox {
 public:
  /// All of it outlives the box.
  struct World {
    asio::any_io_executor executor;
    Clock& pace;  // think time, back-off
    Clock& real;  // timeouts
    WallClock& wall;
    Random& random;
    Tally& tally;
  };

  /// Makes its keys.
  FleetBox(World world, std::string id, const std::string& domain);
  FleetBox(const FleetBox&) = delete;

  [[nodiscard]] const std::string& id() const { return id_; }
  /// What `boxctl init` writes for the office.
  [[nodiscard]] std::string request() const;
  /// The office's answer, and where the ledger is; before run().
  Result<void> accept(std::string_view identity, const net::ServerUrl& url);

  /// Syncs until cancelled. REQUIRES: accept().
  Task<void> run() { return client_->run(); }
  /// A coin of 1 yuan and its gift, durable at once.
  void give();
  /// The ledger cosigned all that is in the log, and answered since the last begin().
  [[nodiscard]] bool in_sync() const {
    return uplink_->answers() > 0 && journal_.cosigned_size() == journal_.head().size;
  }
  void begin() { uplink_->begin(); }
  /// What somebody would have to look into; empty if nothing.
  [[nodiscard]] std::string alarm() const { return client_->status().alarm; }
  /// Hangs up.
  void close() { http_->close(); }
  [[nodiscard]] sync::Uplink& uplink() { return *uplink_; }
  [[nodiscard]] sync::Heartbeat state() const;
  [[nodiscard]] const std::string& origin() const { return log_key_.verifier().name; }

 private:
  World world_;
  std::string id_;
  net::PrivateKey tls_key_;
  tlog::SigningKey log_key_;
  MemoryJournal journal_;
  std::uint64_t given_ = 0;
  std::optional<tlog::VerifierKey> cosigner_;
  std::optional<sync::OfficeWatch> office_;
  std::optional<net::HttpClient> http_;
  std::optional<WatchedUplink> uplink_;
  std::optional<sync::Client> client_;
};

}  // namespace yijuan::fleet
