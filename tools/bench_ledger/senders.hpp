// Boxes that send full batches: cash and the gift that closes it, in turn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "ledger/log_state.hpp"
#include "sync/batch.hpp"
#include "tlog/entry.hpp"
#include "tlog/frontier.hpp"
#include "tlog/key.hpp"

namespace yijuan::bench {

class Sender {
 public:
  explicit Sender(int number);

  /// The next entries, as a box sends them.
  sync::Batch next_batch(std::size_t count = sync::kMostEntries);
  /// As if all entries before `size` had been sent.
  void go_to(std::uint64_t size);
  [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
  /// What the office enrols.
  [[nodiscard]] ledger::LogState log() const;
  [[nodiscard]] const std::string& box() const { return box_; }

 private:
  std::string next_line();

  std::string box_;
  tlog::SigningKey key_;
  tlog::Frontier frontier_;
  std::uint64_t slip_ = 0;
};

}  // namespace yijuan::bench
