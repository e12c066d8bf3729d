#include "ledger/office/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "ledger/stored_fold.hpp"
#include "ledger/stored_tree.hpp"
#include "sync/heartbeat.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

// What a log's box said last of what it held back.
struct HeldBack {
  std::uint64_t head = 0;
  std::uint64_t count = 0;
  Fen sum;
};

// Cash among the entries from `first` up to `end`.
Result<HeldBack> cash_in(LedgerStore& store, const std::string& origin, Seq first,
                         std::uint64_t end) {
  HeldBack found;
  if (first >= end) return found;
  auto lines = store.lines(origin, first, end - first);
  if (!lines) return lines.error();
  for (const std::string& line : *lines) {
    const auto entry = tlog::parse_line(line);
    const auto* cash = entry ? std::get_if<tlog::Cash>(&entry->body) : nullptr;
    if (cash == nullptr) continue;
    ++found.count;
    found.sum += cash->amount;
  }
  return found;
}

struct Told {
  sync::Heartbeat heartbeat;
  WallTime received;
};

/// The box's last heartbeat, if it was of this log.
Result<std::optional<Told>> told_of(LedgerStore& store, const LogState& log) {
  auto words = store.last_words();
  if (!words) return words.error();
  const auto word = std::ranges::find(*words, log.box, &LastWord::box);
  if (word == words->end()) return std::optional<Told>();
  auto heartbeat = sync::parse_heartbeat(word->json);
  if (!heartbeat || heartbeat->origin != log.origin) return std::optional<Told>();
  return std::optional<Told>({*std::move(heartbeat), word->received});
}

Result<HeldBack> held_back(LedgerStore& store, const LogState& log) {
  HeldBack held{.head = log.size(), .count = 0, .sum = {}};
  auto told = told_of(store, log);
  if (!told) return told.error();
  if (!*told || (*told)->heartbeat.head <= log.size()) return held;
  const sync::Heartbeat* heartbeat = &(*told)->heartbeat;
  // Entries may have come after it said so.
  auto since = cash_in(store, log.origin, heartbeat->cosigned, log.size());
  if (!since) return since.error();
  held.head = heartbeat->head;
  held.count = heartbeat->unsynced - std::min(since->count, heartbeat->unsynced);
  held.sum = heartbeat->unsynced_sum - std::min(since->sum, heartbeat->unsynced_sum);
  return held;
}

// Sessions by their number; a hostile log may give one session several terms.
using Session = std::tuple<std::uint64_t, tlog::Activity, std::string, std::string>;

std::vector<tlog::Body> closings_of(const LogState& log, const std::vector<domain::CashPiece>& open,
                                    const std::string& why) {
  std::map<Session, std::vector<tlog::Closing>> sessions;
  for (const domain::CashPiece& piece : open) {
    auto& closings =
        sessions[{piece.session, piece.terms.activity, piece.terms.designation, piece.terms.unit}];
    if (closings.empty() || closings.back().cash.size() == tlog::kMostCashOfGift) {
      closings.push_back({.origin = log.origin,
                          .size = log.size(),
                          .terms = piece.terms,
                          .amount = {},
                          .cash = {},
                          .why = why});
    }
    closings.back().cash.push_back(piece.seq);
    closings.back().amount += piece.amount;
  }
  std::vector<tlog::Body> bodies;
  for (auto& [session, closings] : sessions) {
    for (tlog::Closing& closing : closings) bodies.emplace_back(std::move(closing));
  }
  return bodies;
}

Error not_to_lose(const std::string& text) {
  return {LedgerErrc::not_done, text};
}

}  // namespace

Result<std::vector<tlog::Lost>> lost_logs(LedgerStore& store, std::span<const LogState> offices) {
  std::map<std::string, tlog::Lost> newest;
  for (const LogState& office : offices) {
    auto lines = store.lines(office.origin, 0, office.size());
    if (!lines) return lines.error();
    for (const std::string& line : *lines) {
      const auto entry = tlog::parse_line(line);
      const auto* lost = entry ? std::get_if<tlog::Lost>(&entry->body) : nullptr;
      if (lost != nullptr) newest.insert_or_assign(lost->origin, *lost);
    }
  }
  std::vector<tlog::Lost> all;
  all.reserve(newest.size());
  for (auto& [origin, lost] : newest) all.push_back(std::move(lost));
  return all;
}

Result<std::optional<WallTime>> last_heard(LedgerStore& store, const LogState& log) {
  auto told = told_of(store, log);
  if (!told) return told.error();
  return *told ? std::max<std::optional<WallTime>>(log.received, (*told)->received) : log.received;
}

Result<std::vector<tlog::Body>> lost_log(LedgerStore& store, OfficeLog& office,
                                         const std::string& origin, const std::string& why) {
  auto log = store.log(origin);
  if (!log) return log.error();
  if (!*log || (*log)->kind == LogKind::office)
    return not_to_lose("there is no box's log " + origin);
  const bool fork = (*log)->kind == LogKind::fork;
  if (fork && (*log)->posted != (*log)->size()) {
    return not_to_lose(origin + " is not in the books: ledgerctl quarantine post it first");
  }
  auto offices = office.all();
  if (!offices) return offices.error();
  auto known = lost_logs(store, *offices);
  if (!known) return known.error();
  auto open = store.open_cash(origin);
  if (!open) return open.error();
  std::vector<tlog::Body> bodies = closings_of(**log, *open, why);
  const auto before = std::ranges::find(*known, origin, &tlog::Lost::origin);
  if (before != known->end() && before->size == (*log)->size()) return bodies;
  auto held = held_back(store, **log);
  if (!held) return held.error();
  bodies.insert(bodies.begin(),
                tlog::Body(tlog::Lost{.origin = origin,
                                      .size = (*log)->size(),
                                      .root = (*log)->frontier.root(),
                                      .head = held->head,
                                      .unsynced = held->count,
                                      .unsynced_fen = static_cast<std::uint64_t>(held->sum.count()),
                                      .why = why}));
  return bodies;
}

Result<std::vector<tlog::Body>> quarantined_entries(LedgerStore& store, const LogState& fork) {
  std::vector<tlog::Body> bodies;
  for (Seq first = fork.posted; first < fork.size(); first += tlog::kMostLeaves) {
    const std::uint64_t end = std::min<std::uint64_t>(first + tlog::kMostLeaves, fork.size());
    auto leaves = leaves_of(store, fork.origin, first, end);
    if (!leaves) return leaves.error();
    bodies.emplace_back(tlog::Quarantined{.origin = std::string(log_of_fork(fork.origin)),
                                          .fork = std::string(name_of_fork(fork.origin)),
                                          .first = first,
                                          .leaves = *std::move(leaves)});
  }
  return bodies;
}

Result<BookChanges> quarantined_books(LedgerStore& store, const LogState& fork,
                                      std::span<const LogState> offices) {
  auto posts = read_office_posts(store, offices);
  if (!posts) return posts.error();
  auto all = fold_fork(store, fork, fork.size(), *posts);
  if (!all) return all.error();
  auto in_books = fold_fork(store, fork, fork.posted, *posts);
  if (!in_books) return in_books.error();
  return difference(all->changes, in_books->changes);
}

std::vector<LogState> offices_of(std::span<const LogState> logs) {
  std::vector<LogState> offices;
  for (const LogState& log : logs) {
    if (log.kind == LogKind::office) offices.push_back(log);
  }
  return offices;
}

Fen cash_of(const BookChanges& changes) {
  Fen sum;
  for (const auto& [key, amount] : changes.accounts) {
    if (key.account == "box") sum += amount;
  }
  return sum;
}

}  // namespace yijuan::ledger
