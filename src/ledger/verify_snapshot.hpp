// The store's derived rows and heads as of one moment, though boxes send meanwhile: what a log's
// fold is held against. Private to verify.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/stored_fold.hpp"

namespace yijuan::ledger {

struct VerifySnapshot {
  std::vector<LogState> logs;                                       // by box, then origin
  std::map<std::string, std::vector<domain::CashPiece>> open_cash;  // by origin
  std::map<std::string, std::vector<RollupRow>> rollups;            // by box
  std::map<std::string, std::vector<AccountRow>> accounts;          // by box
  OfficePosts office;
  std::set<std::string> moved;  // boxes whose rows may be of two moments

  static Result<VerifySnapshot> take(LedgerStore& store);
};

}  // namespace yijuan::ledger
