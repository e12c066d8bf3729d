// Which boxes the office enrolled and revoked, as its log says: brought into the store's list of
// boxes, so that a restored list knows what was decided since the backup. What the list has besides
// stays: boxes of before the log said so, or of a ledger without an office's key.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "ledger/store/ledger_store.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

class BoxRegister {
 public:
  /// The next entry of the office's logs; only those about boxes count. REQUIRES: in their order.
  void take(const tlog::Entry& entry);
  /// Brings what was taken and not posted yet into the store. A box whose key is another one than
  /// the revoked one was enrolled anew since, and stays. May be repeated; after an error too.
  Result<void> post(LedgerStore& store);
  /// Whether the newest that was taken of this box is that this key is revoked.
  [[nodiscard]] bool revokes(const std::string& box, const Hash& spki) const;

 private:
  struct Enrolment {
    tlog::Enrolled entry;
    WallTime at;
  };
  struct Standing {
    std::vector<Enrolment> enrolments;  // not posted yet
    std::optional<Hash> revoked;        // of the newest entry: this key
    bool posted = true;
  };
  static Result<void> enrol(LedgerStore& store, const std::string& box, const Standing& standing);
  static Result<void> revoke(LedgerStore& store, const std::string& box, const Hash& spki);

  std::map<std::string, Standing> boxes_;
};

/// All that these logs of the office say.
Result<BoxRegister> read_register(LedgerStore& store, std::span<const LogState> offices);

}  // namespace yijuan::ledger
