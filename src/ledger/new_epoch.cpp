#include "ledger/new_epoch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace yijuan::ledger {
namespace {

CheckedEpoch refused(std::string why) {
  return {.log = std::nullopt, .alarm = std::nullopt, .refusal = std::move(why)};
}

Result<std::size_t> logs_of(LedgerStore& store, std::string_view box) {
  auto logs = store.logs();
  if (!logs) return logs.error();
  return static_cast<std::size_t>(std::ranges::count_if(
      *logs, [&](const LogState& log) { return log.box == box && log.kind == LogKind::box; }));
}

}  // namespace

Result<CheckedEpoch> check_epoch(LedgerStore& store, std::string_view box,
                                 const sync::EpochCertificate& certificate, WallTime now) {
  auto known_box = store.box(box);
  if (!known_box) return known_box.error();
  if (!*known_box || (*known_box)->status != BoxStatus::active) {
    return refused("this box is not in service");
  }
  auto before = store.log(certificate.previous.origin);
  if (!before) return before.error();
  if (!*before || (*before)->box != box) return refused("the log before is not one of this box");
  const auto key = tlog::VerifierKey::parse((*before)->vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + certificate.previous.origin};
  auto checked = sync::check_epoch(certificate, *key);
  if (!checked) return refused(checked.error().message());
  const std::string origin = tlog::VerifierKey::parse(certificate.vkey)->name;
  auto known = store.log(origin);
  if (!known) return known.error();
  if (*known) {
    if ((*known)->box == box && (*known)->vkey == certificate.vkey) return CheckedEpoch{};
    return refused("there is another log of this name");
  }
  auto count = logs_of(store, box);
  if (!count) return count.error();
  if (*count >= sync::kMostEpochs) return refused("this box has too many logs");
  CheckedEpoch taken;
  taken.log.emplace();
  taken.log->origin = origin;
  taken.log->box = box;
  taken.log->vkey = certificate.vkey;
  taken.alarm = Alarm{
      .box = std::string(box),
      .origin = origin,
      .code = "epoch",
      .text = fmt::format("the box left {} after {} entries ({}) and began this log",
                          certificate.previous.origin, certificate.previous.size, certificate.why),
      .evidence = certificate.signature,
      .first = now,
      .last = now};
  return taken;
}

}  // namespace yijuan::ledger
