#include "domain/books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace yijuan::domain {
namespace {

constexpr std::size_t kMostFaults = 100;  // a hostile log must not fill memory either

}  // namespace

void Books::note(Seq seq, const std::string& what) {
  if (faults.size() < kMostFaults) {
    faults.push_back(fmt::format("entry {}: {}", seq, what));
  }
}

// A hostile log may hold absurd amounts: the sum stops rather than wraps.
void Books::post(Fen& total, Fen amount, Seq seq) {
  const auto sum = total.plus(amount);
  if (sum) {
    total = *sum;
  } else {
    note(seq, "the total is out of range");
  }
}

void Books::add(Seq seq, const tlog::Body& body) {
  if (const auto* cash = std::get_if<tlog::Cash>(&body)) {
    add_cash(seq, *cash);
  } else if (const auto* gift = std::get_if<tlog::Gift>(&body)) {
    add_gift(seq, *gift);
  } else if (const auto* gap = std::get_if<tlog::Gap>(&body)) {
    lost += gap->lost.value_or(0);
    if (!gap->lost) ++unknown_gaps;
  }
}

Fen Books::open_total() const {
  Fen total;
  for (const auto& [seq, piece] : open_) total = total.plus(piece.amount).value_or(total);
  return total;
}

void Books::add_cash(Seq seq, const tlog::Cash& cash) {
  if (cash.amount <= Fen(0) || cash.amount > kLargestAmount) {
    note(seq, fmt::format("cash of {} fen", cash.amount.count()));
    return;
  }
  if (cash.purpose == tlog::Purpose::test) {
    ++test_count;
    post(test_total, cash.amount, seq);
    return;
  }
  ++cash_count;
  post(cash_total, cash.amount, seq);
  if (open_.emplace(seq, CashPiece{seq, cash.amount, cash.session, cash.terms}).second) {
    ++sessions_[cash.session];
  }
}

void Books::close(std::map<Seq, CashPiece>::iterator piece) {
  const auto session = sessions_.find(piece->second.session);
  if (--session->second == 0) sessions_.erase(session);
  open_.erase(piece);
}

void Books::add_gift(Seq seq, const tlog::Gift& gift) {
  Fen sum;
  std::optional<std::uint64_t> session;
  for (const Seq piece : gift.cash) {
    const auto at = open_.find(piece);
    if (at == open_.end()) {
      note(seq, fmt::format("gives cash {}, which is not open", piece));
      continue;
    }
    if (session && *session != at->second.session) {
      note(seq, "gives cash of two sessions");
    }
    if (at->second.terms != gift.terms) {
      note(seq, fmt::format("cash {} was given on other terms", piece));
    }
    session = at->second.session;
    sum = sum.plus(at->second.amount).value_or(sum);
    close(at);
  }
  if (gift.channel == tlog::Channel::qr) sum = gift.amount;
  if (sum != gift.amount) {
    note(seq,
         fmt::format("a gift of {} fen from {} fen of cash", gift.amount.count(), sum.count()));
  }
  if (session && sessions_.contains(*session)) note(seq, "leaves cash of its session open");
  if (gift.slip != last_slip + 1) {
    note(seq, fmt::format("slip {} after {}", gift.slip, last_slip));
  }
  last_slip = std::max(last_slip, gift.slip);
  ++gift_count;
  post(gift_total, sum, seq);
}

}  // namespace yijuan::domain
