// What becomes of the office's log after a restore: what the second copy has is taken back, and a
// person lets it go on.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/log_fold.hpp"
#include "ledger/office/office_log.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

constexpr int kMostTries = 8;

Error unfit(const std::string& origin, std::string_view why) {
  return {LedgerErrc::copy_unfit, fmt::format("{}: {}", origin, why)};
}

}  // namespace

Result<void> OfficeLog::make_row() {
  auto log = current();
  if (!log) return log.error();
  auto added = parts_.store.add_log(*log);
  return added ? Result<void>() : added.error();
}

Result<std::uint64_t> OfficeLog::complete_from(const CopyFolder& folder) {
  const std::scoped_lock lock(writing_);
  auto newest = newest_in_copy(folder, parts_.key);
  if (!newest) return newest.error();
  if (!*newest) return 0;
  const std::uint64_t last = OfficeOrigin::parse((*newest)->checkpoint.origin)->number;
  std::uint64_t taken = 0;
  for (std::uint64_t number = 1; number <= last; ++number) {
    auto copied = folder.read(parts_.key.origin(number));
    if (!copied) return copied.error();
    if (!*copied) continue;
    auto completed = complete(**copied, number);
    if (!completed) return completed;
    taken += *completed;
  }
  const std::scoped_lock standing(standing_lock_);
  number_ = std::max(number_, last);
  return taken;
}

// The entries that the copy has beyond the log, with the checkpoint that they were signed under.
Result<std::uint64_t> OfficeLog::complete(const CopiedLog& copied, std::uint64_t number) {
  const std::string& origin = copied.checkpoint.origin;
  auto signed_one = tlog::open_checkpoint(copied.note, parts_.key.verifier(number));
  if (!signed_one) return unfit(origin, signed_one.error().message());
  auto log = stored(number);
  if (!log) return log.error();
  if (copied.checkpoint.size <= log->size()) return 0;
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
  tlog::Frontier before;
  for (const std::string& line : copied.lines) {
    const Hash leaf = tlog::leaf_hash(line);
    if (before.size() < log->size()) {
      before.append(leaf);
      continue;
    }
    auto entry = tlog::parse_line(line);
    if (!entry || entry->header.seq != log->size() + entries.size()) {
      return unfit(origin, "it holds a line that is no entry");
    }
    entries.push_back(*std::move(entry));
    leaves.push_back(leaf);
  }
  if (before != log->frontier) return unfit(origin, "it holds another history");
  auto added = parts_.store.add_log(*log);
  if (!added) return added.error();
  log->unsure = true;
  LogFold fold(*log, {});
  fold.add_batch(entries, leaves, parts_.clock.now().time);
  Appending appending{.expected_size = log->size(),
                      .lines = {copied.lines.begin() + static_cast<std::ptrdiff_t>(log->size()),
                                copied.lines.end()},
                      .next = fold.state(),
                      .changes = fold.changes(),
                      .alarms = {}};
  appending.next.note = copied.note;
  auto appended = parts_.store.append(appending);
  if (!appended) return appended.error();
  if (*appended == Appended::moved) return unfit(origin, "another ledger writes it");
  return entries.size();
}

Result<void> OfficeLog::settle() {
  const std::scoped_lock lock(writing_);
  for (int i = 0; i < kMostTries; ++i) {
    auto log = current();
    if (!log) return log.error();
    if (log->floor) {
      auto reached = begins_with({log->origin, log->floor->size, log->floor->root});
      if (!reached) return reached.error();
      if (!*reached) return {LedgerErrc::office_blocked, standing_of(*log)};
    }
    log->floor.reset();
    log->unsure = false;
    auto set = parts_.store.set_floor(*log);
    if (!set) return set.error();
    if (!*set) continue;
    stand(*log);
    return {};
  }
  return {LedgerErrc::store_busy, "another ledger keeps writing the office's log"};
}

}  // namespace yijuan::ledger
