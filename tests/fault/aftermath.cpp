#include "tests/fault/aftermath.hpp"

#include <fmt/format.h>

#include "journal/errc.hpp"
#include "tests/support/run_task.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::fault {
namespace {

struct Read {
  std::vector<std::string> lines;
  std::optional<JournalSnapshot> snapshot;
  Aftermath aftermath;
};

Read read(test::SimDisk& disk) {
  Read read;
  asio::io_context loop;
  SimClock clock(loop, std::chrono::seconds(1));
  kiosk::FakeWall wall(clock);
  test::SeededRandom random(9);
  JournalOptions options = GiftFlow::options(disk);
  options.create = false;
  auto journal = SqliteJournal::open(loop.get_executor(), wall, random, options);
  if (!journal) {
    if (journal.error() == make_error_code(JournalErrc::absent)) return read;  // of no entries
    read.aftermath = {Found::refused, journal.error().message()};
    return read;
  }
  read.snapshot = (*journal)->snapshot();
  const auto all = (*journal)->for_each_line(
      0, [&read](Seq, std::string_view line) { read.lines.emplace_back(line); });
  auto verified = test::run_task(loop, (*journal)->verify({}));
  if (!verified) {
    read.aftermath = {Found::damaged, verified.error().message()};
  } else if (!all) {
    read.aftermath = {Found::wrong, "verified, but not read: " + all.error().message()};
  }
  return read;
}

Aftermath compare(const Read& read, const Promises& promises) {
  for (Seq seq = 0; seq < read.lines.size(); ++seq) {
    const Hash leaf = tlog::leaf_hash(read.lines[seq]);
    const auto written = promises.written.find(seq);
    if (promises.cut_off && written == promises.written.end()) continue;
    if (written == promises.written.end() || !written->second.contains(leaf)) {
      return {Found::wrong, fmt::format("entry {} was never written", seq)};
    }
    const auto said = promises.acknowledged.find(seq);
    if (said != promises.acknowledged.end() && said->second != leaf) {
      return {Found::wrong, fmt::format("entry {} is another than was acknowledged", seq)};
    }
  }
  if (read.snapshot && !promises.snapshots.contains(sha256(as_bytes(read.snapshot->text)))) {
    return {Found::wrong, "a snapshot that nobody took"};
  }
  const std::uint64_t known =
      promises.acknowledged.empty() ? 0 : promises.acknowledged.rbegin()->first + 1;
  if (read.lines.size() >= known) return {};
  return {Found::shorter, fmt::format("{} of {} entries", read.lines.size(), known)};
}

/// Every coin of the acceptor, once; or never, if the log says that there is a gap.
Aftermath count_coins(const Read& read, const Promises& promises) {
  std::map<int, int> times;
  bool gap = false;
  for (const std::string& line : read.lines) {
    const auto entry = tlog::parse_line(line);
    if (!entry) return {Found::wrong, "a line that cannot be read"};
    if (const auto* cash = std::get_if<tlog::Cash>(&entry->body)) ++times[cash->counter];
    gap = gap || std::holds_alternative<tlog::Gap>(entry->body);
  }
  for (const auto& [number, fen] : promises.coins) {
    const int count = times[number];
    if (count == 1 || (count == 0 && gap)) continue;
    return {Found::wrong, fmt::format("coin {} is in the log {} times", number, count)};
  }
  if (times.size() > promises.coins.size()) return {Found::wrong, "a coin that never fell"};
  return {};
}

}  // namespace

Aftermath look(test::SimDisk& disk, const Promises& promises) {
  const Read found = read(disk);
  return found.aftermath.found == Found::whole ? compare(found, promises) : found.aftermath;
}

Aftermath inspect(test::SimDisk& disk, const Promises& promises) {
  const Read first = read(disk);
  if (first.aftermath.found != Found::whole) return first.aftermath;
  const Aftermath found = compare(first, promises);
  if (found.found == Found::wrong) return found;
  // The box goes on. A shorter log is one that nobody has told yet: so it is believed.
  Promises next = promises;
  next.broken.clear();
  next.cut_off = false;
  for (Seq seq = 0; seq < first.lines.size(); ++seq) {
    next.written[seq].insert(tlog::leaf_hash(first.lines[seq]));
  }
  if (found.found == Found::shorter) {
    std::erase_if(next.acknowledged,
                  [&](const auto& entry) { return entry.first >= first.lines.size(); });
  }
  GiftFlow flow(disk, next);
  if (flow.go_on() != FlowEnd::whole) return {Found::wrong, "does not go on: " + flow.error()};
  if (!next.broken.empty()) return {Found::wrong, next.broken.front()};
  const Read last = read(disk);
  if (last.aftermath.found != Found::whole) {
    return {Found::wrong, "goes on, but then: " + last.aftermath.why};
  }
  Aftermath counted = compare(last, next);
  if (counted.found == Found::whole) counted = count_coins(last, next);
  if (counted.found != Found::whole) return {Found::wrong, "goes on, but then: " + counted.why};
  return found;
}

}  // namespace yijuan::fault
