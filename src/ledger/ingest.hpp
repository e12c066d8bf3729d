// Decides what becomes of a batch: pure, but for what it reads of the store. It never cosigns a
// history that does not continue the one before: the store takes the result only if the log is
// still as it was read here.
#pragma once

#include <variant>

#include "ledger/store/ledger_store.hpp"
#include "sync/batch.hpp"
#include "sync/reply.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

/// A refusal, and the alarm that it raises, if any.
struct Answer {
  sync::BatchReply reply;
  std::optional<Alarm> alarm;
};

/// A history that differs from the cosigned one: to be kept apart, then answered.
struct Forking {
  std::optional<LogState> opened;  // a fork that is not known yet: to be added first
  Appending appending;             // to the fork
  Answer answer;
};

/// The log had been cosigned further than its entries here: to be remembered (set_floor), then the
/// batch is checked again.
struct Doubt {
  LogState log;
  std::optional<Alarm> alarm;
};

using Checked = std::variant<Appending, Answer, Forking, Doubt>;

/// Entries of forks that are kept of one log.
inline constexpr std::uint64_t kMostQuarantined = 20'000;

/// What ingest works with; all of it outlives the call.
struct Ingest {
  LedgerStore& store;
  const tlog::SigningKey& cosigner;
};

/// `box`: who sent it, as the certificate proved. An error is the store's.
Result<Checked> check_batch(const Ingest& ingest, std::string_view box, const sync::Batch& batch,
                            WallTime now);

}  // namespace yijuan::ledger
