// One log's part of verify: its entries folded while the next ones are read, then its head, its
// checkpoint and what the public log shows of it. Private to verify.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/verify.hpp"
#include "ledger/verify_snapshot.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan::ledger {

class LogCheck {
 public:
  /// All outlive the check. `stored` is one of the snapshot's logs.
  LogCheck(const Verification& verification, const VerifySnapshot& snapshot, const LogState& stored)
      : verification_(verification), snapshot_(snapshot), stored_(stored) {}

  /// What the public log shows of it, as its own checkpoint says. Before run().
  Result<void> read_published();
  [[nodiscard]] std::uint64_t shown() const { return shown_ ? shown_->size : 0; }
  /// That more, or something else, is published than is held, as the office has declared.
  [[nodiscard]] const std::optional<std::string>& hole() const { return hole_; }
  /// Checks it all; `count` is told of entries.
  Result<RebuiltLog> run(const std::function<void(std::uint64_t)>& count);
  [[nodiscard]] const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  void tell(const std::string& what) { wrong_.push_back(stored_.origin + ": " + what); }
  Result<void> fold_all(StoredFold& fold, const std::function<void(std::uint64_t)>& count);
  Result<void> check_end();
  std::optional<tlog::Checkpoint> open(const std::string& note, const std::string& what);
  Result<void> check_published(const StoredFold& fold);
  Result<void> check_tiles();
  void check_tile(const tlog::Tile& tile, std::span<const Hash> hashes);

  const Verification& verification_;
  const VerifySnapshot& snapshot_;
  const LogState& stored_;
  std::string public_name_;  // empty: not published
  std::optional<tlog::Checkpoint> shown_;
  std::optional<std::string> hole_;
  std::vector<std::string> wrong_;
};

}  // namespace yijuan::ledger
