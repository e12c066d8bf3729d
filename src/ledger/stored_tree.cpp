#include "ledger/stored_tree.hpp"

#include <algorithm>

#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 4096;

// Hands over the leaves of entries `first` to `end` in order.
template <class Each>
Result<void> for_each_leaf(LedgerStore& store, std::string_view origin, Seq first,
                           std::uint64_t end, Each each) {
  while (first < end) {
    const std::uint64_t wanted = std::min(kAtOnce, end - first);
    auto lines = store.lines(origin, first, wanted);
    if (!lines) return lines.error();
    if (lines->size() != wanted) {
      return {LedgerErrc::store_damaged, "entries of " + std::string(origin) + " are missing"};
    }
    for (const std::string& line : *lines) each(tlog::leaf_hash(line));
    first += wanted;
  }
  return {};
}

}  // namespace

Result<tlog::Frontier> frontier_at(LedgerStore& store, const LogState& log, std::uint64_t size) {
  tlog::Frontier frontier;
  const auto append = [&frontier](const Hash& leaf) { frontier.append(leaf); };
  const Seq base = std::min(log.base, size);
  auto read = for_each_leaf(store, log_of_fork(log.origin), 0, base, append);
  if (read) read = for_each_leaf(store, log.origin, base, size, append);
  if (!read) return read.error();
  return frontier;
}

Result<std::vector<Hash>> leaves_of(LedgerStore& store, std::string_view origin, Seq first,
                                    std::uint64_t end) {
  std::vector<Hash> leaves;
  auto read = for_each_leaf(store, origin, first, end,
                            [&leaves](const Hash& leaf) { leaves.push_back(leaf); });
  if (!read) return read.error();
  return leaves;
}

}  // namespace yijuan::ledger
