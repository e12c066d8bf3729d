// Brings what the office's log says into the books of the boxes that it is about: each entry once,
// in the log's order, and so that a rebuild gives the same. An entry may have to wait: after a
// restore the entries that it cites come again from boxes. Blocking; one thread at a time.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "ledger/office/box_register.hpp"
#include "ledger/stored_fold.hpp"

namespace yijuan::ledger {

class OfficePoster {
 public:
  explicit OfficePoster(LedgerStore& store) : store_(store) {}

  struct Done {
    std::uint64_t posted = 0;  // now
    std::uint64_t waiting = 0;
  };
  /// Reads what is new in the office's logs, and posts what can be. `offices`: all of them.
  /// What it says of boxes comes first.
  Result<Done> post_due(std::span<const std::string> offices);

  /// Entries that a newer ledger wrote into one of the office's logs: kept, marked and passed over.
  struct Unknown {
    std::uint64_t count = 0;
    OfficeEntry first;
    std::string type;  // of the first
  };
  /// By the log's origin; of all that was read so far.
  [[nodiscard]] const std::map<std::string, Unknown>& unknown() const { return unknown_; }

 private:
  enum class Outcome { done, before, waits, wants_rebuild };
  struct Waiting {
    OfficeEntry at;
    tlog::Entry entry;
  };

  Result<void> read_new(const std::string& office);
  Result<bool> are_marked(const std::string& office);
  Result<Outcome> post(const Waiting& due);
  Result<Outcome> close(const OfficeEntry& at, domain::Day day, const tlog::Closing& closing);
  Result<Outcome> take(const OfficeEntry& at, const tlog::Quarantined& cited);
  Result<Posted> post_closing(const OfficeEntry& at, domain::Day day, const tlog::Closing& closing,
                              const LogState& log);
  Result<OfficePosts> posts();
  Result<Posted> post_cited(const OfficeEntry& at, const tlog::Quarantined& cited,
                            const LogState& fork);
  Result<bool> is_posted(const OfficeEntry& at, const LogState& log);

  LedgerStore& store_;
  std::map<std::string, Seq> read_;  // entries of an office's log that were looked at
  std::vector<Waiting> waiting_;
  std::map<std::string, Unknown> unknown_;
  BoxRegister boxes_;
};

}  // namespace yijuan::ledger
