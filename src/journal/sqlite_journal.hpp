// The box's log in one SQLite file (format.md), committed by a thread of its own so that a stalled
// flash card never stalls the loop. A done append is on the disk; all that is queued while a
// commit runs shares the next one; an idle commit costs exactly one fdatasync.
//
// Everything but for_each_line is called on the loop. Destroy it before the loop's io_context: the
// destructor commits what is queued, checkpoints and closes (`done`s still to come are dropped).
#pragma once

#include <functional>
#include <memory>

#include "journal/options.hpp"
#include "ports/journal.hpp"
#include "ports/random.hpp"
#include "ports/wall_clock.hpp"

namespace yijuan {

/// Derived state of the kiosk as of the first `size` entries: what a start need not fold again.
/// Never the truth: a missing, old or broken one costs time only.
struct JournalSnapshot {
  std::uint64_t size = 0;
  std::string text;
};

class SqliteJournal final : public Journal {
 public:
  /// Called on the loop with entries checked and entries in all.
  using Progress = std::function<void(std::uint64_t checked, std::uint64_t size)>;

  /// Locks, opens or creates, and checks head and newest entries (not all: that is verify()). What
  /// the last run left in the system's cache is made durable before it is believed. Blocks; called
  /// before the loop runs. JournalErrc::in_use, absent, foreign_file, newer_format, wrong_origin,
  /// damaged, disk_full, cannot_open.
  static Result<std::unique_ptr<SqliteJournal>> open(asio::any_io_executor loop, WallClock& clock,
                                                     Random& random, JournalOptions options);
  ~SqliteJournal() override;

  std::vector<EntryRef> append(Append append, Done done) override;
  [[nodiscard]] Seq next_seq() const override;
  [[nodiscard]] LogHead head() const override;
  Task<std::vector<std::string>> read(Seq first, std::size_t max_lines,
                                      std::size_t max_bytes) override;
  Task<Hash> root_at(std::uint64_t size) override;
  [[nodiscard]] std::optional<std::string> cosigned() const override;
  [[nodiscard]] std::uint64_t cosigned_size() const override;
  Task<void> store_cosigned(std::uint64_t size, std::string note) override;

  /// How far every acceptor's events were known when the journal was opened.
  [[nodiscard]] const std::vector<CounterMark>& marks() const;
  /// The snapshot found at opening; nothing if there is none that can be believed.
  [[nodiscard]] const std::optional<JournalSnapshot>& snapshot() const;
  /// Durable lines from `first` on, in order, read on the calling thread: before the loop only.
  Result<void> for_each_line(Seq first,
                             const std::function<void(Seq seq, std::string_view line)>& each);
  /// Hands over a newer snapshot. Written at the next idle checkpoint, so it costs no coin a byte.
  void keep_snapshot(JournalSnapshot snapshot);

  /// The disk was found full and the reserve given up: take no more money. Goes back to false when
  /// there is room for the reserve again.
  [[nodiscard]] bool disk_full() const;
  /// Told on the loop when disk_full() changes.
  void on_disk_full(std::function<void(bool full)> changed);

  /// Told on the loop when a write fails while nothing is being appended (a checkpoint): nobody's
  /// `done` would say it before the next coin. Every later append is JournalErrc::stopped.
  void on_failed(std::function<void(const Error& error)> failed);

  /// Reads every entry again, in the background: gapless, canonical, leaf and root as stored, the
  /// file's pages whole. The error names the first damaged entry ("entry 123: …").
  Task<void> verify(Progress progress);

 private:
  class Parts;
  explicit SqliteJournal(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yijuan
