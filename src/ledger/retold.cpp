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
  explicit LastPieces(Retold& retold) : retold_(retold) {}

  void add(const std::string& origin, Seq seq, const tlog::Cash& cash) {
    auto& told = told_[{cash.device, cash.serial}];
    if (told.size() == kEventsOfAnAcceptor) return;
    if (told.emplace(cash.counter, cash.amount).second) retold_.pieces[origin].push_back(seq);
  }

 private:
  Retold& retold_;
  std::map<std::pair<std::string, std::string>, std::set<std::pair<int, Fen>>> told_;
};

}  // namespace

Result<Retold> find_retold(LedgerStore& store, const LogState& fork, Seq own) {
  auto histories = store.logs();
  if (!histories) return histories.error();
  std::erase_if(*histories, [&](const LogState& log) {
    return log.box != fork.box || log.kind == LogKind::office;
  });
  std::ranges::sort(*histories, std::ranges::greater(),
                    [](const LogState& log) { return std::pair(log.received, log.origin); });
  Retold retold{.own = own};
  LastPieces last(retold);
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
  return retold;
}

Result<std::vector<tlog::Cash>> retold_pieces(LedgerStore& store, const Retold& retold) {
  std::vector<tlog::Cash> pieces;
  for (const auto& [origin, entries] : retold.pieces) {
    for (const Seq seq : entries) {
      auto line = store.lines(origin, seq, 1);
      if (!line) return line.error();
      auto cash = line->empty() ? std::nullopt : cash_in(line->front());
      if (cash) pieces.push_back(*std::move(cash));
    }
  }
  return pieces;
}

}  // namespace yijuan::ledger
