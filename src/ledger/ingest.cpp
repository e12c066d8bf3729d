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

// Whether the root of the entries that were cosigned once is right: they come again now, some of
// them perhaps with later ones.
bool reaches_floor_rightly(const LogState& log, std::span<const Hash> leaves) {
  if (!log.floor) return true;
  tlog::Frontier frontier = log.frontier;
  for (const Hash& leaf : leaves) {
    if (frontier.size() == log.floor->size) break;
    frontier.append(leaf);
  }
  return frontier.size() < log.floor->size || frontier.root() == log.floor->root;
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
  if (!reaches_floor_rightly(log, lines->leaves)) {
    return what.fork(fmt::format("entry {} and those before it are not those that were cosigned",
                                 log.floor->size - 1));
  }
  Appending appending{.expected_size = log.size(),
                      .lines = lines_from(what.batch, log.size()),
                      .next = fold.state(),
                      .changes = fold.changes(),
                      .alarms = alarms_of(what, fold, log.totals)};
  if (log.floor && what.end() < log.floor->size) return appending;  // nothing is cosigned yet
  appending.next.floor.reset();
  auto cosigned = cosigned_note(ingest, what, known.key);
  if (!cosigned) return cosigned.error();
  appending.next.note = *std::move(cosigned);
  return appending;
}

// How far the box says, and proves by our own cosignature, that its log had been cosigned.
Result<std::optional<tlog::Checkpoint>> cosigned_before(const Ingest& ingest, const Case& what,
                                                        const tlog::VerifierKey& key) {
  if (what.batch.cosigned.empty()) return std::optional<tlog::Checkpoint>();
  auto checkpoint = tlog::open_checkpoint(what.batch.cosigned, key);
  if (!checkpoint) return checkpoint.error();
  const auto when = tlog::cosigned_at(what.batch.cosigned, ingest.cosigner.verifier());
  if (!when) return when.error();
  return std::optional(*std::move(checkpoint));
}

// A restored store may lack what had been cosigned: nothing is cosigned before it is known how far
// that was. Nothing if the batch may be looked at.
Result<std::optional<Checked>> settle(const Ingest& ingest, const Case& what, const Known& known) {
  const LogState& log = known.log;
  if (what.batch.version == sync::Version::one) {
    if (!log.unsure) return std::optional<Checked>();
    const Answer later{.reply = sync::Busy{},
                       .alarm = what.alarm("unsure",
                                           "restored from a backup; a box of this version cannot "
                                           "say how far its log had been cosigned")};
    return std::optional<Checked>(later);
  }
  auto before = cosigned_before(ingest, what, known.key);
  if (!before) {
    return std::optional<Checked>(
        what.malformed("what it calls cosigned: " + before.error().message()));
  }
  Doubt doubt{.log = log, .alarm = std::nullopt};
  doubt.log.unsure = false;
  const std::uint64_t floor = log.floor ? log.floor->size : log.size();
  if (*before && (*before)->size > floor) {
    doubt.log.floor = Floor{.size = (*before)->size, .root = (*before)->root};
    doubt.alarm = what.alarm(
        "restored", fmt::format("{} entries are here and {} had been cosigned: fetching them again",
                                log.size(), (*before)->size));
    return std::optional<Checked>(std::move(doubt));
  }
  if (!log.unsure) return std::optional<Checked>();
  if (*before && (*before)->size <= log.size()) {
    auto there = frontier_at(ingest.store, log, (*before)->size);
    if (!there) return there.error();
    if (there->root() != (*before)->root) {
      const Answer wrong{
          .reply = sync::Busy{},
          .alarm =
              what.alarm("restored", "the restored entries are not those that had been cosigned")};
      return std::optional<Checked>(wrong);
    }
  }
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
  const Known known{**std::move(log), *std::move(key), *std::move(checkpoint)};
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
