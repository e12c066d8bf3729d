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

}  // namespace

Result<Evidence> hear_all(Office& office, LedgerStore& store,
                          const std::vector<std::string>& published, WallTime now) {
  Evidence evidence;
  auto notes = notes_of_boxes(store, evidence.silent);
  if (!notes) return notes.error();
  for (const std::string& note : published) notes->push_back({"public log", note});
  if (office.copy() != nullptr) {
    auto copied = newest_in_copy(CopyFolder(office.copy()->folder()), office.log().key());
    if (!copied) log_warning("copy", copied.error().message());
    if (copied && *copied) notes->push_back({"second copy", (*copied)->note});
  }
  for (const Witnessed& one : *notes) {
    auto taken = office.take_evidence(one.note, one.who, now);
    if (!taken) return taken.error();
  }
  auto log = office.log().current();
  if (!log) return log.error();
  evidence.log = *std::move(log);
  const std::uint64_t number = OfficeOrigin::parse(evidence.log.origin)->number;
  for (const Witnessed& one : *notes) {
    const auto seen = tlog::open_checkpoint(one.note, office.log().key().verifier(number));
    if (!seen || seen->size < evidence.seen) continue;
    if (seen->size > evidence.seen) evidence.witnesses.clear();
    evidence.seen = seen->size;
    evidence.witnesses.push_back(one.who);
  }
  if (evidence.log.floor) evidence.seen = std::max(evidence.seen, evidence.log.floor->size);
  auto posted = office.post_due();
  if (!posted) return posted.error();
  evidence.waiting = posted->waiting;
  return evidence;
}

bool shows_whole(const Evidence& evidence) {
  if (evidence.log.floor) return false;
  const bool somebody = !evidence.witnesses.empty();
  return somebody && (evidence.seen == evidence.log.size() ||
                      (evidence.silent.empty() && evidence.seen < evidence.log.size()));
}

}  // namespace yijuan::ledger
