// A store that fails when told to, in the two ways in which a commit can: nothing was done, or all
// was done and nobody heard of it; or whose database is away.
#pragma once

#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

class FailingStore : public LedgerStore {
 public:
  enum class Mode { none, before_commit, after_commit, away };
  explicit FailingStore(LedgerStore& store) : store_(store) {}
  Mode mode = Mode::none;
  int appends = 0;

  Result<std::vector<Appended>> append_all(std::span<const Appending* const> batches) override {
    ++appends;
    if (mode == Mode::before_commit) return {LedgerErrc::store_failed, "no space left"};
    if (mode == Mode::away) return {LedgerErrc::store_away, "connection refused"};
    auto done = store_.append_all(batches);
    if (mode == Mode::after_commit) return {LedgerErrc::store_lost, "the flush failed"};
    return done;
  }

  Result<std::optional<Box>> box(std::string_view id) override { return store_.box(id); }
  Result<std::vector<Box>> boxes() override { return store_.boxes(); }
  Result<std::optional<LogState>> log(std::string_view origin) override {
    return store_.log(origin);
  }
  Result<std::vector<LogState>> logs() override { return store_.logs(); }
  Result<std::vector<LogState>> forks(std::string_view origin) override {
    return store_.forks(origin);
  }
  Result<std::vector<domain::CashPiece>> open_cash(std::string_view origin) override {
    return store_.open_cash(origin);
  }
  Result<std::vector<std::string>> lines(std::string_view origin, Seq first,
                                         std::uint64_t count) override {
    return store_.lines(origin, first, count);
  }
  Result<std::vector<BatchMark>> batches(std::string_view origin) override {
    return store_.batches(origin);
  }
  Result<std::vector<RollupRow>> rollups(domain::Day from, domain::Day to) override {
    return store_.rollups(from, to);
  }
  Result<std::vector<AccountRow>> accounts() override { return store_.accounts(); }
  Result<std::vector<LastWord>> last_words() override { return store_.last_words(); }
  Result<std::vector<Alarm>> alarms() override { return store_.alarms(); }
  Result<void> add_box(const Box& box, const LogState& log) override {
    return store_.add_box(box, log);
  }
  Result<bool> add_log(const LogState& log) override { return store_.add_log(log); }
  Result<bool> set_floor(const LogState& log) override { return store_.set_floor(log); }
  Result<void> doubt_all() override { return store_.doubt_all(); }
  Result<Posted> post(const OfficePosting& posting) override { return store_.post(posting); }
  Result<void> set_status(std::string_view box, BoxStatus status) override {
    return store_.set_status(box, status);
  }
  Result<void> raise(const Alarm& alarm) override {
    if (mode == Mode::away) return {LedgerErrc::store_away, "connection refused"};
    return store_.raise(alarm);
  }
  Result<void> keep_last_words(std::span<const LastWord> words) override {
    if (mode == Mode::away) return {LedgerErrc::store_away, "connection refused"};
    return store_.keep_last_words(words);
  }
  Result<void> replace_books(std::span<const RebuiltLog> logs) override {
    return store_.replace_books(logs);
  }
  Result<void> rest() override { return store_.rest(); }

 private:
  LedgerStore& store_;
};

}  // namespace yijuan::ledger
