// The folder that a public log is served from, by ledgerd's `pages` listener or by any web server:
// its files are exactly what HTTP shows. Every file is written beside its place and renamed into
// it; tiles become durable together, by sync(), and before a checkpoint shows them. Blocking.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ledger/public/public_path.hpp"
#include "tlog/tile_edge.hpp"

namespace yijuan::ledger {

class PublicFolder {
 public:
  explicit PublicFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// The file of a resource (logs, checkpoint, tile or digest), whole; nothing if there is none.
  [[nodiscard]] Result<std::optional<std::string>> read(const PublicResource& resource) const;
  /// A partial tile that was outgrown and removed is read from the full one. TlogErrc::bad_tile
  /// where it is missing or of another length.
  [[nodiscard]] Result<std::vector<Hash>> tile(const std::string& log,
                                               const tlog::Tile& tile) const;
  [[nodiscard]] bool has(const PublicResource& resource) const;
  /// The newest checkpoints of all the office's logs, as their files say: unverified.
  [[nodiscard]] Result<std::vector<std::string>> office_notes() const;

  /// Durable only after sync().
  Result<void> put_tile(const std::string& log, const tlog::Tile& tile,
                        std::span<const Hash> hashes) const;
  /// Everything that was put is durable when it returns.
  [[nodiscard]] Result<void> sync() const;
  /// Durable when it returns.
  Result<void> put(const PublicResource& resource, std::string_view content) const;
  /// Is gone for good when it returns.
  [[nodiscard]] Result<void> remove(const PublicResource& resource) const;
  /// Partial tiles of a log whose full tile is in the tree of `size` leaves: nobody needs them any
  /// more.
  void remove_outgrown(const std::string& log, std::uint64_t older, std::uint64_t size) const;

  /// How far a log's tiles have come that no checkpoint shows yet; nothing if that is not known.
  [[nodiscard]] std::optional<tlog::TileEdge> progress(const std::string& log) const;
  Result<void> put_progress(const std::string& log, const tlog::TileEdge& edge) const;
  void remove_progress(const std::string& log) const;

 private:
  [[nodiscard]] std::filesystem::path file(const PublicResource& resource) const;
  [[nodiscard]] std::filesystem::path progress_file(const std::string& log) const;

  std::filesystem::path root_;
};

}  // namespace yijuan::ledger
