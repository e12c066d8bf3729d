#include "ledger/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "async/errc.hpp"
#include "io/files.hpp"
#include "ledger/log_check.hpp"
#include "ledger/verify_snapshot.hpp"

namespace yijuan::ledger {
namespace {

constexpr int kMostRounds = 20;
constexpr int kRoundsOfFaults = 2;  // a posting of the office may come just after its entry
constexpr std::uint64_t kBetweenSaves = 500'000;  // entries
constexpr std::size_t kLargestState = std::size_t{64} * 1024 * 1024;

using Logs = std::span<const LogState>;

// The logs of one box after the other.
std::vector<Logs> boxes_of(const VerifySnapshot& snapshot) {
  std::vector<Logs> boxes;
  const Logs all(snapshot.logs);
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    while (end < all.size() && all[end].box == all[first].box) ++end;
    boxes.push_back(all.subspan(first, end - first));
  }
  return boxes;
}

class Verifier {
 public:
  explicit Verifier(const Verification& verification) : verification_(verification) {}

  Result<Verified> run() {
    read_state();
    auto done = verification_.origin.empty() ? check_all() : check_one();
    if (!done) {
      if (done.error() == make_error_code(AsyncErrc::cancelled)) static_cast<void>(save_state());
      return done.error();
    }
    if (!verification_.state_file.empty() && verification_.origin.empty()) {
      std::error_code ignored;
      std::filesystem::remove(verification_.state_file, ignored);
    }
    return report_;
  }

 private:
  struct CheckedBox {
    std::vector<std::string> notes;
    std::vector<std::string> wrong;
    std::set<std::string> state;  // its lines of the state file
    std::uint64_t entries = 0;
  };

  // Every box once, and again where it moved meanwhile.
  Result<void> check_all() {
    std::set<std::string> done;
    for (int round = 1;; ++round) {
      auto snapshot = VerifySnapshot::take(verification_.store);
      if (!snapshot) return snapshot.error();
      if (round == 1) count_all(*snapshot);
      bool again = false;
      for (const Logs& logs : boxes_of(*snapshot)) {
        if (done.contains(logs.front().box)) continue;
        auto settled = check_box(*snapshot, logs, round);
        if (!settled) return settled.error();
        if (*settled) done.insert(logs.front().box);
        again = again || !*settled;
      }
      if (!again) return {};
    }
  }

  // False: it must be tried again.
  Result<bool> check_box(const VerifySnapshot& snapshot, Logs logs, int round) {
    const std::string& box = logs.front().box;
    const bool moved = snapshot.moved.contains(box);
    if (moved && round < kMostRounds) return false;
    auto checked = check_logs(snapshot, logs, !moved);
    if (!checked) return checked.error();
    if (!checked->wrong.empty() && round < kRoundsOfFaults) return false;
    if (moved) checked->wrong.push_back(box + ": it sends too often for its books to be compared");
    report_.notes.insert(report_.notes.end(), checked->notes.begin(), checked->notes.end());
    report_.wrong.insert(report_.wrong.end(), checked->wrong.begin(), checked->wrong.end());
    report_.logs += logs.size();
    report_.entries += checked->entries;
    if (checked->wrong.empty()) state_.merge(checked->state);
    if (entries_since_save_ < kBetweenSaves) return true;
    auto saved = save_state();
    if (!saved) return saved.error();
    return true;
  }

  Result<CheckedBox> check_logs(const VerifySnapshot& snapshot, Logs logs, bool with_books) {
    CheckedBox box;
    std::vector<LogCheck> checks;
    bool known = true;
    for (const LogState& log : logs) {
      LogCheck& check = checks.emplace_back(verification_, snapshot, log);
      auto read = check.read_published();
      if (!read) return read.error();
      if (check.hole()) box.notes.push_back(*check.hole());
      box.state.insert(state_line(log, check.shown()));
      known = known && check.wrong().empty();
    }
    if (known && std::ranges::includes(state_, box.state)) {
      report_.before += logs.size();
      for (const LogState& log : logs) tell_progress(log.size() - log.base);
      return box;
    }
    std::vector<RebuiltLog> folded;
    for (LogCheck& check : checks) {
      auto log = check.run([&](std::uint64_t entries) {
        box.entries += entries;
        entries_since_save_ += entries;
        tell_progress(entries);
      });
      if (!log) return log.error();
      folded.push_back(*std::move(log));
      box.wrong.insert(box.wrong.end(), check.wrong().begin(), check.wrong().end());
    }
    if (with_books) compare(snapshot, folded, box.wrong);
    return box;
  }

  static void compare(const VerifySnapshot& snapshot, const std::vector<RebuiltLog>& folded,
                      std::vector<std::string>& wrong) {
    const std::string& box = folded.front().state.box;
    const auto rollups = snapshot.rollups.find(box);
    const auto accounts = snapshot.accounts.find(box);
    auto differences = compare_books(
        rollups == snapshot.rollups.end() ? std::span<const RollupRow>() : rollups->second,
        accounts == snapshot.accounts.end() ? std::span<const AccountRow>() : accounts->second,
        folded);
    for (std::string& difference : differences) wrong.push_back(std::move(difference));
  }

  // One log alone: its box's books are of other logs too.
  Result<void> check_one() {
    auto snapshot = VerifySnapshot::take(verification_.store);
    if (!snapshot) return snapshot.error();
    const auto log = std::ranges::find(snapshot->logs, verification_.origin, &LogState::origin);
    if (log == snapshot->logs.end()) {
      return {LedgerErrc::not_done, "there is no log " + verification_.origin};
    }
    snapshot->logs = {*log};
    count_all(*snapshot);
    auto checked = check_logs(*snapshot, snapshot->logs, false);
    if (!checked) return checked.error();
    report_.logs = 1;
    report_.entries = checked->entries;
    report_.notes = std::move(checked->notes);
    report_.wrong = std::move(checked->wrong);
    return {};
  }

  void count_all(const VerifySnapshot& snapshot) {
    for (const LogState& log : snapshot.logs) of_ += log.size() - log.base;
  }

  void tell_progress(std::uint64_t entries) {
    done_ = std::min(done_ + entries, of_);
    if (verification_.progress) verification_.progress(done_, of_);
  }

  static std::string state_line(const LogState& log, std::uint64_t shown) {
    return fmt::format("{} {} {} {}", log.origin, log.size(), to_base64(log.frontier.root()),
                       shown);
  }

  [[nodiscard]] std::string state_head() const {
    return "yijuan-verify-v1 " + verification_.cosigner.text();
  }

  void read_state() {
    if (verification_.state_file.empty() || verification_.fresh) return;
    const auto content = read_file(verification_.state_file, kLargestState);
    if (!content) return;
    std::string_view text = *content;
    std::set<std::string> lines;
    bool first = true;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) return;
      const std::string line(text.substr(0, end));
      text.remove_prefix(end + 1);
      if (first && line != state_head()) return;  // of another ledger
      if (!first) lines.insert(line);
      first = false;
    }
    state_ = std::move(lines);
  }

  Result<void> save_state() {
    entries_since_save_ = 0;
    if (verification_.state_file.empty() || !verification_.origin.empty()) return {};
    std::string text = state_head() + "\n";
    for (const std::string& line : state_) text += line + "\n";
    return write_file_atomically(verification_.state_file, text, 0600);
  }

  const Verification& verification_;
  Verified report_;
  std::set<std::string> state_;
  std::uint64_t entries_since_save_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t of_ = 0;
};

}  // namespace

Result<Verified> verify_store(const Verification& verification) {
  return Verifier(verification).run();
}

}  // namespace yijuan::ledger
