// Where the ledger keeps what boxes sent and what it derived from that. Blocking; may be called
// from several threads at once: no read waits for a write, for longer than another read takes.
// Each write is one transaction that is durable when it returns. LedgerErrc::store_lost from any
// call: use the store no more.
//
// Keys start with a log's origin or a box's id and are made by the caller, and no transaction
// spans two boxes, so that the same tables can be spread over many databases by box.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "ledger/books.hpp"
#include "ledger/errc.hpp"
#include "ledger/log_state.hpp"

namespace yijuan::ledger {

enum class BoxStatus { active, revoked };

struct Box {
  std::string id;
  BoxStatus status = BoxStatus::active;
  Hash key_fingerprint{};  // of its certificate's key
  WallTime since;
};

/// A box's last word about itself (sync/heartbeat.hpp), and what reports need of it.
struct LastWord {
  std::string box;
  WallTime received;
  std::string json;  // the heartbeat as it came
};

/// Something that somebody must look at. Raised again, its count rises and its text is renewed.
struct Alarm {
  std::string box;
  std::string origin;
  std::string code;  // a stable word
  std::string text;
  std::string evidence;  // a signed note, if there is one
  WallTime first;
  WallTime last;
  std::uint64_t count = 1;
};

/// The next batch of a log, checked, with all that it changes.
struct Appending {
  /// Of the log before; another size now, or another `posted` than that of `next`: nothing is done.
  std::uint64_t expected_size = 0;
  std::vector<std::string> lines;
  LogState next;        // the log after
  BookChanges changes;  // of the books of its box
  std::vector<Alarm> alarms;
};
enum class Appended { done, moved };

/// What an entry of the office's log changes in the books of a box. Known by that entry, so that
/// it is done once, however often it is tried.
struct OfficePosting {
  std::string box;
  std::string office;               // origin of the office's log
  Seq seq = 0;                      // of the entry
  std::string origin;               // of the log whose cash or entries it is about
  std::uint64_t expected_size = 0;  // of that log; another size now: nothing is done
  BookChanges changes;
  /// `origin` is a fork: its entries below are in the books after this.
  std::optional<std::uint64_t> posted;
};

enum class Posted { done, before, moved };

/// A stored batch: `count` entries from `first`, received together.
struct BatchMark {
  Seq first = 0;
  std::uint64_t count = 0;
  WallTime received;
};

struct RollupRow {
  std::string box;
  RollupKey key;
  Rollup value;
  friend bool operator==(const RollupRow&, const RollupRow&) = default;
};
struct AccountRow {
  std::string box;
  AccountKey key;
  Fen balance;
  friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

/// An entry of the office's log that was posted to a box.
struct OfficeEntry {
  std::string office;  // origin
  Seq seq = 0;
  friend bool operator==(const OfficeEntry&, const OfficeEntry&) = default;
};

/// The books of one log, made anew from its entries and from what the office posted to it.
struct RebuiltLog {
  LogState state;
  BookChanges changes;
  std::vector<OfficeEntry> posted;
  /// Of the stored log when it was read, if not that of `state`: of a damaged one less was made.
  std::optional<std::uint64_t> stored_size{};
};

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  virtual Result<std::optional<Box>> box(std::string_view id) = 0;
  /// In order of id; so are all lists by their keys.
  virtual Result<std::vector<Box>> boxes() = 0;
  virtual Result<std::optional<LogState>> log(std::string_view origin) = 0;
  virtual Result<std::vector<LogState>> logs() = 0;
  /// The forks of a log.
  virtual Result<std::vector<LogState>> forks(std::string_view origin) = 0;
  virtual Result<std::vector<domain::CashPiece>> open_cash(std::string_view origin) = 0;
  /// Lines of a log from `first`, at most `count`.
  virtual Result<std::vector<std::string>> lines(std::string_view origin, Seq first,
                                                 std::uint64_t count) = 0;
  virtual Result<std::vector<BatchMark>> batches(std::string_view origin) = 0;
  /// Of the business days `from` to `to`, both included.
  virtual Result<std::vector<RollupRow>> rollups(domain::Day from, domain::Day to) = 0;
  virtual Result<std::vector<AccountRow>> accounts() = 0;
  virtual Result<std::vector<LastWord>> last_words() = 0;
  virtual Result<std::vector<Alarm>> alarms() = 0;

  /// A new box with its first log, or a known box with a new key and a new log.
  virtual Result<void> add_box(const Box& box, const LogState& log) = 0;
  /// One more log of a known box, the office's log, or a fork. False: it is there already.
  virtual Result<bool> add_log(const LogState& log) = 0;
  /// Changes `floor` and `unsure` of a log. False: its size or `posted` is not that of `log` any
  /// more.
  virtual Result<bool> set_floor(const LogState& log) = 0;
  /// After a restore: every log is unsure, and nothing that boxes said last is known.
  virtual Result<void> doubt_all() = 0;
  virtual Result<Posted> post(const OfficePosting& posting) = 0;
  /// LedgerErrc::unknown_box.
  virtual Result<void> set_status(std::string_view box, BoxStatus status) = 0;
  /// Each as if it came alone, in this order. A store that is one file takes them in one
  /// transaction: many boxes that send at once share its sync; one that may be spread over servers
  /// takes each by itself. An error: none is stored of the one that was refused; those before it
  /// may be, and are `moved` if they come again.
  virtual Result<std::vector<Appended>> append_all(std::span<const Appending* const> batches) = 0;
  Result<Appended> append(const Appending& appending) {
    const Appending* const alone = &appending;
    auto done = append_all({&alone, 1});
    if (!done) return done.error();
    return done->front();
  }
  virtual Result<void> raise(const Alarm& alarm) = 0;
  virtual Result<void> keep_last_words(std::span<const LastWord> words) = 0;
  /// Replaces everything derived, of all boxes, at once. REQUIRES: no append since it was read.
  virtual Result<void> replace_books(std::span<const RebuiltLog> logs) = 0;
  /// Housekeeping while nobody waits.
  virtual Result<void> rest() = 0;
};

}  // namespace yijuan::ledger
