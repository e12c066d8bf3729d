#include "cosigned_logs.hpp"

#include <fmt/format.h>

#include "tlog/checkpoint.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::sim {

std::uint64_t CosignedLogs::size(const std::string& origin) const {
  const auto at = sizes_.find(origin);
  return at == sizes_.end() ? 0 : at->second;
}

bool CosignedLogs::read_on(History& history, const std::string& origin, std::uint64_t size,
                           ledger::LedgerStore& store) {
  if (history.roots.empty()) history.roots.push_back(history.frontier.root());
  const std::uint64_t known = history.frontier.size();
  if (size <= known) return true;
  const auto lines = store.lines(origin, known, size - known);
  if (!lines || lines->size() != size - known) return false;
  for (const std::string& line : *lines) {
    history.frontier.append(tlog::leaf_hash(line));
    history.roots.push_back(history.frontier.root());
  }
  return true;
}

void CosignedLogs::released(const std::string& note, ledger::LedgerStore* store) {
  const auto end = note.find("\n\n");
  const auto checkpoint = tlog::parse_checkpoint(std::string_view(note).substr(0, end + 1));
  if (!checkpoint) return chronicle_.wrong("a cosigned note that is no checkpoint");
  chronicle_.count("cosignatures released");
  chronicle_.detail(note);
  std::uint64_t& size = sizes_[checkpoint->origin];
  size = std::max(size, checkpoint->size);
  if (store == nullptr) {
    unchecked_.push_back(*checkpoint);
  } else {
    check(*checkpoint, *store);
  }
}

void CosignedLogs::check(const tlog::Checkpoint& checkpoint, ledger::LedgerStore& store) {
  const std::string& origin = checkpoint.origin;
  const std::uint64_t size = checkpoint.size;
  const auto log = store.log(origin);
  // A store that is restored may lack it still: the history read before is what counts.
  if (!log || !*log || ((*log)->size() < size && !restored_)) {
    chronicle_.wrong(
        fmt::format("{}: a cosignature of {} left before it was stored", origin, size));
  }
  History& history = histories_[origin];
  if (!read_on(history, origin, size, store)) {
    return chronicle_.wrong(fmt::format("{}: entries below {} cannot be read", origin, size));
  }
  chronicle_.expect(history.roots[size] == checkpoint.root,
                    fmt::format("{}: two histories were cosigned at {}", origin, size));
}

void CosignedLogs::reopened(ledger::LedgerStore& store) {
  for (const tlog::Checkpoint& checkpoint : std::exchange(unchecked_, {})) {
    check(checkpoint, store);
  }
  if (restored_) return;
  for (const auto& [origin, size] : sizes_) {
    const auto log = store.log(origin);
    const std::uint64_t kept = log && *log ? (*log)->size() : 0;
    chronicle_.expect(kept >= size, fmt::format("{}: {} entries were cosigned, {} are stored",
                                                origin, size, kept));
    const auto at = histories_.find(origin);
    if (kept < size || at == histories_.end()) continue;
    chronicle_.expect(read_on(at->second, origin, kept, store) &&
                          at->second.roots[kept] == (*log)->frontier.root(),
                      fmt::format("{}: the stored root is not that of the entries", origin));
  }
}

}  // namespace yijuan::sim
