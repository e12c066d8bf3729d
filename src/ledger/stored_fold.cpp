#include "ledger/stored_fold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/log_fold.hpp"
#include "ledger/office_books.hpp"
#include "ledger/retold.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

void take_office_entry(const OfficeEntry& at, const tlog::Entry& entry, OfficePosts& posts) {
  if (const auto* closing = std::get_if<tlog::Closing>(&entry.body)) {
    posts.closings[closing->origin].push_back({at, office_day(entry.header), *closing});
  } else if (const auto* taken = std::get_if<tlog::Quarantined>(&entry.body)) {
    posts.forks[fork_origin(taken->origin, taken->fork)].push_back({at, *taken});
  }
}

}  // namespace

BookChanges difference(const BookChanges& more, const BookChanges& less) {
  BookChanges changes;
  for (const auto& [key, value] : more.rollups) {
    Rollup rest = value;
    if (const auto found = less.rollups.find(key); found != less.rollups.end()) {
      rest.gifts -= found->second.gifts;
      rest.people -= found->second.people;
      rest.sum -= found->second.sum;
    }
    if (rest != Rollup{}) changes.rollups[key] = rest;
  }
  for (const auto& [key, amount] : more.accounts) {
    const auto found = less.accounts.find(key);
    const Fen rest = found == less.accounts.end() ? amount : amount - found->second;
    if (rest != Fen(0)) changes.accounts[key] = rest;
  }
  return changes;
}

void merge(BookChanges& into, BookChanges&& more) {
  for (const auto& [key, value] : more.rollups) {
    Rollup& sum = into.rollups[key];
    sum.gifts += value.gifts;
    sum.people += value.people;
    sum.sum += value.sum;
  }
  for (const auto& [key, amount] : more.accounts) into.accounts[key] += amount;
  into.unknown.insert(into.unknown.end(), more.unknown.begin(), more.unknown.end());
  std::erase_if(into.opened, [&](const domain::CashPiece& piece) {
    return std::ranges::find(more.closed, piece.seq) != more.closed.end();
  });
  into.opened.insert(into.opened.end(), more.opened.begin(), more.opened.end());
}

Result<bool> holds_cited(LedgerStore& store, const LogState& fork, const tlog::Quarantined& cited) {
  const std::uint64_t end = cited.first + cited.leaves.size();
  if (cited.first < fork.base || end > fork.size()) return false;
  auto leaves = leaves_of(store, fork.origin, cited.first, end);
  if (!leaves) return leaves.error();
  return *leaves == cited.leaves;
}

Result<OfficePosts> read_office_posts(LedgerStore& store, std::span<const LogState> logs) {
  OfficePosts posts;
  for (const LogState& log : logs) {
    if (log.kind != LogKind::office) continue;
    auto lines = store.lines(log.origin, 0, log.size());
    if (!lines) return lines.error();
    for (const std::string& line : *lines) {
      const auto entry = tlog::parse_line(line);
      if (entry) take_office_entry({log.origin, entry->header.seq}, *entry, posts);
    }
  }
  return posts;
}

Result<StoredFold> StoredFold::begin(LedgerStore& store, const LogState& stored,
                                     const OfficePosts& office) {
  StoredFold fold(office);
  RebuiltLog& log = fold.log_;
  log.state.origin = stored.origin;
  log.state.box = stored.box;
  log.state.vkey = stored.vkey;
  log.state.note = stored.note;
  log.state.kind = stored.kind;
  log.state.base = stored.base;
  log.state.retold = stored.retold;
  log.state.posted = stored.base;
  log.state.floor = stored.floor;
  log.stored_size = stored.size();
  if (stored.kind != LogKind::fork) return fold;
  auto before = frontier_at(store, stored, stored.base);
  if (!before) return before.error();
  log.state.frontier = *std::move(before);
  auto pieces = retold_pieces(store, stored.retold);
  if (!pieces) return pieces.error();
  fold.retold_ = *std::move(pieces);
  auto posted = fold.post_as_the_office_did(store, stored);
  if (!posted) return posted.error();
  return fold;
}

// Which entries of a fork are in the books: those that the office cited, as far as they are here.
Result<void> StoredFold::post_as_the_office_did(LedgerStore& store, const LogState& stored) {
  const auto taken = office_->forks.find(stored.origin);
  if (taken == office_->forks.end()) return {};
  for (const OfficePosts::Taken& one : taken->second) {
    auto holds = holds_cited(store, stored, one.quarantined);
    if (!holds) return holds.error();
    if (!*holds) return {};
    log_.state.posted =
        std::max(log_.state.posted, one.quarantined.first + one.quarantined.leaves.size());
    log_.posted.push_back(one.entry);
  }
  return {};
}

std::optional<std::string> StoredFold::add(const BatchMark& mark,
                                           std::span<const std::string> lines) {
  const std::string& origin = log_.state.origin;
  if (mark.first != log_.state.size()) {
    return fmt::format("{}: a batch begins at entry {}, not {}", origin, mark.first,
                       log_.state.size());
  }
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
  entries.reserve(lines.size());
  leaves.reserve(lines.size());
  for (const std::string& line : lines) {
    auto entry = tlog::parse_line(line);
    if (!entry || entry->header.seq != mark.first + entries.size()) break;
    entries.push_back(*std::move(entry));
    leaves.push_back(tlog::leaf_hash(line));
  }
  if (entries.size() != mark.count) {
    return fmt::format("{}: entry {} is missing or damaged", origin, mark.first + entries.size());
  }
  keep_roots(leaves);
  LogFold fold(log_.state, log_.changes.opened, retold_);
  fold.add_batch(entries, leaves, mark.received);
  log_.state = fold.state();
  BookChanges changes = fold.changes();
  if (log_.state.kind == LogKind::fork && mark.first >= log_.state.posted) {
    changes.rollups.clear();
    changes.accounts.clear();
  }
  merge(log_.changes, std::move(changes));
  close_as_the_office_did();
  return std::nullopt;
}

Result<RebuiltLog> fold_fork(LedgerStore& store, const LogState& fork, std::uint64_t posted,
                             const OfficePosts& office) {
  auto fold = StoredFold::begin(store, fork, office);
  if (!fold) return fold.error();
  fold->count_below(posted);
  auto batches = store.batches(fork.origin);
  if (!batches) return batches.error();
  for (const BatchMark& mark : *batches) {
    auto lines = store.lines(fork.origin, mark.first, mark.count);
    if (!lines) return lines.error();
    const auto wrong = fold->add(mark, *lines);
    if (wrong) return {LedgerErrc::store_damaged, *wrong};
  }
  return fold->log();
}

// Of wanted sizes from here to the end of these leaves.
void StoredFold::keep_roots(std::span<const Hash> leaves) {
  const std::uint64_t first = log_.state.size();
  const auto end = roots_.upper_bound(first + leaves.size());
  auto wanted = roots_.lower_bound(first);
  if (wanted == end) return;
  tlog::Frontier frontier = log_.state.frontier;
  for (; wanted != end; ++wanted) {
    while (frontier.size() < wanted->first) frontier.append(leaves[frontier.size() - first]);
    wanted->second = frontier.root();
  }
}

std::optional<Hash> StoredFold::root_at(std::uint64_t size) const {
  if (size == log_.state.size()) return log_.state.frontier.root();
  const auto found = roots_.find(size);
  return found == roots_.end() ? std::nullopt : found->second;
}

// The closings that the office wrote when the log was of this size, or of less: a ledger that was
// restored may have fetched it again in other batches.
void StoredFold::close_as_the_office_did() {
  const auto closings = office_->closings.find(log_.state.origin);
  if (closings == office_->closings.end()) return;
  for (const OfficePosts::Closed& closed : closings->second) {
    const bool before = std::ranges::find(log_.posted, closed.entry) != log_.posted.end();
    if (before || closed.closing.size > log_.state.size()) continue;
    merge(log_.changes, closing_changes(closed.closing, closed.day, log_.changes.opened));
    log_.posted.push_back(closed.entry);
    if (log_.state.kind != LogKind::fork) ++log_.state.posted;
  }
}

}  // namespace yijuan::ledger
