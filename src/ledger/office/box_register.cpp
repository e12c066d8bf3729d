#include "ledger/office/box_register.hpp"

#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 1000;

}  // namespace

void BoxRegister::take(const tlog::Entry& entry) {
  if (const auto* enrolled = std::get_if<tlog::Enrolled>(&entry.body)) {
    Standing& standing = boxes_[enrolled->box];
    standing.enrolments.push_back({*enrolled, entry.header.at.time});
    standing.revoked.reset();
    standing.posted = false;
  } else if (const auto* revoked = std::get_if<tlog::Revoked>(&entry.body)) {
    Standing& standing = boxes_[revoked->box];
    standing.revoked = revoked->spki;
    standing.posted = false;
  }
}

bool BoxRegister::revokes(const std::string& box, const Hash& spki) const {
  const auto found = boxes_.find(box);
  return found != boxes_.end() && found->second.revoked == spki;
}

Result<void> BoxRegister::post(LedgerStore& store) {
  for (auto& [box, standing] : boxes_) {
    if (standing.posted) continue;
    auto done = enrol(store, box, standing);
    if (done && standing.revoked) done = revoke(store, box, *standing.revoked);
    if (!done) return done;
    standing.enrolments.clear();
    standing.posted = true;
  }
  return {};
}

// A box that the log revokes later is never active in between: with others on the same store it
// would be listened to.
Result<void> BoxRegister::enrol(LedgerStore& store, const std::string& box,
                                const Standing& standing) {
  for (const auto& [entry, at] : standing.enrolments) {
    auto known = store.log(entry.origin);
    if (!known) return known.error();
    if (*known) continue;
    LogState log;
    log.origin = entry.origin;
    log.box = box;
    log.vkey = entry.key;
    const BoxStatus status =
        standing.revoked == entry.spki ? BoxStatus::revoked : BoxStatus::active;
    auto added = store.add_box(
        {.id = box, .status = status, .key_fingerprint = entry.spki, .since = at}, log);
    if (added) continue;
    // Another ledger on this store may have been first.
    known = store.log(entry.origin);
    if (!known || !*known) return added;
  }
  return {};
}

Result<void> BoxRegister::revoke(LedgerStore& store, const std::string& box, const Hash& spki) {
  auto known = store.box(box);
  if (!known) return known.error();
  const bool due =
      *known && (*known)->status == BoxStatus::active && (*known)->key_fingerprint == spki;
  return due ? store.set_status(box, BoxStatus::revoked) : Result<void>();
}

Result<BoxRegister> read_register(LedgerStore& store, std::span<const LogState> offices) {
  BoxRegister all;
  for (const LogState& office : offices) {
    for (Seq first = 0; first < office.size(); first += kAtOnce) {
      auto lines = store.lines(office.origin, first, kAtOnce);
      if (!lines) return lines.error();
      for (const std::string& line : *lines) {
        const auto entry = tlog::parse_line(line);
        if (entry) all.take(*entry);
      }
    }
  }
  return all;
}

}  // namespace yijuan::ledger
