#include "journal/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace yijuan::journal {

Result<Hash> Reader::root_at(Database& database, std::uint64_t size) {
  if (size < seen_.size()) seen_ = {};
  auto select =
      database.prepare("SELECT seq, leaf FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(seen_.size()));
  select->bind(2, static_cast<std::int64_t>(size));
  while (seen_.size() < size) {
    const auto row = select->step();
    if (!row) return row.error();
    Hash leaf{};
    if (!*row || select->number(0) != static_cast<std::int64_t>(seen_.size()) ||
        select->bytes(1).size() != leaf.size()) {
      return Error(JournalErrc::damaged, fmt::format("entry {}: no leaf hash", seen_.size()));
    }
    std::ranges::copy(select->bytes(1), leaf.begin());
    seen_.append(leaf);
  }
  return seen_.root();
}

Result<std::vector<std::string>> read_lines(Database& database, std::uint64_t first,
                                            std::uint64_t end, std::size_t max_lines,
                                            std::size_t max_bytes) {
  auto select =
      database.prepare("SELECT seq, line FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(first));
  select->bind(2, static_cast<std::int64_t>(end));
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (std::uint64_t seq = first; seq < end && lines.size() < max_lines; ++seq) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row || select->number(0) != static_cast<std::int64_t>(seq)) {
      return Error(JournalErrc::damaged, fmt::format("entry {}: missing", seq));
    }
    const std::string_view line = select->text(1);
    bytes += line.size();
    if (bytes > max_bytes && !lines.empty()) break;
    lines.emplace_back(line);
  }
  return lines;
}

}  // namespace yijuan::journal
