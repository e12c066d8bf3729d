// What the ledger derives from entries: the rows of its reports and the balances of its accounts.
// Nothing here is the truth; all of it can be made again from the entries (rebuild.hpp).
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "base/fen.hpp"
#include "base/ids.hpp"
#include "domain/books.hpp"
#include "domain/business_day.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

/// Gifts of one box on one business day under one activity by one channel.
struct RollupKey {
  domain::Day day;
  tlog::Activity activity = tlog::Activity::one_yuan;
  tlog::Channel channel = tlog::Channel::cash;
  friend auto operator<=>(const RollupKey&, const RollupKey&) = default;
};
struct Rollup {
  std::uint64_t gifts = 0;
  std::uint64_t people = 0;
  Fen sum;
  friend bool operator==(const Rollup&, const Rollup&) = default;
};

/// Balance of one account of one box, moved on one business day. Debits are positive.
struct AccountKey {
  domain::Day day;
  std::string account;
  friend auto operator<=>(const AccountKey&, const AccountKey&) = default;
};

/// One leg of a transaction.
struct Posting {
  std::string account;
  Fen amount;
};
/// The transaction of one entry; its legs sum to zero; none for an entry that moves no money.
/// `given`: what a gift's cash comes to (what a gift by phone states).
///   cash for a gift   box    to open         cash for a test   box      to test
///   gift in cash      open   to income:<designation>
///   gift by phone     payment to income:<designation>
std::vector<Posting> postings(const tlog::Body& body, Fen given);

/// What a stretch of a log's entries changes in the books.
struct BookChanges {
  std::map<RollupKey, Rollup> rollups;
  std::map<AccountKey, Fen> accounts;
  std::vector<std::pair<Seq, std::string>> unknown;  // entries whose type is not known, and it
  std::vector<domain::CashPiece> opened;             // cash now open that was not
  std::vector<Seq> closed;                           // cash now closed that was open
};

}  // namespace yijuan::ledger
