#include "ledger/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/log_fold.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

struct Case {
  std::string_view box;
  const sync::Batch& batch;
  WallTime now;

  [[nodiscard]] std::uint64_t end() const { return batch.first + batch.lines.size(); }
  [[nodiscard]] Alarm alarm(std::string code, std::string text) const {
    return {.box = std::string(box),
            .origin = batch.origin,
            .code = std::move(code),
            .text = std::move(text),
            .evidence = batch.checkpoint,
            .first = now,
            .last = now,
            .count = 1};
  }
  [[nodiscard]] Answer fork(const std::string& text) const {
    return {.reply = sync::Forked{text}, .alarm = alarm("fork", text)};
  }
  [[nodiscard]] Answer malformed(const std::string& text) const {
    return {.reply = sync::Rejected{400, text}, .alarm = alarm("malformed", text)};
  }
};

Answer revoked(std::string text) {
  return {.reply = sync::Revoked{std::move(text)}, .alarm = std::nullopt};
}

// The log's own signature alone: whatever else came with the note is not passed on.
Result<std::string> own_signature_only(const std::string& note, const tlog::VerifierKey& key) {
  auto parsed = tlog::parse_note(note);
  if (!parsed) return parsed.error();
  std::erase_if(parsed->signatures, [&](const tlog::NoteSignature& signature) {
    return signature.name != key.name || signature.key_id != key.id();
  });
  return tlog::format_note(*parsed);
}

struct Lines {
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
};

// Reads the lines from `skip` on; the error is what is wrong with them.
Result<Lines> read_lines(const sync::Batch& batch, std::size_t skip) {
  Lines lines;
  lines.entries.reserve(batch.lines.size() - skip);
  lines.leaves.reserve(batch.lines.size() - skip);
  for (std::size_t i = skip; i < batch.lines.size(); ++i) {
    auto entry = tlog::parse_line(batch.lines[i]);
    const Seq seq = batch.first + i;
    if (!entry) {
      return {TlogErrc::bad_line, fmt::format("entry {}: {}", seq, entry.error().detail())};
    }
    if (entry->header.seq != seq) {
      return {TlogErrc::bad_line,
              fmt::format("entry {} says that it is {}", seq, entry->header.seq)};
    }
    lines.leaves.push_back(tlog::leaf_hash(batch.lines[i]));
    lines.entries.push_back(*std::move(entry));
  }
  return lines;
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

// The entries from the log's size on. REQUIRES: the batch reaches beyond it, and what lies before
// it is the same.
Result<Checked> append_rest(const Ingest& ingest, const Case& what, const LogState& log,
                            const tlog::VerifierKey& key, const tlog::Checkpoint& checkpoint) {
  const auto skip = static_cast<std::size_t>(log.size() - what.batch.first);
  auto lines = read_lines(what.batch, skip);
  if (!lines) return what.malformed(lines.error().detail());
  if (log.size() == 0 && !opens_log(lines->entries.front(), log)) {
    return what.fork("the first entry is not the epoch of this log's key");
  }
  auto open = ingest.store.open_cash(log.origin);
  if (!open) return open.error();
  LogFold fold(log, *open);
  fold.add_batch(lines->entries, lines->leaves, what.now);
  if (fold.state().frontier.root() != checkpoint.root) {
    return what.fork(fmt::format("the checkpoint of size {} has another root than the entries",
                                 checkpoint.size));
  }
  auto note = own_signature_only(what.batch.checkpoint, key);
  if (!note) return note.error();
  auto cosigned = tlog::cosign(*note, ingest.cosigner, what.now);
  if (!cosigned) return cosigned.error();
  Appending appending{.expected_size = log.size(),
                      .lines = {what.batch.lines.begin() + static_cast<std::ptrdiff_t>(skip),
                                what.batch.lines.end()},
                      .next = fold.state(),
                      .changes = fold.changes(),
                      .alarms = alarms_of(what, fold, log.totals)};
  appending.next.note = *std::move(cosigned);
  return appending;
}

// What of the batch the ledger has already must be the same, byte for byte.
Result<bool> overlap_agrees(LedgerStore& store, const Case& what, const LogState& log) {
  const std::uint64_t known = std::min(log.size(), what.end()) - what.batch.first;
  if (known == 0) return true;
  auto stored = store.lines(log.origin, what.batch.first, known);
  if (!stored) return stored.error();
  if (stored->size() != known) return {LedgerErrc::store_damaged, "entries are missing"};
  return std::equal(stored->begin(), stored->end(), what.batch.lines.begin());
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
  if (!*log || (*log)->box != box) return revoked("not a log of this box");

  const auto key = tlog::VerifierKey::parse((*log)->vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + batch.origin};
  const auto checkpoint = tlog::open_checkpoint(batch.checkpoint, *key);
  if (!checkpoint) return what.fork("the checkpoint: " + checkpoint.error().message());
  if (batch.lines.empty() || checkpoint->size != what.end()) {
    return what.malformed("the checkpoint is not of the batch's last entry");
  }
  if (batch.first > (*log)->size()) {
    return Answer{.reply = sync::ResumeAt{(*log)->size()}, .alarm = std::nullopt};
  }
  const auto agrees = overlap_agrees(ingest.store, what, **log);
  if (!agrees) return agrees.error();
  if (!*agrees) return what.fork("entries differ from those that were received before");
  if (what.end() > (*log)->size()) {
    return append_rest(ingest, what, **log, *key, *checkpoint);
  }
  if (what.end() < (*log)->size()) {
    return Answer{.reply = sync::ResumeAt{(*log)->size()}, .alarm = std::nullopt};
  }
  if (checkpoint->root != (*log)->frontier.root()) {
    return what.fork("the checkpoint has another root than the one that was cosigned");
  }
  return Answer{.reply = sync::Cosigned{(*log)->note}, .alarm = std::nullopt};
}

}  // namespace yijuan::ledger
