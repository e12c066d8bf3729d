#include "ledger/retold.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

// A ccTalk acceptor remembers five, the most of all; a report may have been under way.
constexpr std::size_t kEventsOfAnAcceptor = 16;
constexpr std::uint64_t kLastOfALog = 256;  // entries in which these are looked for

std::optional<tlog::Cash> cash_in(std::string_view line) {
  const auto entry = tlog::parse_line(line);
  const auto* const cash = entry ? std::get_if<tlog::Cash>(&entry->body) : nullptr;
  return cash == nullptr ? std::nullopt : std::optional(*cash);
}

// The last pieces of each acceptor, gathered from the newest history to the oldest.
class LastPieces {
 public:
  void add(const std::string& origin, Seq seq, const tlog::Cash& cash) {
    auto& told = told_[{cash.device, cash.serial}];
    if (told.size() == kEventsOfAnAcceptor) return;
    if (told.emplace(cash.counter, cash.amount).second) entries_[origin].push_back(seq);
  }
  auto take() { return std::move(entries_); }

 private:
  std::map<std::string, std::vector<Seq>> entries_;
  std::map<std::pair<std::string, std::string>, std::set<std::pair<int, Fen>>> told_;
};

// Of the fork's box, the one that was heard last first.
Result<std::vector<LogState>> other_histories(LedgerStore& store, const LogState& fork) {
  auto logs = store.logs();
  if (!logs) return logs;
  std::erase_if(
      *logs, [&](const LogState& log) { return log.box != fork.box || log.origin == fork.origin; });
  std::ranges::sort(*logs, std::ranges::greater(),
                    [](const LogState& log) { return std::pair(log.received, log.origin); });
  return logs;
}

bool is_known(const Retold& retold, const std::string& origin, Seq seq) {
  return std::ranges::any_of(retold.known, [&](const Retold::Known& known) {
    const auto at = known.pieces.find(origin);
    return at != known.pieces.end() && std::ranges::find(at->second, seq) != at->second.end();
  });
}

}  // namespace

Result<void> learn_retold(LedgerStore& store, LogState& fork) {
  auto histories = other_histories(store, fork);
  if (!histories) return histories.error();
  LastPieces last;
  for (const LogState& log : *histories) {
    const Seq from = log.origin == log_of_fork(fork.origin) ? fork.base : log.base;
    const Seq first = std::max(from, log.size() - std::min(log.size(), kLastOfALog));
    if (first >= log.size()) continue;
    auto lines = store.lines(log.origin, first, log.size() - first);
    if (!lines) return lines.error();
    for (std::size_t i = lines->size(); i-- > 0;) {
      const auto cash = cash_in((*lines)[i]);
      if (cash) last.add(log.origin, first + i, *cash);
    }
  }
  Retold::Known known{.from = std::max(fork.size(), fork.retold.own), .pieces = last.take()};
  for (auto& [origin, entries] : known.pieces) {
    std::erase_if(entries, [&](Seq seq) { return is_known(fork.retold, origin, seq); });
  }
  std::erase_if(known.pieces, [](const auto& of_log) { return of_log.second.empty(); });
  if (!known.pieces.empty()) fork.retold.known.push_back(std::move(known));
  return {};
}

Result<std::vector<RetoldPiece>> retold_pieces(LedgerStore& store, const Retold& retold) {
  std::vector<RetoldPiece> pieces;
  for (const Retold::Known& known : retold.known) {
    for (const auto& [origin, entries] : known.pieces) {
      for (const Seq seq : entries) {
        auto line = store.lines(origin, seq, 1);
        if (!line) return line.error();
        auto cash = line->empty() ? std::nullopt : cash_in(line->front());
        if (cash) pieces.push_back({.from = known.from, .cash = *std::move(cash)});
      }
    }
  }
  return pieces;
}

}  // namespace yijuan::ledger
