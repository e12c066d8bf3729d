#include "journal/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "journal/format.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/note.hpp"
#include "tlog/proof.hpp"

namespace yijuan::journal {
namespace {

constexpr std::uint64_t kNewest = 256;           // entries looked at when the journal is opened
constexpr std::uint64_t kLargestSubtree = 1024;  // of those that are rebuilt then

Error damaged(std::string text) {
  return {JournalErrc::damaged, std::move(text)};
}

/// Row (seq, line, leaf) must be entry `expected`, whole. Its leaf.
Result<Hash> check_row(const Statement& row, std::uint64_t expected, MarkedEntries& marked) {
  if (row.number(0) != static_cast<std::int64_t>(expected)) {
    return damaged(fmt::format("entry {}: missing", expected));
  }
  const std::string_view line = row.text(1);
  const BytesView stored = row.bytes(2);
  const Hash leaf = tlog::leaf_hash(line);
  if (!std::ranges::equal(leaf, stored)) {
    return damaged(fmt::format("entry {}: its line does not give its leaf hash", expected));
  }
  const auto entry = tlog::parse_line(line);
  if (!entry) return damaged(fmt::format("entry {}: {}", expected, entry.error().message()));
  if (entry->header.seq != expected) {
    return damaged(fmt::format("entry {}: its line says {}", expected, entry->header.seq));
  }
  marked.add(expected, entry->body);
  return leaf;
}

constexpr const char* kRows = "SELECT seq, line, leaf FROM entry WHERE seq >= ?1 ORDER BY seq";

}  // namespace

Result<Head> read_head(Database& database) {
  auto select = database.prepare("SELECT size, frontier FROM head WHERE id = 0");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return damaged("no head");
  auto frontier = tlog::Frontier::from_bytes(select->bytes(1));
  if (!frontier) return damaged(frontier.error().message());
  const auto size = static_cast<std::uint64_t>(select->number(0));
  if (frontier->size() != size) return damaged("head and frontier differ in size");
  return Head{size, std::move(*frontier)};
}

Result<std::optional<Cosigned>> read_cosigned(Database& database) {
  auto select = database.prepare("SELECT size, note FROM cosigned WHERE id = 0");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return std::optional<Cosigned>();
  return std::optional(
      Cosigned{static_cast<std::uint64_t>(select->number(0)), std::string(select->text(1))});
}

Result<void> check_schema(Database& database) {
  auto select = database.prepare("SELECT sql FROM sqlite_schema ORDER BY rowid");
  if (!select) return select.error();
  std::size_t tables = 0;
  while (true) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    const bool known =
        std::ranges::any_of(kSchema, [&](const char* sql) { return select->text(0) == sql; });
    if (!known) return damaged(fmt::format("schema: {}", select->text(0)));
    ++tables;
  }
  if (tables != kSchema.size()) return damaged("schema: tables are missing");
  return {};
}

Result<MarkedEntries> check_newest(Database& database, const Head& head) {
  const auto beyond =
      database.number(fmt::format("SELECT seq FROM entry WHERE seq >= {} LIMIT 1", head.size));
  if (!beyond) return beyond.error();
  if (*beyond) return damaged(fmt::format("entry {}: beyond the head", **beyond));
  const auto before = database.number("SELECT seq FROM entry WHERE seq < 0 LIMIT 1");
  if (!before) return before.error();
  if (*before) return damaged(fmt::format("entry {}: no such number", **before));

  const std::uint64_t first = head.size - std::min(head.size, kNewest + kLargestSubtree);
  auto select = database.prepare(kRows);
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(first));
  std::vector<Hash> leaves;
  MarkedEntries marked;
  for (std::uint64_t seq = first; seq < head.size; ++seq) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return damaged(fmt::format("entry {}: missing", seq));
    auto leaf = check_row(*select, seq, marked);
    if (!leaf) return leaf.error();
    leaves.push_back(*leaf);
  }
  // The frontier's last roots are those of the smallest subtrees, which end at the newest entry.
  const Bytes frontier = head.frontier.to_bytes();
  std::uint64_t end = head.size;
  for (std::size_t at = frontier.size(); end > first; at -= sizeof(Hash)) {
    const std::uint64_t width = std::uint64_t{1} << static_cast<unsigned>(std::countr_zero(end));
    if (end - first < width || at < 8 + sizeof(Hash)) break;
    const Hash root = tlog::tree_root(std::span(leaves).subspan(end - width - first, width));
    if (!std::ranges::equal(root, BytesView(frontier).subspan(at - sizeof(Hash), sizeof(Hash)))) {
      return damaged(fmt::format("entries {} to {}: not those of the head", end - width, end - 1));
    }
    end -= width;
  }
  return marked;
}

Result<Verification> Verification::begin(Database& database) {
  auto schema = check_schema(database);
  if (!schema) return schema.error();
  Verification verification;
  auto head = read_head(database);
  if (!head) return head.error();
  verification.head_ = std::move(*head);
  auto cosigned = read_cosigned(database);
  if (!cosigned) return cosigned.error();
  // A checkpoint stored after the head was read here covers entries that are not looked at.
  if (*cosigned && (*cosigned)->size <= verification.head_.size) {
    verification.cosigned_ = std::move(*cosigned);
  }
  auto marks = read_marks(database);
  if (!marks) return marks.error();
  std::erase_if(*marks, [&](const StoredMark& stored) {  // likewise
    return stored.size > verification.head_.size;
  });
  verification.marks_ = std::move(*marks);
  return verification;
}

Result<bool> Verification::step(Database& database, std::size_t entries) {
  auto select = database.prepare(kRows);
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(seen_.size()));
  for (std::size_t count = 0; count < entries && seen_.size() < head_.size; ++count) {
    const auto row = select->step();
    if (!row) {
      return damaged(fmt::format("entry {}: {}", seen_.size(), row.error().message()));
    }
    if (!*row) return damaged(fmt::format("entry {}: missing", seen_.size()));
    auto leaf = check_row(*select, seen_.size(), marked_);
    if (!leaf) return leaf.error();
    seen_.append(*leaf);
    auto checkpoint = check_cosigned();
    if (!checkpoint) return checkpoint.error();
  }
  if (seen_.size() < head_.size) return false;
  auto finished = finish(database);
  if (!finished) return finished.error();
  return true;
}

Result<void> Verification::check_cosigned() const {
  if (!cosigned_ || cosigned_->size != seen_.size()) return {};
  const auto note = tlog::parse_note(cosigned_->note);
  if (!note) return damaged("cosigned checkpoint: " + note.error().message());
  const auto checkpoint = tlog::parse_checkpoint(note->text);
  if (!checkpoint) return damaged("cosigned checkpoint: " + checkpoint.error().message());
  if (checkpoint->size == seen_.size() && checkpoint->root == seen_.root()) return {};
  return damaged(
      fmt::format("the ledger cosigned another root of the first {} entries", seen_.size()));
}

Result<void> Verification::finish(Database& database) const {
  if (seen_ != head_.frontier) return damaged("the entries do not give the head's root");
  auto marks = marked_.check(marks_);
  if (!marks) return marks;
  const auto pages = database.text("PRAGMA quick_check(1)");
  if (!pages) return pages.error();
  if (pages->value_or("") != "ok") return damaged("pages: " + pages->value_or("no answer"));
  return {};
}

}  // namespace yijuan::journal
