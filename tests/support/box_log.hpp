// A box's log in memory, with its own key: makes the batches that a box would send, and the ones
// that a broken or hostile box might.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "sync/batch.hpp"
#include "tlog/entry.hpp"
#include "tlog/key.hpp"

namespace yijuan::test {

inline const std::string kDomain = "ledger.example";

class BoxLog {
 public:
  /// Begins with an epoch entry.
  explicit BoxLog(std::string box, std::uint8_t key_number = 1);
  BoxLog(std::string box, tlog::SigningKey key);

  Seq add(const tlog::Body& body);
  /// A coin of `amount` and, if `given`, the gift that closes it.
  void add_coin(Fen amount, bool given = true);
  void add_line(std::string line) { lines_.push_back(std::move(line)); }

  /// The entries from `first` to the end (or to `end`), under a checkpoint of that size.
  [[nodiscard]] sync::Batch batch(Seq first) const { return batch(first, size()); }
  [[nodiscard]] sync::Batch batch(Seq first, std::uint64_t end) const;

  [[nodiscard]] const std::string& box() const { return box_; }
  [[nodiscard]] const tlog::SigningKey& key() const { return key_; }
  [[nodiscard]] const std::string& origin() const { return key_.verifier().name; }
  [[nodiscard]] std::uint64_t size() const { return lines_.size(); }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] std::vector<std::string>& lines() { return lines_; }

  // The next entry's clock and terms.
  WallReading clock{.time = *parse_rfc3339("2026-10-17T01:00:00.000Z"),
                    .quality = ClockQuality::ntp};
  std::string boot = "0123456789abcdef";
  Uptime up{1000};
  tlog::Terms terms{.activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};

 private:
  std::string box_;
  tlog::SigningKey key_;
  std::vector<std::string> lines_;
  std::uint64_t session_ = 0;
  std::uint64_t slip_ = 0;
};

}  // namespace yijuan::test
