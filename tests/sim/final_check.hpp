// What must be true when a day has come to its end: journals, ledger and what lies in the boxes say
// the same to the fen (I3, I5, I6, I8).
#pragma once

#include <memory>
#include <vector>

#include "chronicle.hpp"
#include "cosigned_logs.hpp"
#include "sim_box.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::sim {

struct FinalWorld {
  Chronicle& chronicle;
  CosignedLogs& cosigned;
  ledger::LedgerStore& store;
};

/// A log as its lines say, read from the beginning.
struct LogReading : SoakLog {
  domain::Books books;
  tlog::Frontier frontier;

  [[nodiscard]] std::optional<CounterMark> mark(const std::string&) const override {
    return std::nullopt;
  }
  /// The next line of that log.
  void add(Chronicle& chronicle, const std::string& origin, std::string_view line);
  /// Of any log: for sums() alone.
  void learn_line(std::string_view line);
};

/// The log in use: whole, closed, and the same in the ledger.
void check_log(const FinalWorld& world, const std::string& origin, const LogReading& reading);
/// A box whose disk lost what it had promised: whatever was not lost is with the ledger, no piece
/// is counted twice, and no more is missing than was lost.
void check_after_lost_disk(const FinalWorld& world, SimBox& box);
/// REQUIRES: the boxes have stopped.
void final_check(const FinalWorld& world, const std::vector<std::unique_ptr<SimBox>>& boxes);

}  // namespace yijuan::sim
