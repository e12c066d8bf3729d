#include "ledger/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "ledger/batch_case.hpp"
#include "ledger/fork.hpp"
#include "ledger/log_fold.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::ledger {
namespace {

Answer revoked(std::string text) {
  return {.reply = sync::Revoked{std::move(text)}, .alarm = std::nullopt};
}

bool opens_log(const tlog::Entry& entry, const LogState& log) {
  const auto* epoch = std::get_if<tlog::Epoch>(&entry.body);
  return epoch != nullptr && epoch->key == log.vkey;
}

std::vector<Alarm> alarms_of(const Case& what, const LogFold& fold, const LogTotals& before) {
  std::vector<Alarm> alarms;
  const LogTotals& after = fold.state().totals;
  if (after.faults > before.faults) {
    alarms.push_back(what.alarm("books", fold.faults().front()));
  }
  if (after.unknown > before.unknown) {
    alarms.push_back(what.alarm(
        "unknown",
        fmt::format("{} entries of a type that this ledger does not know", after.unknown)));
  }
  if (after.tampers > before.tampers) {
    alarms.push_back(what.alarm(
        "tamper", fmt::format("the box was opened or moved without authority, {} times so far",
                              after.tampers)));
  }
  for (Alarm& alarm : alarms) alarm.evidence.clear();  // the log itself is
  return alarms;
}

// Whether entries that come after `log` give the root of what was cosigned once, if they reach it.
bool agree(const LogState& log, std::span<const Hash> leaves, const Floor& cosigned) {
  if (cosigned.size <= log.size() || cosigned.size > log.size() + leaves.size()) return true;
  tlog::Frontier frontier = log.frontier;
  for (const Hash& leaf : leaves.first(cosigned.size - log.size())) frontier.append(leaf);
  return frontier.root() == cosigned.root;
}

// All that is known to have been cosigned of a log that is fetched again, the first first: the
// public may hold less than the box, and was not asked by it.
std::vector<Floor> floors_of(const Known& known) {
  std::vector<Floor> floors;
  if (!known.log.floor) return floors;
  floors.push_back(*known.log.floor);
  if (known.before) floors.push_back({.size = known.before->size, .root = known.before->root});
  std::ranges::sort(floors, {}, &Floor::size);
  return floors;
}

Result<std::string> cosigned_note(const Ingest& ingest, const Case& what,
                                  const tlog::VerifierKey& key) {
  auto note = own_signature_only(what.batch.checkpoint, key);
  if (!note) return note;
  return tlog::cosign(*note, ingest.cosigner, what.now);
}

// The entries from the log's size on. REQUIRES: the batch reaches beyond it, and what lies before
// it is the same.
Result<Checked> append_rest(const Ingest& ingest, const Case& what, const Known& known) {
  const LogState& log = known.log;
  auto lines = read_lines(what.batch, static_cast<std::size_t>(log.size() - what.batch.first));
  if (!lines) return what.malformed(lines.error().detail());
  if (log.size() == 0 && !opens_log(lines->entries.front(), log)) {
    return what.fork("the first entry is not the epoch of this log's key");
  }
  auto open = ingest.store.open_cash(log.origin);
  if (!open) return open.error();
  LogFold fold(log, *open);
  fold.add_batch(lines->entries, lines->leaves, what.now);
  if (fold.state().frontier.root() != known.checkpoint.root) {
    return fork_of(ingest, what, known,
                   fmt::format("the checkpoint of size {} has another root than the entries",
                               known.checkpoint.size));
  }
  const std::vector<Floor> floors = floors_of(known);
  for (const Floor& floor : floors) {
    if (agree(log, lines->leaves, floor)) continue;
    return what.fork(fmt::format("entry {} and those before it are not those that were cosigned",
                                 floor.size - 1));
  }
  Appending appending{.expected_size = log.size(),
                      .lines = lines_from(what.batch, log.size()),
                      .next = fold.state(),
                      .changes = fold.changes(),
                      .alarms = alarms_of(what, fold, log.totals)};
  const auto above = std::ranges::upper_bound(floors, what.end(), {}, &Floor::size);
  if (log.floor && log.floor->size > what.end()) return appending;  // nothing is cosigned yet
  appending.next.unsure = false;
  appending.next.floor.reset();
  if (above != floors.end()) {
    appending.next.floor = *above;
    return appending;
  }
  auto cosigned = cosigned_note(ingest, what, known.key);
  if (!cosigned) return cosigned.error();
  appending.next.note = *std::move(cosigned);
  return appending;
}

// How far the box says, and proves by our own cosignature, that its log had been cosigned.
Result<std::optional<tlog::Checkpoint>> cosigned_before(const Ingest& ingest, const Case& what,
                                                        const tlog::VerifierKey& key) {
  const bool told = what.batch.version != sync::Version::one && !what.batch.cosigned.empty();
  if (!told) return std::optional<tlog::Checkpoint>();
  auto checkpoint = tlog::open_checkpoint(what.batch.cosigned, key);
  if (!checkpoint) return checkpoint.error();
  const auto when = tlog::cosigned_at(what.batch.cosigned, ingest.cosigner.verifier());
  if (!when) return when.error();
  return std::optional(*std::move(checkpoint));
}

Result<std::optional<Checked>> wrong_if_other(const Ingest& ingest, const Case& what,
                                              const LogState& log, const Floor& cosigned) {
  auto there = frontier_at(ingest.store, log, cosigned.size);
  if (!there) return there.error();
  if (there->root() == cosigned.root) return std::optional<Checked>();
  const Answer wrong{
      .reply = sync::Busy{},
      .alarm = what.alarm("restored", "the restored entries are not those that had been cosigned")};
  return std::optional<Checked>(wrong);
}

// A restored store may lack what had been cosigned: nothing is cosigned before it is known how far
// that was. Nothing if the batch may be looked at.
Result<std::optional<Checked>> settle(const Ingest& ingest, const Case& what, const Known& known) {
  const LogState& log = known.log;
  const bool fetching = log.floor && log.floor->size > log.size();
  if (log.floor && !fetching) {
    auto wrong = wrong_if_other(ingest, what, log, *log.floor);
    if (!wrong || *wrong) return wrong;
  }
  if (what.batch.version == sync::Version::one) {
    if (!log.unsure) return std::optional<Checked>();
    const Answer later{.reply = sync::Busy{},
                       .alarm = what.alarm("unsure",
                                           "restored from a backup; a box of this version cannot "
                                           "say how far its log had been cosigned")};
    return std::optional<Checked>(later);
  }
  const auto& before = known.before;
  if (before && before->size > (fetching ? log.floor->size : log.size())) {
    // The lower floor comes first; this one is kept when that is reached.
    if (fetching) return std::optional<Checked>();
    Doubt doubt{.log = log, .alarm = std::nullopt};
    doubt.log.unsure = false;
    doubt.log.floor = Floor{.size = before->size, .root = before->root};
    doubt.alarm = what.alarm(
        "restored", fmt::format("{} entries are here and {} had been cosigned: fetching them again",
                                log.size(), before->size));
    return std::optional<Checked>(std::move(doubt));
  }
  if (!log.unsure) return std::optional<Checked>();
  if (before && before->size <= log.size()) {
    auto wrong = wrong_if_other(ingest, what, log, {.size = before->size, .root = before->root});
    if (!wrong || *wrong) return wrong;
  }
  Doubt doubt{.log = log, .alarm = std::nullopt};
  doubt.log.unsure = false;
  return std::optional<Checked>(std::move(doubt));
}

// The batch ends where the log ends: it was received before.
Result<Checked> repeat(const Ingest& ingest, const Case& what, const Known& known) {
  if (known.checkpoint.root != known.log.frontier.root()) {
    return fork_of(ingest, what, known,
                   "the checkpoint has another root than the one that was cosigned");
  }
  if (known.log.floor) {
    return Checked(Answer{.reply = sync::Stored{known.log.size()}, .alarm = std::nullopt});
  }
  return Checked(Answer{.reply = sync::Cosigned{known.log.note}, .alarm = std::nullopt});
}

}  // namespace

Result<Checked> check_batch(const Ingest& ingest, std::string_view box, const sync::Batch& batch,
                            WallTime now) {
  const Case what{.box = box, .batch = batch, .now = now};
  auto known_box = ingest.store.box(box);
  if (!known_box) return known_box.error();
  if (!*known_box || (*known_box)->status != BoxStatus::active) {
    return revoked("this box is not in service");
  }
  auto log = ingest.store.log(batch.origin);
  if (!log) return log.error();
  if (!*log) return revoked("not a log of this box");
  if ((*log)->box != box || (*log)->kind != LogKind::box) {
    Answer answer = revoked("not a log of this box");
    answer.alarm = what.alarm("wrong-box", fmt::format("box {} sent entries of this log", box));
    return answer;
  }
  auto key = tlog::VerifierKey::parse((*log)->vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + batch.origin};
  auto checkpoint = tlog::open_checkpoint(batch.checkpoint, *key);
  if (!checkpoint) return what.fork("the checkpoint: " + checkpoint.error().message());
  if (batch.lines.empty() || checkpoint->size != what.end()) {
    return what.malformed("the checkpoint is not of the batch's last entry");
  }
  Known known{**std::move(log), *std::move(key), *std::move(checkpoint)};
  auto before = cosigned_before(ingest, what, known.key);
  if (!before) return what.malformed("what it calls cosigned: " + before.error().message());
  known.before = *std::move(before);
  auto settled = settle(ingest, what, known);
  if (!settled) return settled.error();
  if (*settled) return **std::move(settled);
  const std::uint64_t size = known.log.size();
  // Beyond what is here it may go on from what is kept of a fork.
  if (batch.first > size) return fork_of(ingest, what, known, "another history of this log");
  auto same = agreeing(ingest.store, what, known.log);
  if (!same) return same.error();
  if (batch.first + *same < std::min(size, what.end())) {
    return fork_of(ingest, what, known, "entries differ from those that were received before");
  }
  if (what.end() > size) return append_rest(ingest, what, known);
  if (what.end() < size) return resume_at(size);
  return repeat(ingest, what, known);
}

}  // namespace yijuan::ledger
