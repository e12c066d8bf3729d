#include "ledger/office/evidence.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "sync/heartbeat.hpp"

namespace yijuan::ledger {
namespace {

struct Witnessed {
  std::string who;
  std::string note;
};

Result<std::vector<Witnessed>> notes_of_boxes(LedgerStore& store,
                                              std::vector<std::string>& silent) {
  auto boxes = store.boxes();
  if (!boxes) return boxes.error();
  auto words = store.last_words();
  if (!words) return words.error();
  std::vector<Witnessed> notes;
  for (const Box& box : *boxes) {
    const auto word = std::ranges::find(*words, box.id, &LastWord::box);
    const auto heartbeat = word == words->end() ? Result<sync::Heartbeat>(LedgerErrc::unknown_box)
                                                : sync::parse_heartbeat(word->json);
    if (heartbeat && !heartbeat->office.empty()) notes.push_back({box.id, heartbeat->office});
    if (!heartbeat && box.status == BoxStatus::active) silent.push_back(box.id);
  }
  return notes;
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

}  // namespace

Result<Evidence> hear_all(Office& office, LedgerStore& store,
                          const std::vector<std::string>& published, WallTime now) {
  Evidence evidence;
  auto notes = notes_of_boxes(store, evidence.silent);
  if (!notes) return notes.error();
  for (const std::string& note : published) notes->push_back({"public log", note});
  auto copied = newest_copied(office);
  if (copied) notes->push_back({"second copy", copied->note});
  for (const Witnessed& one : *notes) {
    auto taken = office.take_evidence(one.note, one.who, now);
    if (!taken) return taken.error();
  }
  auto current = office.log().current();
  if (!current) return current.error();
  evidence.log = *std::move(current);
  const std::uint64_t number = OfficeOrigin::parse(evidence.log.origin)->number;
  for (const Witnessed& one : *notes) {
    const auto seen = tlog::open_checkpoint(one.note, office.log().key().verifier(number));
    if (!seen || seen->size < evidence.seen) continue;
    if (seen->size > evidence.seen) evidence.witnesses.clear();
    evidence.seen = seen->size;
    evidence.witnesses.push_back(one.who);
  }
  const LogState& log = evidence.log;
  const tlog::Checkpoint held{
      .origin = log.origin, .size = log.size(), .root = log.frontier.root()};
  evidence.copied = copied && copied->checkpoint == held;
  if (log.floor) {
    evidence.seen = std::max(evidence.seen, log.floor->size);
    auto reached = office.log().begins_with({log.origin, log.floor->size, log.floor->root});
    if (!reached) return reached.error();
    evidence.short_of_seen = !*reached;
  }
  auto posted = office.post_due();
  if (!posted) return posted.error();
  evidence.waiting = posted->waiting;
  return evidence;
}

bool shows_whole(const Evidence& evidence) {
  return evidence.copied && !evidence.short_of_seen;
}

}  // namespace yijuan::ledger
