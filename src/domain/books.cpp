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
  } else if (const auto* intent = std::get_if<tlog::Intent>(&body)) {
    add_intent(seq, *intent);
  } else if (const auto* returned = std::get_if<tlog::Returned>(&body)) {
    resolve(seq, returned->device, returned->intent);
  } else if (const auto* disputed = std::get_if<tlog::Disputed>(&body)) {
    add_disputed(seq, *disputed);
  } else if (const auto* door = std::get_if<tlog::Door>(&body)) {
    if (is_tamper(*door)) ++tampers;
  }
}

bool is_tamper(const tlog::Door& door) {
  const bool opened = door.contact == "door" && door.state == "opened";
  const bool moved = door.contact == "tilt" && door.state == "moved";
  return door.authority.empty() && (opened || moved);
}

Fen Books::open_total() const {
  Fen total;
  for (const auto& [seq, piece] : open_) total = total.plus(piece.amount).value_or(total);
  return total;
}

Fen Books::pending_total() const {
  Fen total;
  for (const auto& [device, note] : pending_) {
    total = total.plus(note.intent.amount).value_or(total);
  }
  return total;
}

void Books::add_intent(Seq seq, const tlog::Intent& intent) {
  if (intent.amount <= Fen(0) || intent.amount > kLargestAmount) {
    note(seq, fmt::format("an intent of {} fen", intent.amount.count()));
    return;
  }
  const auto [at, alone] = pending_.try_emplace(intent.device);
  if (!alone) note(seq, fmt::format("an intent while intent {} is open", at->second.seq));
  at->second = {seq, intent};
}

// The amount of the note, if that intent was open.
std::optional<Fen> Books::resolve(Seq seq, const std::string& device, Seq intent) {
  const auto at = pending_.find(device);
  if (at == pending_.end() || at->second.seq != intent) {
    note(seq, fmt::format("ends intent {}, which is not open", intent));
    return std::nullopt;
  }
  const Fen amount = at->second.intent.amount;
  pending_.erase(at);
  return amount;
}

void Books::add_disputed(Seq seq, const tlog::Disputed& disputed) {
  const auto amount = resolve(seq, disputed.device, disputed.intent);
  if (!amount) return;
  if (*amount != disputed.amount) {
    note(seq, fmt::format("disputes {} fen of an intent of {} fen", disputed.amount.count(),
                          amount->count()));
  }
  ++disputed_count;
  post(disputed_total, *amount, seq);
}

void Books::add_cash(Seq seq, const tlog::Cash& cash) {
  if (cash.amount <= Fen(0) || cash.amount > kLargestAmount) {
    note(seq, fmt::format("cash of {} fen", cash.amount.count()));
    return;
  }
  if (const auto held = pending_.find(cash.device); held != pending_.end()) {
    if (held->second.intent.purpose != cash.purpose) {
      note(seq, fmt::format("ends intent {} with another purpose", held->second.seq));
    }
    if (held->second.intent.amount != cash.amount) {
      note(seq, fmt::format("cash of {} fen ends an intent of {} fen", cash.amount.count(),
                            held->second.intent.amount.count()));
    }
    pending_.erase(held);
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
