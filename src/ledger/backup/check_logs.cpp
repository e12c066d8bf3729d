#include "ledger/backup/check_logs.hpp"

#include <fmt/format.h>

#include "ledger/log_state.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kTellEvery = 4096;

struct Row {
  Manifest::Log log;
  std::string vkey;
  std::string kind;
  std::uint64_t base = 0;
  bool floor = false;  // its note may be older than its entries
};

Error wrong(const std::string& origin, std::string_view what) {
  return {LedgerErrc::bad_backup, fmt::format("{}: {}", origin, what)};
}

Result<std::vector<Row>> rows(Connection& store) {
  Statement statement = store.statement(
      "SELECT origin, size, root, note, vkey, kind, base, floor_size IS NOT NULL FROM logs "
      "ORDER BY origin");
  std::vector<Row> rows;
  while (true) {
    auto step = statement.step();
    if (!step) return step.error();
    if (!*step) return rows;
    Row row;
    row.log.origin = statement.text();
    row.log.size = statement.count();
    const BytesView root = statement.bytes();
    if (root.size() != row.log.root.size()) return wrong(row.log.origin, "its root is none");
    std::ranges::copy(root, row.log.root.begin());
    row.log.note = statement.text();
    row.vkey = statement.text();
    row.kind = statement.text();
    row.base = statement.count();
    row.floor = statement.number() != 0;
    rows.push_back(std::move(row));
  }
}

struct Reading {
  Connection& store;
  const std::function<Result<void>(std::uint64_t entries)>& each;
  std::uint64_t entries = 0;
};

// Appends a log's entries from `first` up to `end`; `seen` is told the tree after each.
Result<void> append_entries(Reading& reading, std::string_view origin, Seq first, std::uint64_t end,
                            tlog::Frontier& tree, std::uint64_t wanted, Hash& root_there) {
  Statement statement = reading.store.statement(
      "SELECT seq, line FROM entries WHERE origin = ? AND seq >= ? AND seq < ? ORDER BY seq");
  statement.bind(origin, first, end);
  if (tree.size() == wanted) root_there = tree.root();
  while (true) {
    auto step = statement.step();
    if (!step) return step.error();
    if (!*step) return {};
    if (statement.count() != tree.size()) {
      return wrong(std::string(origin), fmt::format("entry {} is missing", tree.size()));
    }
    tree.append(tlog::leaf_hash(as_text(statement.bytes())));
    if (tree.size() == wanted) root_there = tree.root();
    if (++reading.entries % kTellEvery == 0) {
      auto told = reading.each(reading.entries);
      if (!told) return told;
    }
  }
}

Result<void> check_note(const Row& row, const tlog::Checkpoint& expected,
                        const tlog::VerifierKey& cosigner) {
  const auto key = tlog::VerifierKey::parse(row.vkey);
  if (!key) return wrong(row.log.origin, "its key is none");
  const auto signed_one = tlog::open_checkpoint(row.log.note, *key);
  if (!signed_one) {
    return wrong(row.log.origin, "its checkpoint: " + signed_one.error().message());
  }
  if (*signed_one != expected) {
    return wrong(row.log.origin, "its checkpoint is not of its entries");
  }
  if (row.kind == "fork") return {};
  const auto when = tlog::cosigned_at(row.log.note, cosigner);
  if (!when) return wrong(row.log.origin, "its checkpoint is not cosigned by this ledger");
  return {};
}

Result<void> check_log(Reading& reading, const Row& row, const tlog::VerifierKey& cosigner) {
  const std::string& origin = row.log.origin;
  const std::string log(log_of_fork(origin));
  std::uint64_t noted = row.log.size;
  if (!row.log.note.empty() && row.floor) {
    const auto key = tlog::VerifierKey::parse(row.vkey);
    const auto older = key ? tlog::open_checkpoint(row.log.note, *key) : key.error();
    if (!older) return wrong(origin, "its checkpoint: " + older.error().message());
    noted = older->size;
  }
  tlog::Frontier tree;
  Hash there{};
  auto read = append_entries(reading, log, 0, row.base, tree, noted, there);
  if (read) read = append_entries(reading, origin, row.base, row.log.size, tree, noted, there);
  if (!read) return read;
  if (tree.size() != row.log.size) {
    return wrong(origin, fmt::format("entry {} is missing", tree.size()));
  }
  if (tree.root() != row.log.root) return wrong(origin, "its entries give another root");
  if (row.log.note.empty()) {
    // A log that is fetched again from its beginning has no checkpoint yet.
    return row.log.size == row.base || row.floor ? Result<void>()
                                                 : wrong(origin, "it has no checkpoint");
  }
  return check_note(row, {.origin = log, .size = noted, .root = there}, cosigner);
}

}  // namespace

Result<std::vector<Manifest::Log>> listed_logs(Connection& store) {
  auto all = rows(store);
  if (!all) return all.error();
  std::vector<Manifest::Log> logs;
  for (Row& row : *all) logs.push_back(std::move(row.log));
  return logs;
}

Result<void> check_logs(Connection& store, const tlog::VerifierKey& cosigner,
                        const std::function<Result<void>(std::uint64_t entries)>& each) {
  auto all = rows(store);
  if (!all) return all.error();
  Reading reading{.store = store, .each = each};
  for (const Row& row : *all) {
    auto checked = check_log(reading, row, cosigner);
    if (!checked) return checked;
  }
  return {};
}

}  // namespace yijuan::ledger
