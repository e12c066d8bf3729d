#include "journal/mark.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/format.hpp"

namespace yijuan::journal {
namespace {

std::string text_of(const CounterMark& mark) {
  return fmt::format("{}\n{}\n{}\n{}\n", mark.device, mark.serial, mark.counter,
                     mark.quiet ? 1 : 0);
}

Error damaged(const std::string& device, std::string_view why = {}) {
  return {JournalErrc::damaged, fmt::format("the mark of {}{}", device, why)};
}

/// Rows of device, serial, counter, quiet, hash, size.
template <class HashOf>
Result<std::vector<StoredMark>> read_rows(Database& database, const char* sql, const HashOf& hash) {
  auto select = database.prepare(sql);
  if (!select) return select.error();
  std::vector<StoredMark> marks;
  while (true) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return marks;
    StoredMark stored{.mark = {.device = std::string(select->text(0)),
                               .serial = std::string(select->text(1)),
                               .counter = static_cast<int>(select->number(2)),
                               .quiet = select->number(3) != 0},
                      .size = static_cast<std::uint64_t>(select->number(5))};
    if (!std::ranges::equal(hash(stored), select->bytes(4))) return damaged(stored.mark.device);
    marks.push_back(std::move(stored));
  }
}

}  // namespace

Hash hash_of(const StoredMark& stored) {
  return sha256(as_bytes(text_of(stored.mark) + fmt::format("{}\n", stored.size)));
}

Result<void> put_mark(Statement& put, const StoredMark& stored) {
  const Hash hash = hash_of(stored);
  put.bind(1, std::string_view(stored.mark.device));
  put.bind(2, std::string_view(stored.mark.serial));
  put.bind(3, std::int64_t{stored.mark.counter});
  put.bind(4, std::int64_t{stored.mark.quiet ? 1 : 0});
  put.bind(5, static_cast<std::int64_t>(stored.size));
  put.bind(6, BytesView(hash));
  return put.run();
}

Result<std::vector<StoredMark>> read_marks(Database& database) {
  return read_rows(database, "SELECT device, serial, counter, quiet, hash, size FROM mark",
                   hash_of);
}

Result<void> upgrade_marks(Database& database) {
  auto marks =
      read_rows(database,
                "SELECT device, serial, counter, quiet, hash, (SELECT size FROM head) "
                "FROM mark",
                [](const StoredMark& stored) { return sha256(as_bytes(text_of(stored.mark))); });
  if (!marks) return marks.error();
  auto done =
      database.run(fmt::format("BEGIN IMMEDIATE; DROP TABLE mark; {};"
                               "PRAGMA user_version = {}",
                               kMarkTable, kFormatVersion));
  if (!done) return done;
  auto put = database.prepare(kPutMark);
  if (!put) return put.error();
  for (const StoredMark& stored : *marks) {
    if (done) done = put_mark(*put, stored);
  }
  return done ? database.run("COMMIT") : done;
}

void MarkedEntries::add(Seq seq, const tlog::Body& body) {
  if (const auto* cash = std::get_if<tlog::Cash>(&body)) newest_[cash->device] = seq;
  if (const auto* gap = std::get_if<tlog::Gap>(&body)) newest_[gap->device] = seq;
}

Result<void> MarkedEntries::check(std::span<const StoredMark> marks) const {
  for (const StoredMark& stored : marks) {
    const auto newest = newest_.find(stored.mark.device);
    if (newest == newest_.end() || newest->second < stored.size) continue;
    return damaged(stored.mark.device, fmt::format(" is older than its entry {}", newest->second));
  }
  return {};
}

}  // namespace yijuan::journal
