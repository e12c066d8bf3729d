#include "ledger/office/declared_hole.hpp"

#include <fmt/format.h>

#include "base/ids.hpp"
#include "domain/business_day.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

constexpr Seq kHole = 1;  // the second entry of the next log

Result<std::optional<tlog::Entry>> hole_of(LedgerStore& store, const std::string& origin) {
  const auto number = OfficeOrigin::parse(origin);
  if (!number) return std::optional<tlog::Entry>();
  const OfficeOrigin next{.domain = number->domain, .number = number->number + 1};
  auto lines = store.lines(next.text(), kHole, 1);
  if (!lines) return lines.error();
  if (lines->empty()) return std::optional<tlog::Entry>();
  auto entry = tlog::parse_line(lines->front());
  const auto* hole = entry ? std::get_if<tlog::Hole>(&entry->body) : nullptr;
  if (hole == nullptr || hole->origin != origin) return std::optional<tlog::Entry>();
  return std::optional(*std::move(entry));
}

// Whether a published checkpoint is one that the hole is about.
bool is_about(const tlog::Hole& hole, const tlog::Checkpoint& published) {
  if (published.size == hole.seen) return published.root == hole.root;
  return published.size > hole.held && published.size < hole.seen;
}

}  // namespace

Result<std::optional<std::string>> declared_hole(LedgerStore& store, const LogState& log,
                                                 const tlog::Checkpoint& published) {
  using Told = std::optional<std::string>;
  if (log.kind != LogKind::office || published.size == 0) return Told();
  auto entry = hole_of(store, log.origin);
  if (!entry) return entry.error();
  if (!*entry) return Told();
  const auto& hole = std::get<tlog::Hole>((*entry)->body);
  if (hole.held != log.size() || !is_about(hole, published)) return Told();
  if (published.size <= log.size()) {
    auto there = frontier_at(store, log, published.size);
    if (!there) return there.error();
    if (there->root() == published.root) return Told();
  }
  return Told(fmt::format("{}: {} entries are published and {} are held: declared as a hole on {}",
                          log.origin, published.size, log.size(),
                          domain::to_text(domain::shanghai_day((*entry)->header.at.time))));
}

}  // namespace yijuan::ledger
