// The one connection that writes and checkpoints. Synchronous; used by one thread at a time. After
// an error other than JournalErrc::disk_full at a checkpoint or keep it must not be used again:
// what SQLite and the system hold in memory may differ from the disk. A full disk takes the
// reserve, and what was wanted is tried once more.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "journal/commit.hpp"
#include "journal/database.hpp"
#include "journal/disk.hpp"
#include "journal/options.hpp"
#include "journal/reserve.hpp"
#include "journal/sqlite_journal.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::journal {

class Writer {
 public:
  /// What was found at opening.
  struct Found {
    std::vector<CounterMark> marks;
    std::optional<Cosigned> cosigned;
    std::optional<JournalSnapshot> snapshot;
  };

  /// See SqliteJournal::open.
  static Result<std::unique_ptr<Writer>> open(const JournalOptions& options, Found& found);

  /// One transaction, one sync.
  Result<void> commit(std::span<const Commit> commits);
  /// Copies the WAL into the file and starts it anew. Ends with a commit that pays for the WAL's
  /// new header: the next coin's commit is one sync again. A reader in the way: nothing lost,
  /// later.
  Result<void> checkpoint();
  /// Stores what need not be durable at once.
  Result<void> keep(const std::optional<Cosigned>& cosigned,
                    const std::optional<JournalSnapshot>& snapshot);
  /// Makes the reserve again if there is room.
  void refill_reserve();

  [[nodiscard]] const tlog::Frontier& frontier() const { return frontier_; }
  /// Pages that wait in the WAL.
  [[nodiscard]] int frames() const { return frames_; }
  [[nodiscard]] bool disk_full() const { return reserve_.given_up(); }

 private:
  Writer(Disk& disk, std::shared_ptr<void> lock, Database database, Reserve reserve);
  Result<void> start(const JournalOptions& options, Found& found);
  Result<void> configure();
  Result<void> recognise(const JournalOptions& options);
  Result<void> upgrade();
  Result<void> load(Found& found);
  Result<void> load_derived(Found& found);
  Result<void> prepare_statements();
  Result<void> grow(std::uint64_t wal_bytes);
  Result<void> idle_commit();
  Result<void> try_commit(std::span<const Commit> commits, tlog::Frontier& frontier);
  Result<void> try_checkpoint();
  Result<void> try_keep(const std::optional<Cosigned>& cosigned,
                        const std::optional<JournalSnapshot>& snapshot);
  bool made_room(const Result<void>& done);
  Result<void> write_line(const Line& line);
  Error roll_back(Error error);

  Disk& disk_;
  std::shared_ptr<void> lock_;
  Database database_;
  Reserve reserve_;
  bool reserve_lack_told_ = false;
  tlog::Frontier frontier_;
  int frames_ = 0;
  std::optional<Statement> begin_, insert_, update_head_, put_mark_, commit_, idle_;
};

}  // namespace yijuan::journal
