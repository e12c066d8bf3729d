#include "ledger/batch_case.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {

Result<std::string> own_signature_only(const std::string& note, const tlog::VerifierKey& key) {
  auto parsed = tlog::parse_note(note);
  if (!parsed) return parsed.error();
  std::erase_if(parsed->signatures, [&](const tlog::NoteSignature& signature) {
    return signature.name != key.name || signature.key_id != key.id();
  });
  return tlog::format_note(*parsed);
}

Result<Lines> read_lines(const sync::Batch& batch, std::size_t skip) {
  Lines lines;
  lines.entries.reserve(batch.lines.size() - skip);
  lines.leaves.reserve(batch.lines.size() - skip);
  for (std::size_t i = skip; i < batch.lines.size(); ++i) {
    auto entry = tlog::parse_line(batch.lines[i]);
    const Seq seq = batch.first + i;
    if (!entry) {
      return {TlogErrc::bad_line, fmt::format("entry {}: {}", seq, entry.error().detail())};
    }
    if (entry->header.seq != seq) {
      return {TlogErrc::bad_line,
              fmt::format("entry {} says that it is {}", seq, entry->header.seq)};
    }
    lines.leaves.push_back(tlog::leaf_hash(batch.lines[i]));
    lines.entries.push_back(*std::move(entry));
  }
  return lines;
}

std::vector<std::string> lines_from(const sync::Batch& batch, Seq seq) {
  return {batch.lines.begin() + static_cast<std::ptrdiff_t>(seq - batch.first), batch.lines.end()};
}

Result<std::uint64_t> agreeing(LedgerStore& store, const Case& what, const LogState& log) {
  if (what.batch.first >= log.size() || what.batch.first < log.base) return 0;
  const std::uint64_t known = std::min(log.size(), what.end()) - what.batch.first;
  auto stored = store.lines(log.origin, what.batch.first, known);
  if (!stored) return stored.error();
  if (stored->size() != known) return {LedgerErrc::store_damaged, "entries are missing"};
  const auto differs = std::ranges::mismatch(*stored, what.batch.lines).in1;
  return static_cast<std::uint64_t>(differs - stored->begin());
}

Answer resume_at(std::uint64_t size) {
  return {.reply = sync::ResumeAt{size}, .alarm = std::nullopt};
}

}  // namespace yijuan::ledger
