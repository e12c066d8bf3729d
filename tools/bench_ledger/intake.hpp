// Full batches of many boxes on their way into a store, as in ledgerd: unpacked, parsed, hashed,
// held against their checkpoint and cosigned on one thread, stored with their sums by another.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "ledger/books.hpp"
#include "ledger/store/ledger_store.hpp"
#include "sync/batch.hpp"
#include "tlog/key.hpp"
#include "tools/bench_ledger/senders.hpp"

namespace yijuan::bench {

inline constexpr int kBoxes = 20;
inline constexpr int kTurn = 100;       // batches
inline constexpr int kCheckpoint = 25;  // batches between two rests, on either side

/// A batch that somebody else has checked.
struct Rows {
  std::string box;
  std::string origin;
  std::uint64_t first = 0;
  std::vector<std::string> lines;
  ledger::BookChanges changes;
};

class Intake {
 public:
  explicit Intake(ledger::LedgerStore& store);

  /// One turn: the batches with what they change in the books, and how long they took in
  /// milliseconds.
  std::pair<std::vector<Rows>, double> turn();
  [[nodiscard]] const tlog::VerifierKey& cosigner() const { return cosigner_.verifier(); }

 private:
  struct Sent {
    std::string box;
    Bytes body;
  };
  ledger::Appending check(const Sent& sent);
  void take(const std::vector<Sent>& sent, std::vector<Rows>& rows);

  ledger::LedgerStore& store_;
  std::vector<Sender> senders_;
  const tlog::SigningKey cosigner_{"ledger.example/cosigner", tlog::KeyType::cosignature,
                                   tlog::Seed{9}};
  const WallTime now_ = *parse_rfc3339("2027-01-01T00:00:00.000Z");
};

}  // namespace yijuan::bench
