// What the kiosk must know of its own log: a fold over the entries, taken up at the start from the
// journal's snapshot and carried on as entries are appended. Losing it costs time only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "domain/books.hpp"
#include "domain/device_health.hpp"
#include "domain/door_watch.hpp"
#include "tlog/entry.hpp"

namespace yijuan::kiosk {

/// Cash that the ledger has not cosigned: how many pieces, how much.
class UnsyncedCash {
 public:
  void add(Seq seq, Fen amount);
  /// Entries below `size` are cosigned.
  void cosigned(std::uint64_t size);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Fen sum() const { return sum_; }

  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] bool from_text(std::string_view text);

 private:
  // Pieces at even distances and of one value, as a queue of children leaves them.
  struct Run {
    Seq first = 0;
    std::uint64_t step = 1;
    std::uint64_t count = 0;
    Fen amount;
    [[nodiscard]] Seq last() const { return first + step * (count - 1); }
  };
  std::deque<Run> runs_;
  std::uint64_t count_ = 0;
  Fen sum_;
};

class History {
 public:
  /// The next entry.
  void add(Seq seq, const WallReading& at, const tlog::Body& body);

  [[nodiscard]] std::string to_snapshot() const;
  /// Nothing if `text` is not a snapshot of this version.
  static std::optional<History> from_snapshot(std::string_view text, std::uint64_t size);

  domain::Books books;
  domain::DeviceHealth health;
  domain::DoorWatch door;
  UnsyncedCash unsynced;
  std::optional<tlog::Pack> pack;        // the last one that came into force
  std::optional<tlog::Witness> witness;  // what was seen of the office's log last
  std::optional<WallTime> last_trusted;  // newest entry written with quality ntp or ledger
  std::uint64_t size = 0;                // entries taken
};

}  // namespace yijuan::kiosk
