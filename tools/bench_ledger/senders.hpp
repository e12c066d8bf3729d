// Boxes that send full batches: cash and the gift that closes it, in turn, or what else is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "ledger/log_state.hpp"
#include "sync/batch.hpp"
#include "tlog/entry.hpp"
#include "tlog/frontier.hpp"
#include "tlog/key.hpp"

namespace yijuan::bench {

/// What a log says after its first entry, and when.
struct Story {
  struct Said {
    std::chrono::milliseconds after;  // the start
    tlog::Body body;
  };
  WallTime start;
  std::function<Said(Seq seq, const Hash& noise)> tell;
};
/// A coin and its gift, every 40 seconds.
Story coins_and_gifts();

class Sender {
 public:
  explicit Sender(int number, Story story = coins_and_gifts());

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
  Story story_;
};

}  // namespace yijuan::bench
