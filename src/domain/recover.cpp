#include <algorithm>

#include "domain/gift_entry.hpp"
#include "domain/session.hpp"
#include "domain/slip_code.hpp"

namespace yijuan::domain {

tlog::Gift gift_entry(GiftParts parts, Seq seq, const SessionContext& context) {
  tlog::Gift gift;
  gift.terms = std::move(parts.terms);
  gift.amount = parts.amount;
  if (context.pack != nullptr) gift.campaign = context.pack->campaign;
  gift.slip = parts.slip;
  gift.cash = std::move(parts.cash);
  gift.claim = slip_claim(slip_secret(context.slip_key, context.origin, seq));
  gift.closed = std::move(parts.closed);
  return gift;
}

std::vector<tlog::Body> recover(const Books& books, const SessionContext& context) {
  struct Left {
    std::uint64_t session = 0;
    GiftParts parts;
  };
  std::vector<Left> sessions;  // few: a box has at most one open session
  for (const auto& [seq, piece] : books.open()) {
    auto at = std::ranges::find_if(sessions, [&](const Left& left) {
      return left.session == piece.session && left.parts.terms == piece.terms;
    });
    if (at == sessions.end()) {
      sessions.push_back({piece.session, {piece.terms, Fen(0), {}, "power", 0}});
      at = sessions.end() - 1;
    }
    at->parts.amount += piece.amount;
    at->parts.cash.push_back(seq);
  }
  std::vector<tlog::Body> gifts;
  for (Left& left : sessions) {
    const Seq seq = context.next_seq + gifts.size();
    left.parts.slip = books.last_slip + gifts.size() + 1;
    gifts.emplace_back(gift_entry(std::move(left.parts), seq, context));
  }
  return gifts;
}

}  // namespace yijuan::domain
