// One log's part of publish(): its tiles, up to what its newest checkpoint needs. Private to
// ledger/public.
#pragma once

#include <optional>
#include <variant>

#include "ledger/public/publisher.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan::ledger {

class LogPublisher {
 public:
  /// Counts entries as they are read.
  using OnRead = std::function<void(std::uint64_t entries)>;

  LogPublisher(const Publication& publication, LedgerStore& store, const LogState& log,
               std::string name, OnRead on_read);

  /// Compares what is published with what the store has. The refusal is for people.
  Result<std::optional<std::string>> compare();
  /// Entries that put_tiles() will read; after compare().
  [[nodiscard]] std::uint64_t to_read() const;
  /// Writes the tiles that are missing, not yet durable. The refusal is for people.
  Result<std::optional<std::string>> put_tiles();
  /// Shows them. REQUIRES: the folder was synced since.
  Result<void> put_checkpoint();

  [[nodiscard]] std::uint64_t fresh() const { return next_.size - shown_.size; }
  [[nodiscard]] std::uint64_t mended() const { return mended_; }
  /// What is published of it; after compare().
  [[nodiscard]] const tlog::Checkpoint& shown() const { return shown_; }
  [[nodiscard]] const LogState& log() const { return log_; }

 private:
  Result<bool> begin();
  Result<std::optional<std::string>> mend();
  Result<void> read_until(std::uint64_t size, const tlog::TileEdge::OnFull& on_full, bool marks);
  Result<void> put_partial_tiles(const tlog::TileEdge::OnFull& put);
  Result<void> put_if_other(const tlog::Tile& tile, std::span<const Hash> hashes);

  const Publication& publication_;
  const PublicFolder& folder_;
  LedgerStore& store_;
  const LogState& log_;
  std::string name_;
  OnRead on_read_;
  tlog::Checkpoint shown_;  // published; of size 0 if there is none
  tlog::Checkpoint next_;
  tlog::TileEdge edge_;
  bool damaged_ = false;  // the published tiles do not give the published root
  std::uint64_t mended_ = 0;
};

}  // namespace yijuan::ledger
