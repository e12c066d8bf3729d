// Some batches in a row of a stored log, read together so that they can be folded on another thread
// while the next ones are read. Private to what folds whole logs: verify and rebuild.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/store/ledger_store.hpp"
#include "ledger/stored_fold.hpp"

namespace yijuan::ledger {

struct FoldChunk {
  std::vector<BatchMark> marks;
  std::vector<std::vector<std::string>> lines;  // of each batch
  std::uint64_t entries = 0;
};

/// The next batches of `left`, some thousand entries, and takes them out of it; none are left: an
/// empty chunk.
Result<FoldChunk> read_chunk(LedgerStore& store, const std::string& origin,
                             std::span<const BatchMark>& left);
/// What is wrong with the first batch that cannot be folded; those behind it are not looked at.
std::optional<std::string> add_chunk(StoredFold& fold, const FoldChunk& chunk);

}  // namespace yijuan::ledger
