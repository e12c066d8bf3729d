// The box's log on its own disk. Order: append() assigns seq, time, salt and leaf hash at once, in
// call order; the journal's executor commits; `done` runs on the loop after the commit, in call
// order. Nothing that depends on an entry may be shown before its `done`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/hash.hpp"
#include "ports/device_fact.hpp"
#include "tlog/entry.hpp"

namespace yijuan {

/// An entry as assigned: what a slip and a gift refer to.
struct EntryRef {
  Seq seq = 0;
  Hash leaf{};
  WallReading at;
};

/// The durable log: `size` entries with Merkle tree root `root`.
struct LogHead {
  std::uint64_t size = 0;
  Hash root{};
};

/// What becomes durable together, in one transaction.
struct Append {
  std::vector<tlog::Body> bodies;  // may be empty: `done` then waits for what is ahead of it
  std::vector<CounterMark> marks;
};

class Journal {
 public:
  /// Success, or a fatal error: memory and disk may disagree, take no more money.
  using Done = std::function<void(Result<void>)>;

  virtual ~Journal() = default;

  /// Queues `append`. The refs are of its bodies, in order.
  virtual std::vector<EntryRef> append(Append append, Done done) = 0;
  /// The seq that the next appended entry will get.
  [[nodiscard]] virtual Seq next_seq() const = 0;
  /// The durable log.
  [[nodiscard]] virtual LogHead head() const = 0;

  /// Durable entry lines from `first`, at most `max_lines` and about `max_bytes`.
  virtual Task<std::vector<std::string>> read(Seq first, std::size_t max_lines,
                                              std::size_t max_bytes) = 0;
  /// Root of the first `size` durable entries.
  virtual Task<Hash> root_at(std::uint64_t size) = 0;

  /// The newest checkpoint that the ledger cosigned (a signed note), if any.
  [[nodiscard]] virtual std::optional<std::string> cosigned() const = 0;
  /// Number of entries covered by it; 0 if none.
  [[nodiscard]] virtual std::uint64_t cosigned_size() const = 0;
  /// Stores a newer one. It need not be durable at once: the ledger keeps it too.
  virtual Task<void> store_cosigned(std::uint64_t size, std::string note) = 0;
};

}  // namespace yijuan
