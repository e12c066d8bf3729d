// A ledger's connection to the store that it shares with others, counted call by call. It may
// inject these faults, and no others: the ledger dies before or after its nth call (done, and
// nobody heard of it); a write breaks off, and was done or not.
#pragma once

#include <functional>
#include <memory>

#include "ledger/store/ledger_store.hpp"

namespace yijuan::sim {

enum class StepFate { goes_on, breaks_before, breaks_after, dies_before, dies_after };

class StoreSteps : public ledger::LedgerStore {
 public:
  /// Asked before every call, by its name.
  using Plan = std::function<StepFate(const char* call, bool writes)>;

  StoreSteps(ledger::LedgerStore& store, Plan plan) : store_(store), plan_(std::move(plan)) {}

  Result<std::optional<ledger::Box>> box(std::string_view id) override {
    return read("box", [&] { return store_.box(id); });
  }
  Result<std::vector<ledger::Box>> boxes() override {
    return read("boxes", [&] { return store_.boxes(); });
  }
  Result<std::optional<ledger::LogState>> log(std::string_view origin) override {
    return read("log", [&] { return store_.log(origin); });
  }
  Result<std::vector<ledger::LogState>> logs() override {
    return read("logs", [&] { return store_.logs(); });
  }
  Result<std::vector<ledger::LogState>> forks(std::string_view origin) override {
    return read("forks", [&] { return store_.forks(origin); });
  }
  Result<std::vector<domain::CashPiece>> open_cash(std::string_view origin) override {
    return read("open_cash", [&] { return store_.open_cash(origin); });
  }
  Result<std::vector<std::string>> lines(std::string_view origin, Seq first,
                                         std::uint64_t count) override {
    return read("lines", [&] { return store_.lines(origin, first, count); });
  }
  Result<std::vector<ledger::BatchMark>> batches(std::string_view origin) override {
    return read("batches", [&] { return store_.batches(origin); });
  }
  Result<std::vector<ledger::RollupRow>> rollups(domain::Day from, domain::Day to) override {
    return read("rollups", [&] { return store_.rollups(from, to); });
  }
  Result<std::vector<ledger::AccountRow>> accounts() override {
    return read("accounts", [&] { return store_.accounts(); });
  }
  Result<std::vector<ledger::LastWord>> last_words() override {
    return read("last_words", [&] { return store_.last_words(); });
  }
  Result<std::vector<ledger::Alarm>> alarms() override {
    return read("alarms", [&] { return store_.alarms(); });
  }

  Result<void> add_box(const ledger::Box& box, const ledger::LogState& log) override {
    return write("add_box", [&] { return store_.add_box(box, log); });
  }
  Result<bool> add_log(const ledger::LogState& log) override {
    return write("add_log", [&] { return store_.add_log(log); });
  }
  Result<bool> set_floor(const ledger::LogState& log) override {
    return write("set_floor", [&] { return store_.set_floor(log); });
  }
  Result<void> doubt_all() override {
    return write("doubt_all", [&] { return store_.doubt_all(); });
  }
  Result<ledger::Posted> post(const ledger::OfficePosting& posting) override {
    return write("post", [&] { return store_.post(posting); });
  }
  Result<void> set_status(std::string_view box, ledger::BoxStatus status) override {
    return write("set_status", [&] { return store_.set_status(box, status); });
  }
  Result<std::vector<ledger::Appended>> append_all(
      std::span<const ledger::Appending* const> batches) override {
    return write("append_all", [&] { return store_.append_all(batches); });
  }
  Result<void> raise(const ledger::Alarm& alarm) override {
    return write("raise", [&] { return store_.raise(alarm); });
  }
  Result<void> keep_last_words(std::span<const ledger::LastWord> words) override {
    return write("keep_last_words", [&] { return store_.keep_last_words(words); });
  }
  Result<void> replace_books(std::span<const ledger::RebuiltLog> logs) override {
    return write("replace_books", [&] { return store_.replace_books(logs); });
  }
  Result<void> rest() override {
    return write("rest", [&] { return store_.rest(); });
  }

 private:
  template <class Call>
  auto read(const char* name, Call call) -> decltype(call()) {
    return run(plan_(name, false), call);
  }
  template <class Call>
  auto write(const char* name, Call call) -> decltype(call()) {
    return run(plan_(name, true), call);
  }
  template <class Call>
  auto run(StepFate fate, Call call) -> decltype(call()) {
    if (fate == StepFate::goes_on) return call();
    if (fate == StepFate::breaks_after || fate == StepFate::dies_after) {
      [[maybe_unused]] const auto unheard = call();
    }
    const bool dies = fate == StepFate::dies_before || fate == StepFate::dies_after;
    return Error(dies ? LedgerErrc::store_lost : LedgerErrc::store_away,
                 "the simulated connection");
  }

  ledger::LedgerStore& store_;
  Plan plan_;
};

}  // namespace yijuan::sim
