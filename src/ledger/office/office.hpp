// The office's log with all that it works with, as the configuration says: the one way in which
// ledgerd and ledgerctl open it. Blocking.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "io/system_random.hpp"
#include "ledger/ledger_config.hpp"
#include "ledger/office/office_log.hpp"
#include "ledger/office/office_poster.hpp"
#include "ledger/office/second_copy.hpp"
#include "ledger/public/public_folder.hpp"

namespace yijuan::ledger {

class Office {
 public:
  /// Begins the log if there is none and nobody saw one, and posts what it holds and the books
  /// lack. All of `store` and `clock` outlive it. LedgerErrc::no_office_key.
  static Result<std::unique_ptr<Office>> open(const LedgerConfig& config, LedgerStore& store,
                                              const WallClock& clock);

  OfficeLog& log() { return *log_; }
  /// Null if none is configured.
  SecondCopy* copy() { return copy_ ? &*copy_ : nullptr; }
  /// Posts what the office's logs say and the books lack.
  Result<OfficePoster::Done> post_due();
  /// Entries that waited for those of boxes when it was last tried to post them.
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  /// Housekeeping: hears what this ledger published, posts what is to be posted, copies what other
  /// ledgers wrote, raises an alarm when the copy comes into trouble.
  Result<void> keep_house(WallTime now);
  /// Holds what somebody showed against the log, and raises an alarm if it is news.
  Result<void> take_evidence(const std::string& note, const std::string& box, WallTime now);
  /// Checkpoints of the office's logs in the folder that this ledger publishes into.
  [[nodiscard]] std::vector<std::string> published_notes() const;

 private:
  Office(LedgerStore& store, const WallClock& clock, const tlog::SigningKey& cosigner)
      : store_(store), clock_(clock), cosigner_(cosigner), poster_(store) {}
  Result<void> start(WallTime now);
  Result<void> hear_copy(WallTime now);
  Result<void> hear_published(WallTime now);
  Result<void> tell_of_unknown();
  Result<void> copy_all();

  LedgerStore& store_;
  const WallClock& clock_;
  tlog::SigningKey cosigner_;
  SystemRandom random_;
  std::optional<SecondCopy> copy_;
  std::optional<PublicFolder> published_;
  std::vector<std::string> heard_published_;
  std::string unreadable_;  // why the public folder is, once told
  std::optional<OfficeLog> log_;
  OfficePoster poster_;
  std::mutex posting_;
  std::atomic<std::uint64_t> waiting_ = 0;
  std::string told_;  // of the copy's trouble
  std::set<std::string> told_unknown_;
};

}  // namespace yijuan::ledger
