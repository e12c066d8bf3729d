// A fold over a log's entries: which cash is in no gift yet, the newest slip number, and the sums
// that any reader of the log must agree on. The kiosk reads it at its start, the ledger as entries
// arrive, tests after every step.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fen.hpp"
#include "base/ids.hpp"
#include "tlog/entry.hpp"

namespace yijuan::domain {

/// A piece of cash as its entry states it.
struct CashPiece {
  Seq seq = 0;
  Fen amount;
  std::uint64_t session = 0;
  tlog::Terms terms;
};

/// An intent whose note is neither credited nor returned nor disputed yet.
struct PendingNote {
  Seq seq = 0;
  tlog::Intent intent;
  friend bool operator==(const PendingNote&, const PendingNote&) = default;
};

/// The box was opened or moved, and nobody may have done so.
bool is_tamper(const tlog::Door& door);

class Books {
 public:
  /// Takes the next entry. An entry that contradicts the ones before it (a gift of cash that does
  /// not exist or is already given, a sum that is not its cash's) is posted as far as it is true
  /// and named in `faults`: a damaged or hostile log must not stop the reader.
  void add(Seq seq, const tlog::Body& body);

  std::uint64_t cash_count = 0;  // pieces for gifts
  Fen cash_total;
  std::uint64_t test_count = 0;  // pieces for tests
  Fen test_total;
  std::uint64_t gift_count = 0;
  Fen gift_total;
  std::uint64_t disputed_count = 0;  // notes of which nobody knows whether they are in the box
  Fen disputed_total;
  std::uint64_t tampers = 0;       // times that the box was opened or moved without authority
  std::uint64_t lost = 0;          // events that acceptors lost, as far as they could tell
  std::uint64_t unknown_gaps = 0;  // gaps of unknown size
  std::uint64_t last_slip = 0;
  std::vector<std::string> faults;

  /// Cash in no gift, by seq.
  [[nodiscard]] const std::map<Seq, CashPiece>& open() const { return open_; }
  [[nodiscard]] Fen open_total() const;
  /// Notes about to be stacked, by device; at most one each.
  [[nodiscard]] const std::map<std::string, PendingNote>& pending() const { return pending_; }
  [[nodiscard]] Fen pending_total() const;

 private:
  void add_cash(Seq seq, const tlog::Cash& cash);
  void add_gift(Seq seq, const tlog::Gift& gift);
  void add_intent(Seq seq, const tlog::Intent& intent);
  void add_disputed(Seq seq, const tlog::Disputed& disputed);
  std::optional<Fen> resolve(Seq seq, const std::string& device, Seq intent);
  void close(std::map<Seq, CashPiece>::iterator piece);
  void post(Fen& total, Fen amount, Seq seq);
  void note(Seq seq, const std::string& what);

  std::map<Seq, CashPiece> open_;
  std::map<std::string, PendingNote> pending_;
  std::map<std::uint64_t, std::size_t> sessions_;  // pieces open in each
};

}  // namespace yijuan::domain
