#include "ledger/store_migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ledger/store_comparison.hpp"
#include "ledger/stored_fold.hpp"
#include "ledger/stored_tree.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kAtOnce = 5000;  // entries in a transaction, or one batch

struct Move {
  LedgerStore& from;
  PostgresStore& to;
  const MigrationProgress& progress;
  std::vector<LogState> logs;  // of `from`
  OfficePosts office;
  std::uint64_t entries = 0;
  std::uint64_t done = 0;

  // Every entry is read to be copied, and again to be compared.
  void tell(std::uint64_t more) {
    done += more;
    if (progress) progress(done, 2 * entries);
  }
};

Error foreign(std::string what) {
  return {LedgerErrc::store_foreign, std::move(what)};
}

// What there is already must be a beginning of this copy. False: it may be the whole of it, and in
// use.
Result<bool> admit(Move& move, const std::string& name) {
  auto copied = move.to.copy_of();
  if (!copied) return copied.error();
  auto boxes = move.to.boxes();
  auto logs = move.to.logs();
  auto alarms = move.to.alarms();
  if (!boxes || !logs || !alarms) {
    return !boxes ? boxes.error() : !logs ? logs.error() : alarms.error();
  }
  if (*copied && **copied != name) return foreign("the database is to be a copy of " + **copied);
  if (!*copied && (!boxes->empty() || !logs->empty() || !alarms->empty())) return false;
  for (const LogState& log : *logs) {
    const auto known = std::ranges::lower_bound(move.logs, log.origin, {}, &LogState::origin);
    if (known == move.logs.end() || known->origin != log.origin || log.size() > known->size()) {
      return foreign(log.origin + " went on there");
    }
  }
  auto begun = *copied ? Result<void>() : move.to.begin_copy(name);
  if (!begun) return begun.error();
  return true;
}

// A log before its first entry that is kept.
Result<LogState> beginning_of(Move& move, const LogState& log) {
  LogState empty;
  empty.origin = log.origin;
  empty.box = log.box;
  empty.vkey = log.vkey;
  empty.kind = log.kind;
  empty.base = log.base;
  empty.retold = log.retold;
  empty.posted = log.base;
  auto before = frontier_at(move.from, log, log.base);
  if (!before) return before.error();
  empty.frontier = *std::move(before);
  if (log.size() == log.base) empty.note = log.note;
  return empty;
}

// A box is added with the first of its logs.
Result<void> put_heads(Move& move) {
  auto boxes = move.from.boxes();
  if (!boxes) return boxes.error();
  auto there = move.to.boxes();
  if (!there) return there.error();
  std::set<std::string> known;
  for (const Box& box : *there) known.insert(box.id);
  for (const LogState& log : move.logs) {
    auto beginning = beginning_of(move, log);
    if (!beginning) return beginning.error();
    const auto box = std::ranges::lower_bound(*boxes, log.box, {}, &Box::id);
    const bool of_box = box != boxes->end() && box->id == log.box;
    if (of_box && known.insert(box->id).second) {
      auto added = move.to.add_box(*box, *beginning);
      if (!added) return added;
      continue;
    }
    auto added = move.to.add_log(*beginning);
    if (!added) return added.error();
  }
  return {};
}

struct Copying {
  const LogState& log;
  StoredFold fold;
  std::uint64_t there = 0;   // entries that the copy has
  std::uint64_t posted = 0;  // as the copy has it: what the office posted comes with the books
  History history;           // to be brought next
};

Result<void> bring(Move& move, Copying& copying) {
  if (copying.history.lines.empty()) return {};
  LogState next = copying.fold.log().state;
  next.note = copying.log.note;
  next.floor = copying.log.floor;
  next.unsure = copying.log.unsure;
  next.posted = copying.posted;
  copying.history.next = std::move(next);
  auto brought = move.to.bring(copying.history);
  if (!brought) return brought.error();
  if (*brought == Appended::moved) return foreign(copying.log.origin + " went on there");
  copying.history = {};
  copying.history.expected_size = copying.fold.log().state.size();
  return {};
}

Result<void> copy_batch(Move& move, Copying& copying, const BatchMark& mark) {
  auto lines = move.from.lines(copying.log.origin, mark.first, mark.count);
  if (!lines) return lines.error();
  auto wrong = copying.fold.add(mark, *lines);
  if (wrong) return {LedgerErrc::store_damaged, *wrong};
  move.tell(mark.count);
  if (mark.first < copying.there) return {};
  History& history = copying.history;
  if (history.lines.empty()) history.expected_size = mark.first;
  std::ranges::move(*lines, std::back_inserter(history.lines));
  history.batches.push_back(mark);
  return history.lines.size() < kAtOnce ? Result<void>() : bring(move, copying);
}

Result<RebuiltLog> copy_log(Move& move, const LogState& log) {
  auto fold = StoredFold::begin(move.from, log, move.office);
  if (!fold) return fold.error();
  auto there = move.to.log(log.origin);
  if (!there) return there.error();
  auto batches = move.from.batches(log.origin);
  if (!batches) return batches.error();
  Copying copying{.log = log,
                  .fold = *std::move(fold),
                  .there = (*there)->size(),
                  .posted = (*there)->posted,
                  .history = {}};
  copying.fold.want_root(copying.there);
  for (const BatchMark& mark : *batches) {
    auto copied = copy_batch(move, copying, mark);
    if (!copied) return copied.error();
  }
  auto rest = bring(move, copying);
  if (!rest) return rest.error();
  const RebuiltLog& rebuilt = copying.fold.log();
  if (rebuilt.state.frontier != log.frontier) {
    return {LedgerErrc::store_damaged, log.origin + ": the entries do not give the stored root"};
  }
  if (copying.there > log.base &&
      copying.fold.root_at(copying.there) != (*there)->frontier.root()) {
    return foreign(log.origin + " has other entries there");
  }
  return rebuilt;
}

// What hangs on no entry.
Result<void> copy_rest(Move& move) {
  for (const LogState& log : move.logs) {
    if (!log.floor && !log.unsure) continue;
    auto set = move.to.set_floor(log);
    if (!set) return set.error();
  }
  auto alarms = move.from.alarms();
  auto there = move.to.alarms();
  auto words = move.from.last_words();
  if (!alarms || !there || !words) {
    return !alarms ? alarms.error() : !there ? there.error() : words.error();
  }
  for (const Alarm& alarm : *alarms) {
    const bool known = std::ranges::any_of(*there, [&](const Alarm& other) {
      return std::tie(other.box, other.origin, other.code) ==
             std::tie(alarm.box, alarm.origin, alarm.code);
    });
    auto raised = known ? Result<void>() : move.to.raise(alarm);
    if (!raised) return raised;
  }
  return words->empty() ? Result<void>() : move.to.keep_last_words(*words);
}

Result<void> copy_all(Move& move) {
  auto done = put_heads(move);
  if (!done) return done;
  std::vector<RebuiltLog> rebuilt;
  for (const LogState& log : move.logs) {
    auto copied = copy_log(move, log);
    if (!copied) return copied.error();
    rebuilt.push_back(*std::move(copied));
  }
  done = move.to.replace_books(rebuilt);
  return done ? copy_rest(move) : done;
}

}  // namespace

Result<Migrated> migrate_store(LedgerStore& from, PostgresStore& to, const std::string& name,
                               const MigrationProgress& progress) {
  Move move{.from = from, .to = to, .progress = progress, .logs = {}, .office = {}};
  auto logs = from.logs();
  if (!logs) return logs.error();
  move.logs = *std::move(logs);
  for (const LogState& log : move.logs) move.entries += log.size() - log.base;
  auto office = read_office_posts(from, move.logs);
  if (!office) return office.error();
  move.office = *std::move(office);
  auto admitted = admit(move, name);
  if (!admitted) return admitted.error();
  auto done = *admitted ? copy_all(move) : Result<void>();
  if (!done) return done.error();
  auto compared = compare_stores(from, to, [&move](std::uint64_t more) { move.tell(more); });
  if (!compared) return compared.error();
  if (!*admitted && !compared->equal) return foreign("the database holds a ledger already");
  if (compared->equal) done = to.end_copy();
  if (!done) return done.error();
  return Migrated{
      .entries = move.entries, .proof = std::move(compared->table), .equal = compared->equal};
}

}  // namespace yijuan::ledger
