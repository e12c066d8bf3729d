#include "sync/journal_batch.hpp"

#include "async/cancellation.hpp"
#include "sync/errc.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::sync {

Task<SignedBatch> make_batch(Journal& journal, const tlog::SigningKey& log_key, Seq first,
                             BatchSize size) {
  auto lines = co_await journal.read(first, size.entries, size.bytes);
  const bool stopping = co_await is_cancelled();
  if (stopping) co_return AsyncErrc::cancelled;
  if (!lines) co_return lines.error();
  if (lines->empty() || lines->size() > kMostEntries) {
    co_return Error(SyncErrc::bad_batch, "the journal gave no entries");
  }
  const std::uint64_t end = first + lines->size();
  auto root = co_await journal.root_at(end);
  if (!root) co_return root.error();
  const std::string& origin = log_key.verifier().name;
  SignedBatch made{
      .batch = {.origin = origin, .first = first, .lines = *std::move(lines), .checkpoint = {}},
      .checkpoint = {origin, end, *root}};
  made.batch.checkpoint = tlog::sign_checkpoint(made.checkpoint, log_key);
  made.batch.cosigned = journal.cosigned().value_or("");
  co_return made;
}

Task<bool> take_cosigned(Journal& journal, const tlog::VerifierKey& log,
                         const tlog::VerifierKey& cosigner, std::string note) {
  const auto checkpoint = tlog::open_checkpoint(note, log);
  if (!checkpoint) co_return Error(SyncErrc::bad_reply, checkpoint.error().message());
  const auto when = tlog::cosigned_at(note, cosigner);
  if (!when) co_return Error(SyncErrc::bad_reply, when.error().message());
  if (checkpoint->size <= journal.cosigned_size()) co_return false;
  if (checkpoint->size > journal.head().size) {
    co_return Error(SyncErrc::bad_reply, "it is of more entries than are here");
  }
  auto root = co_await journal.root_at(checkpoint->size);
  if (!root) co_return root.error();
  if (*root != checkpoint->root) {
    co_return Error(SyncErrc::bad_reply, "it is of other entries than are here");
  }
  auto stored = co_await journal.store_cosigned(checkpoint->size, std::move(note));
  if (!stored) co_return stored.error();
  co_return true;
}

}  // namespace yijuan::sync
