#include "ledger/fold_chunk.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kAtOnce = 8000;  // entries read while as many are folded

}  // namespace

Result<FoldChunk> read_chunk(LedgerStore& store, const std::string& origin,
                             std::span<const BatchMark>& left) {
  FoldChunk chunk;
  while (!left.empty() && chunk.entries < kAtOnce) {
    auto lines = store.lines(origin, left.front().first, left.front().count);
    if (!lines) return lines.error();
    chunk.marks.push_back(left.front());
    chunk.lines.push_back(*std::move(lines));
    chunk.entries += left.front().count;
    left = left.subspan(1);
  }
  return chunk;
}

std::optional<std::string> add_chunk(StoredFold& fold, const FoldChunk& chunk) {
  for (std::size_t i = 0; i < chunk.marks.size(); ++i) {
    auto wrong = fold.add(chunk.marks[i], chunk.lines[i]);
    if (wrong) return wrong;
  }
  return std::nullopt;
}

}  // namespace yijuan::ledger
