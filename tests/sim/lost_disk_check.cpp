// What must be true of a box whose disk lost entries that it had promised.
#include <fmt/format.h>

#include <set>

#include "final_check.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::sim {
namespace {

/// All that the ledger has of a box, in the logs and in their forks.
struct Held {
  std::set<Hash> leaves;
  std::uint64_t pieces = 0;
  Fen cash;
  std::uint64_t disputed = 0;
  LogReading all;  // its books are of no use: several logs
};

void hold(const FinalWorld& world, const ledger::LogState& log, Held& held) {
  const auto lines = world.store.lines(log.origin, log.base, log.size() - log.base);
  if (!lines) return world.chronicle.wrong(log.origin + ": cannot be read");
  for (const std::string& line : *lines) held.leaves.insert(tlog::leaf_hash(line));
  world.chronicle.event(fmt::format("{}: entries {} to {}, {} pieces", log.origin, log.base,
                                    log.size(), log.totals.cash_count));
  held.pieces += log.totals.cash_count;
  held.cash += log.totals.cash_sum;
  held.disputed += log.totals.disputed_count;
  for (const std::string& line : *lines) held.all.learn_line(line);
}

}  // namespace

void check_after_lost_disk(const FinalWorld& world, SimBox& box) {
  Chronicle& chronicle = world.chronicle;
  Held held;
  const auto logs = world.store.logs();
  if (!logs) return chronicle.wrong("the logs cannot be read");
  for (const ledger::LogState& log : *logs) {
    if (log.box == box.id()) hold(world, log, held);
  }
  const auto epochs = box.epochs().all();
  for (const SimEpoch& epoch : epochs) {
    const auto lines = box.read_log(epoch);
    if (!lines) return chronicle.wrong(epoch.origin() + ": " + lines.error().message());
    if (epoch.number == epochs.back().number) {
      LogReading reading;
      for (const std::string& line : *lines) reading.add(chronicle, epoch.origin(), line);
      check_log(world, epoch.origin(), reading);
    }
    std::size_t absent = 0;
    for (const std::string& line : *lines)
      absent += held.leaves.contains(tlog::leaf_hash(line)) ? 0 : 1;
    chronicle.expect(absent == 0, fmt::format("{}: {} entries of the box are not with the ledger",
                                              epoch.origin(), absent));
  }
  std::uint64_t gone = 0;
  for (const auto& [origin, promises] : box.promises()) {
    for (const Acknowledged& entry : promises.gone) {
      gone += entry.cash_fen > 0 && !held.leaves.contains(entry.leaf) ? 1U : 0U;
    }
  }
  const DeviceSums coins = held.all.sums("coin"), notes = held.all.sums("note");
  const std::uint64_t taken = box.coins().taken() + box.notes().taken();
  const std::uint64_t excused = gone + held.disputed + coins.lost + notes.lost;
  const std::string figures = fmt::format(
      "{} pieces taken, {} credited, {} gone with the disk, {} disputed, {} lost, {} "
      "gaps of unknown size",
      taken, held.pieces, gone, held.disputed, coins.lost + notes.lost,
      coins.unknown + notes.unknown);
  chronicle.event(box.id() + ": " + figures);
  chronicle.count("pieces taken", taken);
  chronicle.count("pieces gone with a disk", gone);
  chronicle.expect(held.pieces <= taken, box.id() + ": a piece is counted twice: " + figures);
  chronicle.expect(taken <= held.pieces + excused || coins.unknown + notes.unknown > 0,
                   box.id() + ": a piece is missing without a word: " + figures);
}

}  // namespace yijuan::sim
