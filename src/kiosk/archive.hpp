// A log that the box has left: what the ledger lacks of it is sent to its end, behind the box's
// work, whichever history it turns out to belong to.
#pragma once

#include <filesystem>
#include <memory>

#include "journal/sqlite_journal.hpp"
#include "kiosk/box_keys.hpp"
#include "sync/client.hpp"

namespace yijuan::kiosk {

class Archive {
 public:
  struct World {
    asio::any_io_executor executor;
    Clock& clock;
    WallClock& wall;
    Random& random;
    sync::Uplink& uplink;
    const tlog::VerifierKey& cosigner;
  };

  /// Opens the log's journal. `certificates`: BoxKeys'.
  static Result<std::unique_ptr<Archive>> open(World world, const BoxEpoch& epoch,
                                               const std::string& certificates);
  /// Until the ledger has all of it (which is remembered), or takes no more, or it is cancelled.
  Task<void> run();
  [[nodiscard]] const std::string& origin() const { return epoch_.origin(); }
  [[nodiscard]] Journal& journal() { return *journal_; }
  [[nodiscard]] const tlog::SigningKey& key() const { return epoch_.key; }
  [[nodiscard]] bool delivered() const { return client_.delivered(); }
  [[nodiscard]] sync::ClientStatus status() const { return client_.status(); }

 private:
  Archive(World world, const BoxEpoch& epoch, std::unique_ptr<SqliteJournal> journal,
          const std::string& certificates);

  BoxEpoch epoch_;
  std::unique_ptr<SqliteJournal> journal_;
  sync::Client client_;
};

}  // namespace yijuan::kiosk
