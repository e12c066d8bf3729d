#include "final_check.hpp"

#include <fmt/format.h>

#include <map>

#include "domain/books.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::sim {
namespace {

void check_books(const FinalWorld& world, const std::string& origin, const LogReading& reading) {
  const domain::Books& books = reading.books;
  world.chronicle.expect(books.faults.empty(),
                         books.faults.empty() ? "" : origin + ": " + books.faults.front());
  world.chronicle.expect(books.gift_total + books.open_total() == books.cash_total,
                         origin + ": gifts are not their cash");
  world.chronicle.expect(books.open().empty(), origin + ": cash in no gift at the end");
  world.chronicle.expect(books.pending().empty(), origin + ": a note without an end");
}

struct Sums {
  Fen cash, gifts;
};

/// Of the ledger's books, by box.
void check_accounts(const FinalWorld& world, const std::map<std::string, Sums>& journals) {
  const auto accounts = world.store.accounts();
  const auto rollups =
      world.store.rollups(std::chrono::year(1970) / 1 / 1, std::chrono::year(9999) / 12 / 31);
  if (!accounts || !rollups) return world.chronicle.wrong("the ledger's books cannot be read");
  std::map<std::string, Fen> balance, box, gifts;
  for (const ledger::AccountRow& row : *accounts) {
    balance[row.box] += row.balance;
    if (row.key.account == "box") box[row.box] += row.balance;
  }
  for (const ledger::RollupRow& row : *rollups) gifts[row.box] += row.value.sum;
  for (const auto& [id, sum] : balance) {
    world.chronicle.expect(sum == Fen(0), id + ": its accounts do not sum to zero");
  }
  for (const auto& [id, sums] : journals) {
    world.chronicle.expect(box[id] == sums.cash,
                           fmt::format("{}: {} fen in its account, {} in its journal", id,
                                       box[id].count(), sums.cash.count()));
    world.chronicle.expect(gifts[id] == sums.gifts,
                           fmt::format("{}: {} fen of gifts in the report, {} in its journal", id,
                                       gifts[id].count(), sums.gifts.count()));
  }
}

void check_devices(const FinalWorld& world, SimBox& box, const LogReading& reading) {
  for (SoakDevice* device : {&box.coins(), &box.notes()}) {
    const std::string period = device->describe(reading);
    world.chronicle.count("pieces taken", device->taken());
    device->compare(reading, [&](bool holds, const std::string& what) {
      world.chronicle.expect(holds, fmt::format("{}: {} ({})", box.id(), what, period));
    });
  }
}

}  // namespace

void LogReading::add(Chronicle& chronicle, const std::string& origin, std::string_view line) {
  const auto entry = tlog::parse_line(line);
  chronicle.expect(entry && entry->header.seq == frontier.size(),
                   fmt::format("{}: entry {} is not the next", origin, frontier.size()));
  frontier.append(tlog::leaf_hash(line));
  if (!entry) return;
  books.add(entry->header.seq, entry->body);
  learn(entry->body);
}

void LogReading::learn_line(std::string_view line) {
  if (const auto entry = tlog::parse_line(line)) learn(entry->body);
}

void check_log(const FinalWorld& world, const std::string& origin, const LogReading& reading) {
  Chronicle& chronicle = world.chronicle;
  const auto log = world.store.log(origin);
  if (!log || !*log) return chronicle.wrong(origin + ": the ledger does not know it");
  const ledger::LogState& state = **log;
  const domain::Books& books = reading.books;
  check_books(world, origin, reading);
  chronicle.expect(state.size() == reading.frontier.size(),
                   fmt::format("{}: {} entries in the box, {} in the ledger", origin,
                               reading.frontier.size(), state.size()));
  chronicle.expect(state.frontier.root() == reading.frontier.root(),
                   origin + ": box and ledger have different histories");
  chronicle.expect(
      state.totals.cash_sum == books.cash_total && state.totals.cash_count == books.cash_count,
      origin + ": the ledger's cash is not the box's");
  chronicle.expect(
      state.totals.gift_sum == books.gift_total && state.totals.gift_count == books.gift_count,
      origin + ": the ledger's gifts are not the box's");
  chronicle.expect(state.totals.disputed_sum == books.disputed_total,
                   origin + ": the ledger's disputed notes are not the box's");
  const auto open = world.store.open_cash(origin);
  chronicle.expect(open && open->empty(), origin + ": the ledger has open cash");
  chronicle.expect(world.cosigned.size(origin) == state.size(),
                   origin + ": not all of it is cosigned");
}

void final_check(const FinalWorld& world, const std::vector<std::unique_ptr<SimBox>>& boxes) {
  std::map<std::string, Sums> sums;
  for (const auto& box : boxes) {
    if (box->disk_lied()) {
      check_after_lost_disk(world, *box);
      continue;
    }
    const SimEpoch epoch = box->epochs().all().back();
    const auto lines = box->read_log(epoch);
    if (!lines) return world.chronicle.wrong(epoch.origin() + ": " + lines.error().message());
    LogReading reading;
    for (const std::string& line : *lines) reading.add(world.chronicle, epoch.origin(), line);
    const domain::Books& books = reading.books;
    world.chronicle.count("entries at the end", lines->size());
    world.chronicle.count("gifts", books.gift_count);
    world.chronicle.count("gaps", books.lost + books.unknown_gaps);
    world.chronicle.count("disputed", books.disputed_count);
    check_log(world, epoch.origin(), reading);
    sums[box->id()] = {books.cash_total, books.gift_total};
    check_devices(world, *box, reading);
  }
  check_accounts(world, sums);
}

}  // namespace yijuan::sim
