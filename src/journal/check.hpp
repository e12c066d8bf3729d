// What is checked of a journal: a little at every start, everything in the background.
#pragma once

#include <cstdint>
#include <optional>

#include "journal/commit.hpp"
#include "journal/database.hpp"
#include "journal/mark.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::journal {

struct Head {
  std::uint64_t size = 0;
  tlog::Frontier frontier;
};

/// The stored head, whose size and frontier must agree. JournalErrc::damaged.
Result<Head> read_head(Database& database);
Result<std::optional<Cosigned>> read_cosigned(Database& database);
/// The tables are the ones that this version makes, and nothing else is there.
Result<void> check_schema(Database& database);
/// The newest entries give the smallest subtrees of the head, and nothing lies beyond it. Which of
/// them moved a mark.
Result<MarkedEntries> check_newest(Database& database, const Head& head);

/// Reads everything, some entries at a time, as of its beginning. One thread at a time.
class Verification {
 public:
  static Result<Verification> begin(Database& database);
  /// Checks at most `entries` more; true when all are, root, checkpoint and pages too.
  Result<bool> step(Database& database, std::size_t entries);
  [[nodiscard]] std::uint64_t checked() const { return seen_.size(); }
  [[nodiscard]] std::uint64_t size() const { return head_.size; }

 private:
  Result<void> check_cosigned() const;
  Result<void> finish(Database& database) const;

  Head head_;
  std::optional<Cosigned> cosigned_;
  std::vector<StoredMark> marks_;
  tlog::Frontier seen_;
  MarkedEntries marked_;
};

}  // namespace yijuan::journal
