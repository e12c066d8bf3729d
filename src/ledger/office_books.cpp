#include "ledger/office_books.hpp"

#include <algorithm>

namespace yijuan::ledger {

domain::Day office_day(const tlog::Header& header) {
  return domain::shanghai_day(header.at.time);
}

BookChanges closing_changes(const tlog::Closing& closing, domain::Day day,
                            std::span<const domain::CashPiece> open) {
  BookChanges changes;
  Fen sum;
  for (const domain::CashPiece& piece : open) {
    if (!std::ranges::binary_search(closing.cash, piece.seq)) continue;
    changes.closed.push_back(piece.seq);
    sum += piece.amount;
  }
  if (changes.closed.empty()) return changes;
  Rollup& rollup = changes.rollups[{day, closing.terms.activity, tlog::Channel::cash}];
  rollup = {.gifts = 1, .people = 1, .sum = sum};
  const tlog::Gift gift{.terms = closing.terms,
                        .channel = tlog::Channel::cash,
                        .amount = sum,
                        .campaign = {},
                        .people = 1,
                        .slip = 0,
                        .cash = changes.closed,
                        .claim = {},
                        .closed = {}};
  for (const Posting& posting : postings(gift, sum)) {
    changes.accounts[{day, posting.account}] += posting.amount;
  }
  return changes;
}

}  // namespace yijuan::ledger
