#include "ledger/fork.hpp"

#include <algorithm>
#include <ranges>
#include <span>

#include "ledger/log_fold.hpp"
#include "ledger/retold.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

// The batch's entries from the fork's size on, if they and the fork give the batch's root.
Result<std::optional<Appending>> continue_fork(const Ingest& ingest, const Case& what,
                                               const Known& known, LogState fork) {
  auto lines = read_lines(what.batch, static_cast<std::size_t>(fork.size() - what.batch.first));
  if (!lines) return std::optional<Appending>();
  auto open = ingest.store.open_cash(fork.origin);
  if (!open) return open.error();
  auto learnt = learn_retold(ingest.store, fork);
  if (!learnt) return learnt.error();
  auto taken = retold_pieces(ingest.store, fork.retold);
  if (!taken) return taken.error();
  LogFold fold(fork, *open, *std::move(taken));
  fold.add_batch(lines->entries, lines->leaves, what.now);
  if (fold.state().frontier.root() != known.checkpoint.root) return std::optional<Appending>();
  auto note = own_signature_only(what.batch.checkpoint, known.key);
  if (!note) return note.error();
  Appending appending{.expected_size = fork.size(),
                      .lines = lines_from(what.batch, fork.size()),
                      .next = fold.state(),
                      .changes = fold.changes(),
                      .alarms = {}};
  // Nothing of a fork is in the books before the office posts it.
  appending.changes.rollups.clear();
  appending.changes.accounts.clear();
  appending.next.note = *std::move(note);
  return std::optional(std::move(appending));
}

struct Forks {
  std::vector<LogState> known;
  std::uint64_t kept = 0;  // entries of all of them
};

Result<Forks> forks_of(LedgerStore& store, const std::string& origin) {
  auto known = store.forks(origin);
  if (!known) return known.error();
  Forks forks{*std::move(known)};
  for (const LogState& fork : forks.known) forks.kept += fork.size() - fork.base;
  return forks;
}

// How many of the batch's entries from `base` on stand at the beginning of another fork too: a disk
// may go back in time twice.
Result<std::size_t> shared_with(LedgerStore& store, const Case& what, Seq base,
                                const Forks& forks) {
  const std::vector<std::string> sent = lines_from(what.batch, base);
  std::size_t shared = 0;
  for (const LogState& fork : forks.known) {
    if (fork.base != base) continue;
    auto stored = store.lines(fork.origin, base, sent.size());
    if (!stored) return stored.error();
    const auto [theirs, ours] = std::ranges::mismatch(*stored, sent);
    shared = std::max(shared, static_cast<std::size_t>(ours - sent.begin()));
  }
  return shared;
}

// A fork that the batch repeats or continues; nothing if none is.
Result<std::optional<Checked>> known_fork(const Ingest& ingest, const Case& what,
                                          const Known& known, const Forks& forks,
                                          const std::string& text) {
  for (const LogState& fork : forks.known) {
    if (what.batch.first > fork.size() || what.end() <= fork.base) continue;
    // From its base on the batch must be the fork's; before it, it was the log's.
    const Seq from = std::max(what.batch.first, fork.base);
    const std::uint64_t count = std::min(fork.size(), what.end()) - from;
    auto stored = ingest.store.lines(fork.origin, from, count);
    if (!stored) return stored.error();
    const std::vector<std::string> sent = lines_from(what.batch, from);
    if (stored->size() != count || !std::ranges::equal(*stored, std::span(sent).first(count))) {
      continue;
    }
    if (what.end() <= fork.size()) {
      const Answer kept{.reply = sync::Forked{text, fork.size()}, .alarm = std::nullopt};
      return std::optional<Checked>(kept);
    }
    auto appending = continue_fork(ingest, what, known, fork);
    if (!appending) return appending.error();
    if (*appending) {
      return std::optional<Checked>(
          Forking{.opened = std::nullopt,
                  .appending = **std::move(appending),
                  .answer = {.reply = sync::Forked{text, what.end()}, .alarm = std::nullopt}});
    }
  }
  return std::optional<Checked>();
}

}  // namespace

Result<Checked> fork_of(const Ingest& ingest, const Case& what, const Known& known,
                        const std::string& text) {
  auto forks = forks_of(ingest.store, known.log.origin);
  if (!forks) return forks.error();
  const auto new_entries = what.batch.lines.size();
  auto continued = known_fork(ingest, what, known, *forks, text);
  if (!continued) return continued.error();
  if (*continued) {
    const bool grows = std::holds_alternative<Forking>(**continued);
    if (grows && forks->kept + new_entries > kMostQuarantined) {
      return Checked(
          Answer{.reply = sync::Forked{text}, .alarm = what.alarm("quarantine full", text)});
    }
    return **std::move(continued);
  }
  if (what.batch.first > known.log.size()) return Checked(resume_at(known.log.size()));
  auto same = agreeing(ingest.store, what, known.log);
  if (!same) return same.error();
  const Seq base = what.batch.first + *same;
  if (base >= std::min(known.log.size(), what.end())) return Checked(what.fork(text));
  if (forks->kept + new_entries > kMostQuarantined) {
    return Checked(
        Answer{.reply = sync::Forked{text}, .alarm = what.alarm("quarantine full", text)});
  }
  auto shared = shared_with(ingest.store, what, base, *forks);
  if (!shared) return shared.error();
  const std::vector<std::string> own = lines_from(what.batch, base + *shared);
  if (own.empty()) return Checked(what.fork(text));
  const std::string name = fork_origin(known.log.origin, fork_name(tlog::leaf_hash(own[0])));
  if (std::ranges::find(forks->known, name, &LogState::origin) != forks->known.end()) {
    return Checked(what.fork(text));  // no box writes one entry into two histories
  }
  LogState opened{.origin = name,
                  .box = known.log.box,
                  .vkey = known.log.vkey,
                  .kind = LogKind::fork,
                  .base = base,
                  .retold = {.own = base + *shared, .known = {}},
                  .posted = base,
                  .floor = {},
                  .frontier = {},
                  .note = {},
                  .received = {},
                  .anchor = {},
                  .totals = {},
                  .pending = {}};
  auto before = frontier_at(ingest.store, known.log, base);
  if (!before) return before.error();
  opened.frontier = *std::move(before);
  auto appending = continue_fork(ingest, what, known, opened);
  if (!appending) return appending.error();
  if (!*appending) return Checked(what.fork(text));
  Answer answer = what.fork(text);
  answer.reply = sync::Forked{text, what.end()};
  return Checked(Forking{.opened = std::move(opened),
                         .appending = **std::move(appending),
                         .answer = std::move(answer)});
}

}  // namespace yijuan::ledger
