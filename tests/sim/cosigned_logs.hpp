// Every cosignature that ever left a ledger, held against the one history that each log may have:
// no two roots for one size, each a beginning of the next, and all of it in the store before it was
// told to anybody (I1, I4 of a transparency log).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chronicle.hpp"
#include "ledger/store/ledger_store.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::sim {

class CosignedLogs {
 public:
  explicit CosignedLogs(Chronicle& chronicle) : chronicle_(chronicle) {}

  /// `note` leaves a ledger now; `store` is what a new ledger would find. Null: the store's machine
  /// died in this moment, and what it holds is seen when it comes back.
  void released(const std::string& note, ledger::LedgerStore* store);
  /// The store was opened again: nothing that was told may be missing.
  void reopened(ledger::LedgerStore& store);
  /// The store was put back to an older copy of itself: what it lacks is fetched again, and nothing
  /// else is cosigned.
  void restored() { restored_ = true; }
  /// Entries of that log that were ever told to be cosigned.
  [[nodiscard]] std::uint64_t size(const std::string& origin) const;
  [[nodiscard]] const std::map<std::string, std::uint64_t>& sizes() const { return sizes_; }

 private:
  struct History {
    tlog::Frontier frontier;
    std::vector<Hash> roots;  // of every size from 0 to the frontier's
  };
  void check(const tlog::Checkpoint& checkpoint, ledger::LedgerStore& store);
  bool read_on(History& history, const std::string& origin, std::uint64_t size,
               ledger::LedgerStore& store);

  Chronicle& chronicle_;
  std::map<std::string, History> histories_;
  std::map<std::string, std::uint64_t> sizes_;
  std::vector<tlog::Checkpoint> unchecked_;
  bool restored_ = false;
};

}  // namespace yijuan::sim
