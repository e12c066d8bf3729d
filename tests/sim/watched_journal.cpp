#include "watched_journal.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::sim {
namespace {

std::int64_t cash_fen(const tlog::Body& body) {
  const auto* cash = std::get_if<tlog::Cash>(&body);
  return cash == nullptr ? 0 : cash->amount.count();
}

}  // namespace

WatchedJournal::WatchedJournal(Journal& journal, LogPromises& promises, Chronicle& chronicle,
                               std::string name)
    : journal_(journal),
      promises_(promises),
      chronicle_(chronicle),
      name_(std::move(name)),
      next_(promises.entries.size()) {}

std::vector<EntryRef> WatchedJournal::append(Append append, Done done) {
  const std::vector<tlog::Body> bodies = append.bodies;
  // `done` may come before the call ends where a bug is built in: it has its own copy then.
  const auto entries = std::make_shared<std::vector<Acknowledged>>();
  const Seq first = next_;
  next_ += bodies.size();
  const std::weak_ptr<int> here = here_;
  auto heard = [this, here, entries, first, bodies,
                done = std::move(done)](const Result<void>& result) {
    if (here.expired()) return;
    if (result && alive_) {
      acknowledge(first, *entries);
      for (const tlog::Body& body : bodies) {
        if (const auto* intent = std::get_if<tlog::Intent>(&body)) {
          intents_[intent->device] = intent->counter;
        }
      }
    }
    done(result);
  };
  auto refs = journal_.append(std::move(append), std::move(heard));
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (refs[i].seq != first + i) {
      chronicle_.wrong(
          fmt::format("{}: seq {} was given, {} comes next", name_, refs[i].seq, first + i));
    }
    entries->push_back({refs[i].leaf, cash_fen(bodies[i])});
  }
  return refs;
}

void WatchedJournal::acknowledge(Seq first, const std::vector<Acknowledged>& entries) {
  if (entries.empty()) return;
  chronicle_.detail(as_text(BytesView(entries.back().leaf)));
  chronicle_.count("entries acknowledged", entries.size());
  chronicle_.expect(first == promises_.entries.size(),
                    fmt::format("{}: entry {} is acknowledged out of order", name_, first));
  promises_.entries.insert(promises_.entries.end(), entries.begin(), entries.end());
}

Task<std::vector<std::string>> WatchedJournal::read(Seq first, std::size_t max_lines,
                                                    std::size_t max_bytes) {
  auto lines = co_await journal_.read(first, max_lines, max_bytes);
  if (lines && alive_ && !lines->empty()) {
    chronicle_.expect(acknowledged(first + lines->size() - 1),
                      name_ + ": sync reads what was not acknowledged");
  }
  co_return lines;
}

bool WatchedJournal::has_intent(const std::string& device, int counter) const {
  const auto at = intents_.find(device);
  return at != intents_.end() && at->second == counter;
}

void check_reopened(SqliteJournal& journal, LogPromises& promises, bool lied, Chronicle& chronicle,
                    const std::string& name) {
  std::vector<Acknowledged> found;
  const auto read = journal.for_each_line(0, [&](Seq seq, std::string_view line) {
    const auto entry = tlog::parse_line(line);
    const bool right = entry && entry->header.seq == seq;
    if (!right) chronicle.wrong(fmt::format("{}: entry {} is not one", name, seq));
    found.push_back({tlog::leaf_hash(line), right ? cash_fen(entry->body) : 0});
  });
  chronicle.expect(read.has_value(), name + ": the log cannot be read");
  std::size_t same = 0;
  while (same < found.size() && same < promises.entries.size() &&
         found[same].leaf == promises.entries[same].leaf) {
    ++same;
  }
  const std::size_t lost = promises.entries.size() - same;
  if (lost > 0 && !lied) {
    chronicle.wrong(fmt::format("{}: {} entries were acknowledged, {} of them are there", name,
                                promises.entries.size(), same));
  }
  if (lost > 0) chronicle.event(fmt::format("{}: its disk lost {} entries", name, lost));
  const auto gone = promises.entries.begin() + static_cast<std::ptrdiff_t>(same);
  promises.gone.insert(promises.gone.end(), gone, promises.entries.end());
  promises.entries = std::move(found);
}

}  // namespace yijuan::sim
