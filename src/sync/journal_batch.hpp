// What leaves a box's journal for the ledger, and what comes back into it, however it travels: over
// the network or on a USB stick.
#pragma once

#include "async/task.hpp"
#include "ports/journal.hpp"
#include "sync/batch.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/key.hpp"

namespace yijuan::sync {

struct BatchSize {
  std::size_t entries = kMostEntries;
  std::size_t bytes = std::size_t{512} * 1024;  // of entry lines, about
};

struct SignedBatch {
  Batch batch;
  tlog::Checkpoint checkpoint;  // of its end
};

/// Durable entries from `first`, under a checkpoint signed by the log's key, with the newest
/// cosigned note. SyncErrc::bad_batch if there is none; errors of the journal.
Task<SignedBatch> make_batch(Journal& journal, const tlog::SigningKey& log_key, Seq first,
                             BatchSize size);

/// Keeps a note that the ledger cosigned: believed only if it is a checkpoint of this log as it is
/// here, with the ledger's cosignature. False: it is not newer than what is kept.
/// SyncErrc::bad_reply, with why it is not believed.
Task<bool> take_cosigned(Journal& journal, const tlog::VerifierKey& log,
                         const tlog::VerifierKey& cosigner, std::string note);

}  // namespace yijuan::sync
