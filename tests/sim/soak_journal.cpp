#include "soak_journal.hpp"

namespace yijuan::sim {

std::vector<EntryRef> SoakJournal::append(Append append, Done done) {
  std::vector<EntryRef> refs;
  const Seq first = next_;
  for (std::size_t i = 0; i < append.bodies.size(); ++i) {
    refs.push_back({.seq = next_++, .leaf = {}, .at = now});
  }
  waiting_.push_back({first, std::move(append), now, std::move(done)});
  return refs;
}

bool SoakJournal::commit_one() {
  if (waiting_.empty() || broken_) return false;
  const Waiting one = std::move(waiting_.front());
  waiting_.pop_front();
  Seq seq = one.first;
  for (const tlog::Body& body : one.append.bodies) keep(seq++, one.at, body);
  for (const CounterMark& mark : one.append.marks) marks_[mark.device] = mark;
  durable_.unsynced.cosigned(durable_.size);
  one.done({});
  return true;
}

void SoakJournal::commit_all() {
  while (commit_one()) {
  }
}

bool SoakJournal::fail_one(const Error& error) {
  if (waiting_.empty() || broken_) return false;
  const Waiting one = std::move(waiting_.front());
  waiting_.pop_front();
  broken_ = true;
  one.done(error);
  return true;
}

void SoakJournal::cut_power() {
  waiting_.clear();
  broken_ = false;
  next_ = durable_.size;
}

std::optional<CounterMark> SoakJournal::mark(const std::string& device) const {
  const auto at = marks_.find(device);
  return at == marks_.end() ? std::nullopt : std::optional(at->second);
}

void SoakJournal::keep(Seq seq, const WallReading& at, const tlog::Body& body) {
  durable_.add(seq, at, body);
  durable_.health.recall(body);
  learn(body);
}

namespace {

bool restless(const tlog::Fault& fault) {
  return fault.device == "door" && fault.code == "restless";
}

}  // namespace

void SoakLog::learn(const tlog::Body& body) {
  if (const auto* cash = std::get_if<tlog::Cash>(&body)) {
    ++sums_[cash->device].pieces;
    sums_[cash->device].credited += cash->amount;
  } else if (const auto* gap = std::get_if<tlog::Gap>(&body)) {
    sums_[gap->device].lost += gap->lost.value_or(0);
    sums_[gap->device].unknown += gap->lost ? 0 : 1;
  } else if (const auto* disputed = std::get_if<tlog::Disputed>(&body)) {
    ++sums_[disputed->device].disputed;
    sums_[disputed->device].disputed_sum += disputed->amount;
  } else if (const auto* returned = std::get_if<tlog::Returned>(&body)) {
    ++sums_[returned->device].returned;
  } else if (const auto* intent = std::get_if<tlog::Intent>(&body)) {
    ++sums_[intent->device].intents;
  } else if (const auto* door = std::get_if<tlog::Door>(&body); door && door->contact == "door") {
    door_open_ = door->state == "opened";
    openings_ += door_open_ ? 1U : 0U;
  } else if (const auto* fault = std::get_if<tlog::Fault>(&body); fault && restless(*fault)) {
    ++restless_times_;
  }
  // A device's other fault ends the one before.
  const auto* fault = std::get_if<tlog::Fault>(&body);
  const auto* over = std::get_if<tlog::Recovered>(&body);
  if (fault != nullptr && fault->device == "door") door_restless_ = restless(*fault);
  if (over != nullptr && over->device == "door") door_restless_ = false;
}

Task<std::vector<std::string>> SoakJournal::read(Seq, std::size_t, std::size_t) {
  co_return std::vector<std::string>();
}
Task<Hash> SoakJournal::root_at(std::uint64_t) {
  co_return Hash{};
}
Task<void> SoakJournal::store_cosigned(std::uint64_t, std::string) {
  co_return Result<void>();
}

}  // namespace yijuan::sim
