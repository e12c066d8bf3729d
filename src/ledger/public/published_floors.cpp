#include "ledger/public/published_floors.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

constexpr int kMostTries = 8;  // against another ledger on the same store

// What a log's own key and the cosigner signed; anything else proves nothing.
Result<tlog::Checkpoint> both_signed(const PublishedPlace& place, const LogState& log,
                                     const std::string& note) {
  const auto key = tlog::VerifierKey::parse(log.vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + log.origin};
  auto checkpoint = tlog::open_checkpoint(note, *key);
  if (!checkpoint) return checkpoint;
  const auto cosigned = tlog::cosigned_at(note, place.cosigner);
  if (!cosigned) return cosigned.error();
  return checkpoint;
}

Result<std::optional<tlog::Checkpoint>> published_of(const PublishedPlace& place,
                                                     const LogState& log) {
  const auto name = public_name(log.origin, place.domain);
  if (!name) return std::optional<tlog::Checkpoint>();
  auto note = place.folder.read(published::Checkpoint{*name});
  if (!note) return note.error();
  if (!*note) return std::optional<tlog::Checkpoint>();
  auto checkpoint = both_signed(place, log, **note);
  if (checkpoint) return std::optional(*std::move(checkpoint));
  log_warning("public", fmt::format("the published checkpoint of {}: {}", log.origin,
                                    checkpoint.error().message()));
  return std::optional<tlog::Checkpoint>();
}

// Whether the log as it is held begins with what is published. Reads entries only in doubt.
Result<bool> begins_with(LedgerStore& store, const LogState& log,
                         const tlog::Checkpoint& published) {
  if (published.size > log.size()) return false;
  if (published.size == log.size()) return log.frontier.root() == published.root;
  if (!log.unsure) return true;
  auto there = frontier_at(store, log, published.size);
  if (!there) return there.error();
  return there->root() == published.root;
}

Alarm alarm_of(const LogState& log, const tlog::Checkpoint& published, WallTime now) {
  const bool more = published.size > log.size();
  return {.box = log.box,
          .origin = log.origin,
          .code = "restored",
          .text = more ? fmt::format("{} entries are here and {} are published: fetching them "
                                     "again",
                                     log.size(), published.size)
                       : fmt::format("the first {} entries here are not those that are published: "
                                     "nothing is cosigned",
                                     published.size),
          .evidence = {},
          .first = now,
          .last = now};
}

// True: its floor is raised now.
Result<bool> heed(const PublishedPlace& place, LedgerStore& store, std::string_view origin,
                  WallTime now) {
  for (int i = 0; i < kMostTries; ++i) {
    auto log = store.log(origin);
    if (!log) return log.error();
    if (!*log) return false;
    auto published = published_of(place, **log);
    if (!published) return published.error();
    if (!*published) return false;
    const tlog::Checkpoint& seen = **published;
    auto begins = begins_with(store, **log, seen);
    if (!begins) return begins.error();
    if (*begins || ((*log)->floor && (*log)->floor->size >= seen.size)) return false;
    (*log)->floor = Floor{.size = seen.size, .root = seen.root};
    auto set = store.set_floor(**log);
    if (!set) return set;
    if (!*set) continue;
    const Alarm alarm = alarm_of(**log, seen, now);
    log_error("public", fmt::format("ALARM {} {}: {}", alarm.code, alarm.origin, alarm.text));
    auto raised = store.raise(alarm);
    if (!raised) return raised.error();
    return true;
  }
  return {LedgerErrc::store_busy, "another ledger keeps writing " + std::string(origin)};
}

}  // namespace

Result<PublishedFloors> heed_published(const PublishedPlace& place, LedgerStore& store,
                                       WallTime now) {
  auto logs = store.logs();
  if (!logs) return logs.error();
  PublishedFloors done;
  for (const LogState& log : *logs) {
    if (log.kind != LogKind::box) continue;
    auto raised = heed(place, store, log.origin, now);
    const bool damaged = !raised && raised.error() == make_error_code(LedgerErrc::store_damaged);
    if (!raised && !damaged) return raised.error();
    // One damaged log keeps no other from its box; verify names it.
    if (damaged) log_error("public", raised.error().message());
    if (raised && *raised) ++done.raised;
  }
  return done;
}

Result<void> heed_own_publication(const LedgerConfig& config, LedgerStore& store, WallTime now) {
  if (config.published.folder.empty()) return {};
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  auto done = heed_published({.folder = PublicFolder(config.published.folder),
                              .domain = config.domain,
                              .cosigner = cosigner->verifier()},
                             store, now);
  return done ? Result<void>() : done.error();
}

}  // namespace yijuan::ledger
