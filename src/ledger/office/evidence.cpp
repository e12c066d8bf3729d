#include "ledger/office/evidence.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "sync/heartbeat.hpp"

namespace yijuan::ledger {
namespace {

struct Witnessed {
  std::string who;
  std::string box;  // empty: it is none
  std::string note;
};

struct Witnesses {
  std::vector<Witnessed> notes;
  std::vector<std::string> silent;
  std::optional<CopiedLog> copied;
};

Result<void> add_boxes(LedgerStore& store, Witnesses& all) {
  auto boxes = store.boxes();
  if (!boxes) return boxes.error();
  auto words = store.last_words();
  if (!words) return words.error();
  for (const Box& box : *boxes) {
    const auto word = std::ranges::find(*words, box.id, &LastWord::box);
    const auto heartbeat = word == words->end() ? Result<sync::Heartbeat>(LedgerErrc::unknown_box)
                                                : sync::parse_heartbeat(word->json);
    if (heartbeat && !heartbeat->office.empty()) {
      all.notes.push_back({.who = box.id, .box = box.id, .note = heartbeat->office});
    }
    if (!heartbeat && box.status == BoxStatus::active) all.silent.push_back(box.id);
  }
  return {};
}

// Nothing without a copy, and of one that cannot be read.
std::optional<CopiedLog> newest_copied(Office& office) {
  if (office.copy() == nullptr) return std::nullopt;
  auto copied = newest_in_copy(CopyFolder(office.copy()->folder()), office.log().key());
  if (!copied) {
    log_warning("copy", copied.error().message());
    return std::nullopt;
  }
  return *std::move(copied);
}

Result<Witnesses> witnesses_of(Office& office, LedgerStore& store,
                               const std::vector<std::string>& published) {
  Witnesses all;
  auto added = add_boxes(store, all);
  if (!added) return added.error();
  for (const std::string& note : published) {
    all.notes.push_back({.who = "public log", .box = "", .note = note});
  }
  all.copied = newest_copied(office);
  if (all.copied) {
    all.notes.push_back({.who = "second copy", .box = "", .note = all.copied->note});
  }
  return all;
}

// How far the log that is written was seen, and by whom.
void count_seen(const Witnesses& all, const tlog::VerifierKey& key, Evidence& evidence) {
  for (const Witnessed& one : all.notes) {
    const auto seen = tlog::open_checkpoint(one.note, key);
    if (!seen || seen->size < evidence.seen) continue;
    if (seen->size > evidence.seen) evidence.witnesses.clear();
    evidence.seen = seen->size;
    evidence.witnesses.push_back(one.who);
  }
  if (evidence.log.floor) evidence.seen = std::max(evidence.seen, evidence.log.floor->size);
}

// Whether somebody saw what is not held, of this log or of one that followed it.
Result<bool> is_refuted(Office& office, const Witnesses& all, const LogState& log,
                        std::uint64_t number) {
  if (log.floor) {
    auto reached = office.log().begins_with({log.origin, log.floor->size, log.floor->root});
    if (!reached) return reached.error();
    if (!*reached) return true;
  }
  for (const Witnessed& one : all.notes) {
    auto heard = office.log().hear(one.note);
    if (!heard) return heard.error();
    if (!heard->news) continue;
    if (OfficeOrigin::parse(heard->news->checkpoint.origin)->number >= number) return true;
  }
  return false;
}

Result<Evidence> weigh(Office& office, Witnesses all) {
  auto log = office.log().current();
  if (!log) return log.error();
  Evidence evidence;
  evidence.log = *std::move(log);
  const std::uint64_t number = OfficeOrigin::parse(evidence.log.origin)->number;
  count_seen(all, office.log().key().verifier(number), evidence);
  auto refuted = is_refuted(office, all, evidence.log, number);
  if (!refuted) return refuted.error();
  evidence.short_of_seen = *refuted;
  const tlog::Checkpoint held{.origin = evidence.log.origin,
                              .size = evidence.log.size(),
                              .root = evidence.log.frontier.root()};
  evidence.copied = all.copied && all.copied->checkpoint == held;
  evidence.silent = std::move(all.silent);
  evidence.waiting = office.waiting();
  return evidence;
}

}  // namespace

Result<Evidence> weigh_all(Office& office, LedgerStore& store,
                           const std::vector<std::string>& published) {
  auto all = witnesses_of(office, store, published);
  if (!all) return all.error();
  return weigh(office, *std::move(all));
}

Result<Evidence> hear_all(Office& office, LedgerStore& store,
                          const std::vector<std::string>& published, WallTime now) {
  auto all = witnesses_of(office, store, published);
  if (!all) return all.error();
  for (const Witnessed& one : all->notes) {
    auto taken = office.take_evidence(one.note, one.box, now);
    if (!taken) return taken.error();
  }
  auto posted = office.post_due();
  if (!posted) return posted.error();
  return weigh(office, *std::move(all));
}

bool shows_whole(const Evidence& evidence) {
  return evidence.copied && !evidence.short_of_seen;
}

}  // namespace yijuan::ledger
