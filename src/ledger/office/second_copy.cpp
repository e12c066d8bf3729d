#include "ledger/office/second_copy.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "ledger/office/office_log.hpp"
#include "ledger/stored_tree.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 4096;

}  // namespace

SecondCopy::SecondCopy(std::filesystem::path folder, LedgerStore& store,
                       std::chrono::milliseconds patience)
    : folder_(std::move(folder)),
      store_(store),
      patience_(patience),
      copies_(folder_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

SecondCopy::~SecondCopy() = default;

void SecondCopy::want(const std::string& origin, std::uint64_t size) {
  const std::scoped_lock lock(lock_);
  std::uint64_t& wanted = wanted_[origin];
  wanted = std::max(wanted, size);
  changed_.notify_all();
}

bool SecondCopy::keep(const std::string& origin, std::uint64_t size) {
  std::unique_lock lock(lock_);
  std::uint64_t& wanted = wanted_[origin];
  wanted = std::max(wanted, size);
  changed_.notify_all();
  if (hangs_ || !trouble_.empty()) return false;
  const auto there = [&] { return copied_[origin] >= size || !trouble_.empty(); };
  if (!changed_.wait_for(lock, patience_, there)) {
    hangs_ = true;
    log_error("copy",
              fmt::format("{} has not answered for {} ms", folder_.string(), patience_.count()));
  }
  return copied_[origin] >= size;
}

SecondCopy::Standing SecondCopy::standing() const {
  const std::scoped_lock lock(lock_);
  if (!trouble_.empty()) return {false, trouble_};
  std::uint64_t behind = 0;
  for (const auto& [origin, size] : wanted_) {
    const auto found = copied_.find(origin);
    behind += size - std::min(size, found == copied_.end() ? 0 : found->second);
  }
  if (behind == 0) return {true, folder_.string() + ": all is copied"};
  return {!hangs_, fmt::format("{}: {} entries are not copied", folder_.string(), behind)};
}

void SecondCopy::run(const std::stop_token& stop) {
  std::unique_lock lock(lock_);
  const auto due = [this] {
    return std::ranges::any_of(wanted_,
                               [this](const auto& one) { return copied_[one.first] < one.second; });
  };
  while (!stop.stop_requested()) {
    // In trouble it tries again now and then, not for every entry.
    if (trouble_.empty()) {
      changed_.wait(lock, stop, due);
    } else {
      changed_.wait_for(lock, stop, kTryAgain, [] { return false; });
    }
    const auto wanted = wanted_;
    for (const auto& [origin, size] : wanted) {
      if (stop.stop_requested() && !trouble_.empty()) return;
      if (copied_[origin] >= size) continue;
      lock.unlock();
      auto copied = copy(origin);
      lock.lock();
      hangs_ = false;
      const std::string before = std::exchange(trouble_, copied ? "" : copied.error().message());
      if (trouble_ != before) {
        trouble_.empty() ? log_info("copy", folder_.string() + " is written again")
                         : log_error("copy", trouble_);
      }
      if (copied) copied_[origin] = *copied;
      changed_.notify_all();
      if (!copied) break;
    }
  }
}

// How far the log is in the copy now.
Result<std::uint64_t> SecondCopy::copy(const std::string& origin) {
  auto log = store_.log(origin);
  if (!log) return log.error();
  if (!*log) return {LedgerErrc::store_damaged, origin + " is gone"};
  if (is_blocked(**log)) return {LedgerErrc::office_blocked, OfficeLog::standing_of(**log)};
  if (!copies_.size(origin)) {
    auto found = find_place(**log);
    if (!found) return found.error();
  }
  std::vector<std::string> lines;
  while (*copies_.size(origin) + lines.size() < (*log)->size()) {
    auto more =
        store_.lines(origin, *copies_.size(origin) + lines.size(),
                     std::min(kAtOnce, (*log)->size() - *copies_.size(origin) - lines.size()));
    if (!more) return more.error();
    if (more->empty()) return {LedgerErrc::store_damaged, "entries of " + origin + " are missing"};
    lines.insert(lines.end(), std::make_move_iterator(more->begin()),
                 std::make_move_iterator(more->end()));
  }
  auto written = copies_.append(origin, lines, (*log)->note);
  if (!written) return written.error();
  return (*log)->size();
}

// A copy that holds more than the store, or something else, is worth more than the store: it is
// not touched.
Result<void> SecondCopy::find_place(const LogState& log) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder_, error)) {
    return {LedgerErrc::copy_unfit, folder_.string() + " is no folder; is the disk mounted?"};
  }
  auto copied = copies_.read(log.origin);
  if (!copied) return copied.error();
  if (*copied) {
    const tlog::Checkpoint& there = (*copied)->checkpoint;
    if (there.size > log.size()) {
      return {LedgerErrc::copy_unfit, fmt::format("it holds {} entries of {}, the ledger {}",
                                                  there.size, log.origin, log.size())};
    }
    auto here = frontier_at(store_, log, there.size);
    if (!here) return here.error();
    if (here->root() != there.root) {
      return {LedgerErrc::copy_unfit, "it holds another history of " + log.origin};
    }
  }
  copies_.begin(log.origin, *copied);
  return {};
}

}  // namespace yijuan::ledger
