// Batches for a store that change every table.
#pragma once

#include <string>

#include "ledger/store/ledger_store.hpp"

namespace yijuan::test {

inline const WallTime kNow = *parse_rfc3339("2026-10-17T08:00:00.000Z");
inline constexpr domain::Day kDay = std::chrono::year(2026) / 10 / 17;

inline std::string origin_of(const std::string& box) {
  return "ledger.example/box/" + box + "/01234567";
}

inline ledger::Box sample_box(const std::string& id) {
  return {.id = id, .status = ledger::BoxStatus::active, .key_fingerprint = {7}, .since = kNow};
}

inline ledger::LogState sample_log(const std::string& box) {
  ledger::LogState log;
  log.origin = origin_of(box);
  log.box = box;
  log.vkey = "key of " + box;
  return log;
}

inline ledger::Alarm sample_alarm(const std::string& box) {
  return {.box = box,
          .origin = origin_of(box),
          .code = "books",
          .text = "sample",
          .evidence = "",
          .first = kNow,
          .last = kNow,
          .count = 1};
}

/// `count` entries after `log`; one gift of two yuan. `mark` tells senders apart.
inline ledger::Appending sample_batch(const ledger::LogState& log, int count,
                                      const std::string& mark = "") {
  ledger::Appending appending;
  appending.expected_size = log.size();
  appending.next = log;
  for (int i = 0; i < count; ++i) {
    const Seq seq = appending.next.size();
    appending.lines.push_back("line " + std::to_string(seq) + mark);
    appending.next.frontier.append(sha256(as_bytes(appending.lines.back())));
  }
  const std::uint64_t size = appending.next.size();
  appending.next.note = "note of " + std::to_string(size) + mark;
  appending.next.received = kNow + std::chrono::seconds(size);
  appending.next.totals.gift_count += 1;
  appending.next.totals.gift_sum += yuan(2);
  appending.next.pending.clear();
  appending.next.pending["note"] = {.seq = log.size(),
                                    .intent = {.device = "note",
                                               .serial = "example",
                                               .counter = 3,
                                               .amount = yuan(5),
                                               .purpose = tlog::Purpose::gift}};
  appending.changes.rollups[{.day = kDay, .activity = tlog::Activity::one_day}] = {
      .gifts = 1, .people = 3, .sum = yuan(2)};
  appending.changes.accounts[{kDay, "box"}] = yuan(2);
  appending.changes.accounts[{kDay, "income:general"}] = Fen(-200);
  appending.changes.unknown = {{log.size(), "telescope"}};
  appending.changes.opened = {{.seq = log.size(),
                               .amount = Fen(50),
                               .session = 4,
                               .terms = {tlog::Activity::free, "school", "town-2"}}};
  if (log.size() > 0) appending.changes.closed = {log.size() - static_cast<Seq>(count)};
  appending.alarms = {sample_alarm(log.box)};
  return appending;
}

}  // namespace yijuan::test
