// The office's own log, for what the office originates: begun, appended to, signed and cosigned
// here. Every box is its witness: what boxes say that they saw is held against it, and where it is
// not a beginning of what is held, nothing is signed any more before a person has declared the
// hole. Appends are compare-and-set on the stored head, so several ledgers may write. May be called
// from several threads. Blocking.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/office/copy_folder.hpp"
#include "ledger/office/office_key.hpp"
#include "ledger/store/ledger_store.hpp"
#include "ports/random.hpp"
#include "ports/wall_clock.hpp"
#include "sync/office_word.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/hash_tree.hpp"

namespace yijuan::ledger {

/// Somebody holds a checkpoint of the office's log that our key signed and that is no beginning of
/// what is held here.
struct OfficeNews {
  tlog::Checkpoint checkpoint;
  std::string note;
  std::string code;  // "office-short" or "office-forked"
  std::string text;
};

/// What a box said of the office's log, and what it is told.
struct OfficeHeard {
  std::optional<sync::OfficeWord> word;  // nothing while nothing is signed
  std::optional<OfficeNews> news;
};

/// Entries that were appended, durable and signed.
struct OfficeWritten {
  LogState log;  // after it
  Seq first = 0;
  std::vector<std::string> lines;
};

/// Whether nothing is signed in a log: restored, or not what somebody saw.
inline bool is_blocked(const LogState& log) {
  return log.unsure || log.floor.has_value();
}

class OfficeLog {
 public:
  /// All of it outlives the log.
  struct Parts {
    LedgerStore& store;
    OfficeKey key;
    const tlog::SigningKey& cosigner;
    const WallClock& clock;
    Random& random;
    /// Told of what was appended, before the caller is: for a second copy.
    std::function<void(const OfficeWritten&)> on_written = {};
  };
  explicit OfficeLog(Parts parts);

  /// Finds the log that is written, and begins the first one if there is none.
  Result<void> start();
  /// In this order, in one transaction; the log is begun if it is not. LedgerErrc::office_blocked.
  Result<OfficeWritten> append(std::span<const tlog::Body> bodies);
  /// States the day's digest, if there is none of that day. False: another one is stated.
  Result<bool> append_digest(const tlog::Digest& digest);
  /// Why this digest could not be stated now, for people; nothing: it could, or is.
  Result<std::optional<std::string>> refuses(const tlog::Digest& digest);
  /// Gives up the log and begins the next one, which says what of it is held and what was seen.
  /// LedgerErrc::not_done if there is no reason to.
  Result<OfficeWritten> declare_hole(const std::string& why);

  /// After a restore: the row of the log that is written, with no entry, if there is none. Nothing
  /// is signed.
  Result<void> make_row();
  /// Takes from a second copy what it holds beyond the logs here, as it was signed; says how many
  /// entries. LedgerErrc::copy_unfit if it is not their continuation.
  Result<std::uint64_t> complete_from(const CopyFolder& folder);
  /// After evidence was heard: the log goes on. LedgerErrc::office_blocked if more was seen than is
  /// held.
  Result<void> settle();

  /// The log that is written, as it is stored; of size 0 where none is begun.
  Result<LogState> current();
  /// All that are stored, the one that is written last.
  Result<std::vector<LogState>> all();
  /// `seen`: the note that a box holds, or empty.
  Result<OfficeHeard> hear(const std::string& seen);
  /// Keeps the news as the log's floor. True: it was not known, and is to be alarmed of.
  Result<bool> remember(const OfficeNews& news);

  /// Whether a log's first `size` entries have this root. REQUIRES: an office log's origin.
  Result<bool> begins_with(const tlog::Checkpoint& checkpoint);
  [[nodiscard]] const OfficeKey& key() const { return parts_.key; }
  /// A line about it for `status`; reads nothing.
  [[nodiscard]] std::string standing() const;
  static std::string standing_of(const LogState& log);

 private:
  struct Held {
    LogState log;
    tlog::HashTree tree;
  };

  Result<std::uint64_t> complete(const CopiedLog& copied, std::uint64_t number);
  Result<std::uint64_t> find_number();
  Result<LogState> stored(std::uint64_t number);
  Result<tlog::Body> first_entry(std::uint64_t number);
  Result<std::optional<tlog::Digest>> stated(const LogState& log, const std::string& day);
  Result<std::optional<OfficeWritten>> append_to(const LogState& log,
                                                 std::span<const tlog::Body> bodies);
  Result<std::optional<OfficeWritten>> write(const LogState& log, std::span<const tlog::Body> all);
  Result<OfficeHeard> listen(const std::string& note);
  Result<bool> give_up_below(std::uint64_t number);
  Result<Held*> held(std::uint64_t number);
  Result<std::optional<OfficeNews>> judge(const tlog::Checkpoint& seen, const std::string& note);
  void stand(const LogState& log);

  Parts parts_;
  std::mutex writing_;
  std::mutex trees_lock_;
  std::map<std::uint64_t, Held> trees_;
  mutable std::mutex standing_lock_;
  std::uint64_t number_ = 1;
  std::string standing_;
};

}  // namespace yijuan::ledger
