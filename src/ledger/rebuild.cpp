#include "ledger/rebuild.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "ledger/fold_chunk.hpp"
#include "ledger/stored_fold.hpp"

namespace yijuan::ledger {
namespace {

using std::chrono::year;
constexpr domain::Day kFirstDay = year(1970) / 1 / 1;
constexpr domain::Day kLastDay = year(9999) / 12 / 31;
constexpr std::size_t kTogether = 4;  // logs; boxes send unevenly, so more than there are cores

struct Walk {
  LedgerStore& store;
  Rebuilt& report;
  const RebuildProgress& progress;
  OfficePosts office;
  std::uint64_t all = 0;

  void tell(std::vector<std::string> differences) {
    for (std::string& difference : differences) {
      report.differences.push_back(std::move(difference));
    }
  }
};

// A log on its way: while one chunk of it is folded on a thread of its own, the next is read.
class LogInFold {
 public:
  static Result<std::unique_ptr<LogInFold>> begin(Walk& walk, const LogState& stored) {
    auto fold = StoredFold::begin(walk.store, stored, walk.office);
    if (!fold) return fold.error();
    auto batches = walk.store.batches(stored.origin);
    if (!batches) return batches.error();
    return std::unique_ptr<LogInFold>(
        new LogInFold(walk, stored, *std::move(fold), *std::move(batches)));
  }

  /// False: there is no more of it, or what follows cannot be folded.
  Result<bool> step() {
    auto chunk = read_chunk(walk_.store, stored_.origin, left_);
    if (!chunk) return chunk.error();
    if (folding_.valid()) {
      wrong_ = folding_.get();
      if (wrong_) return false;
      walk_.report.entries += chunk_.entries;
      if (walk_.progress) walk_.progress(walk_.report.entries, walk_.all);
    }
    if (chunk->marks.empty()) return false;
    chunk_ = *std::move(chunk);
    folding_ = std::async(std::launch::async, [this] { return add_chunk(fold_, chunk_); });
    return true;
  }

  /// After the last step.
  Result<RebuiltLog> end() {
    if (wrong_) walk_.report.differences.push_back(*std::move(wrong_));
    auto open = walk_.store.open_cash(stored_.origin);
    if (!open) return open.error();
    walk_.tell(compare_log(stored_, fold_.log(), *open));
    ++walk_.report.logs;
    return fold_.log();
  }

 private:
  LogInFold(Walk& walk, const LogState& stored, StoredFold fold, std::vector<BatchMark> batches)
      : walk_(walk),
        stored_(stored),
        fold_(std::move(fold)),
        batches_(std::move(batches)),
        left_(batches_) {}

  Walk& walk_;
  const LogState& stored_;
  StoredFold fold_;
  std::vector<BatchMark> batches_;
  std::span<const BatchMark> left_;
  FoldChunk chunk_;
  std::optional<std::string> wrong_;
  std::future<std::optional<std::string>> folding_;  // last: waits before the rest goes
};

// To the end of each.
Result<void> step_all(const std::vector<std::unique_ptr<LogInFold>>& together) {
  std::vector<LogInFold*> open;
  open.reserve(together.size());
  for (const auto& log : together) open.push_back(log.get());
  while (!open.empty()) {
    for (LogInFold*& log : open) {
      auto more = log->step();
      if (!more) return more.error();
      if (!*more) log = nullptr;
    }
    std::erase(open, nullptr);
  }
  return {};
}

// Logs do not need each other: some are folded at once, but the store is asked by this thread only
// and always in the same order.
Result<std::vector<RebuiltLog>> fold_logs(Walk& walk, const std::vector<LogState>& stored) {
  std::vector<RebuiltLog> logs;
  for (std::size_t first = 0; first < stored.size(); first += kTogether) {
    std::vector<std::unique_ptr<LogInFold>> together;
    for (std::size_t i = first; i < std::min(stored.size(), first + kTogether); ++i) {
      auto begun = LogInFold::begin(walk, stored[i]);
      if (!begun) return begun.error();
      together.push_back(*std::move(begun));
    }
    auto stepped = step_all(together);
    if (!stepped) return stepped.error();
    for (const auto& log : together) {
      auto folded = log->end();
      if (!folded) return folded.error();
      logs.push_back(*std::move(folded));
    }
  }
  return logs;
}

Result<void> compare_all(Walk& walk, const std::vector<RebuiltLog>& logs) {
  auto rollups = walk.store.rollups(kFirstDay, kLastDay);
  if (!rollups) return rollups.error();
  auto accounts = walk.store.accounts();
  if (!accounts) return accounts.error();
  walk.tell(compare_books(*rollups, *accounts, logs));
  return {};
}

}  // namespace

Result<Rebuilt> rebuild_books(LedgerStore& store, const RebuildProgress& progress) {
  Rebuilt report;
  Walk walk{.store = store, .report = report, .progress = progress, .office = {}};
  auto stored = store.logs();
  if (!stored) return stored.error();
  for (const LogState& log : *stored) walk.all += log.size() - log.base;
  auto office = read_office_posts(store, *stored);
  if (!office) return office.error();
  walk.office = *std::move(office);
  auto logs = fold_logs(walk, *stored);
  if (!logs) return logs.error();
  auto compared = compare_all(walk, *logs);
  if (!compared) return compared.error();
  auto replaced = store.replace_books(*logs);
  if (!replaced) return replaced.error();
  return report;
}

}  // namespace yijuan::ledger
