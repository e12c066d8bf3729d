#include "ledger/office/office_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "ledger/log_fold.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

constexpr int kMostTries = 8;  // against other ledgers
constexpr std::uint64_t kDigestsLookBack = 4096;

Seq first_of(const LogState& log, std::size_t written) {
  return log.size() - written;
}

}  // namespace

OfficeLog::OfficeLog(Parts parts) : parts_(std::move(parts)) {}

Result<void> OfficeLog::start() {
  auto logs = parts_.store.logs();
  if (!logs) return logs.error();
  {
    const std::scoped_lock lock(standing_lock_);
    for (const LogState& log : *logs) {
      const auto origin = OfficeOrigin::parse(log.origin);
      if (log.kind != LogKind::office || !origin) continue;
      // The next log may have been made and not begun: then it is none yet.
      const bool begun = log.size() > 0 || is_blocked(log);
      if (begun) number_ = std::max(number_, origin->number);
    }
  }
  auto log = current();
  if (!log) return log.error();
  if (log->size() == 0 && !is_blocked(*log)) {
    auto begun = append({});
    return begun ? Result<void>() : begun.error();
  }
  stand(*log);
  return {};
}

Result<LogState> OfficeLog::stored(std::uint64_t number) {
  auto found = parts_.store.log(parts_.key.origin(number));
  if (!found) return found.error();
  if (*found) return **std::move(found);
  LogState none;
  none.origin = parts_.key.origin(number);
  none.vkey = parts_.key.verifier(number).text();
  none.kind = LogKind::office;
  return none;
}

// Another ledger may have begun the next one.
Result<std::uint64_t> OfficeLog::find_number() {
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(standing_lock_);
    number = number_;
  }
  while (true) {
    auto next = stored(number + 1);
    if (!next) return next.error();
    if (next->size() == 0 && !is_blocked(*next)) break;
    ++number;
  }
  const std::scoped_lock lock(standing_lock_);
  number_ = std::max(number_, number);
  return number_;
}

Result<LogState> OfficeLog::current() {
  auto number = find_number();
  if (!number) return number.error();
  auto log = stored(*number);
  if (log) stand(*log);
  return log;
}

Result<std::vector<LogState>> OfficeLog::all() {
  auto last = find_number();
  if (!last) return last.error();
  std::vector<LogState> logs;
  for (std::uint64_t number = 1; number <= *last; ++number) {
    auto log = parts_.store.log(parts_.key.origin(number));
    if (!log) return log.error();
    if (*log) logs.push_back(**std::move(log));
  }
  return logs;
}

// The epoch. REQUIRES: the log of this number has no entry yet.
Result<tlog::Body> OfficeLog::first_entry(std::uint64_t number) {
  tlog::Epoch epoch{.key = parts_.key.verifier(number).text(), .previous = {}, .why = "first"};
  if (number > 1) {
    auto before = stored(number - 1);
    if (!before) return before.error();
    epoch.previous = {
        .origin = before->origin, .size = before->size(), .root = before->frontier.root()};
    epoch.why = "hole";
  }
  return tlog::Body(std::move(epoch));
}

Result<OfficeWritten> OfficeLog::append(std::span<const tlog::Body> bodies) {
  const std::scoped_lock lock(writing_);
  for (int i = 0; i < kMostTries; ++i) {
    auto log = current();
    if (!log) return log.error();
    auto written = append_to(*log, bodies);
    if (!written) return written.error();
    if (*written) return **std::move(written);
  }
  return {LedgerErrc::store_busy, "another ledger keeps writing the office's log"};
}

// Begins the log if it is not begun. Nothing if it has moved. REQUIRES: writing_.
Result<std::optional<OfficeWritten>> OfficeLog::append_to(const LogState& log,
                                                          std::span<const tlog::Body> bodies) {
  if (is_blocked(log)) return {LedgerErrc::office_blocked, standing_of(log)};
  std::vector<tlog::Body> all;
  if (log.size() == 0) {
    auto added = parts_.store.add_log(log);
    if (!added) return added.error();
    auto first = first_entry(OfficeOrigin::parse(log.origin)->number);
    if (!first) return first.error();
    all.push_back(*std::move(first));
  }
  all.insert(all.end(), bodies.begin(), bodies.end());
  return write(log, all);
}

// Nothing if the log has moved.
Result<std::optional<OfficeWritten>> OfficeLog::write(const LogState& log,
                                                      std::span<const tlog::Body> all) {
  const std::uint64_t number = OfficeOrigin::parse(log.origin)->number;
  if (log.vkey != parts_.key.verifier(number).text()) {
    return {LedgerErrc::office_blocked, "another office.key signed " + log.origin};
  }
  const WallReading now = parts_.clock.now();
  std::vector<std::string> lines;
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
  for (const tlog::Body& body : all) {
    tlog::Header header{.seq = log.size() + lines.size(),
                        .at = now,
                        .boot = parts_.clock.boot_id(),
                        .up = parts_.clock.uptime(),
                        .salt = {}};
    parts_.random.fill(header.salt);
    lines.push_back(tlog::write_line(header, body));
    entries.push_back({header, body});
    leaves.push_back(tlog::leaf_hash(lines.back()));
  }
  if (lines.empty())
    return std::optional(OfficeWritten{.log = log, .first = log.size(), .lines = {}});
  LogFold fold(log, {});
  fold.add_batch(entries, leaves, now.time);
  LogState next = fold.state();
  auto note =
      tlog::cosign(tlog::sign_checkpoint(
                       {.origin = next.origin, .size = next.size(), .root = next.frontier.root()},
                       parts_.key.of(number)),
                   parts_.cosigner, now.time);
  if (!note) return note.error();
  next.note = *std::move(note);
  auto appended = parts_.store.append({.expected_size = log.size(),
                                       .lines = lines,
                                       .next = next,
                                       .changes = fold.changes(),
                                       .alarms = {}});
  if (!appended) return appended.error();
  if (*appended == Appended::moved) return std::optional<OfficeWritten>();
  stand(next);
  OfficeWritten written{.log = next, .first = first_of(next, lines.size()), .lines = lines};
  if (parts_.on_written) parts_.on_written(written);
  return std::optional(std::move(written));
}

// The digest of a day, among the newest entries.
Result<std::optional<tlog::Digest>> OfficeLog::stated(const LogState& log, const std::string& day) {
  const std::uint64_t from = log.size() > kDigestsLookBack ? log.size() - kDigestsLookBack : 0;
  auto lines = parts_.store.lines(log.origin, from, kDigestsLookBack);
  if (!lines) return lines.error();
  for (const std::string& line : *lines) {
    const auto entry = tlog::parse_line(line);
    const auto* known = entry ? std::get_if<tlog::Digest>(&entry->body) : nullptr;
    if (known != nullptr && known->day == day) return std::optional(*known);
  }
  return std::optional<tlog::Digest>();
}

Result<std::optional<std::string>> OfficeLog::refuses(const tlog::Digest& digest) {
  using Why = std::optional<std::string>;
  auto log = current();
  if (!log) return log.error();
  auto known = stated(*log, digest.day);
  if (!known) return known.error();
  if (*known && (*known)->hash == digest.hash) return Why();
  if (*known) return Why("the office's log states another one; does another ledgerd publish too?");
  if (is_blocked(*log)) return Why(standing_of(*log));
  return Why();
}

Result<bool> OfficeLog::append_digest(const tlog::Digest& digest) {
  const std::scoped_lock lock(writing_);
  const tlog::Body body(digest);
  for (int i = 0; i < kMostTries; ++i) {
    auto log = current();
    if (!log) return log.error();
    auto known = stated(*log, digest.day);
    if (!known) return known.error();
    if (*known) return (*known)->hash == digest.hash;
    auto written = append_to(*log, {&body, 1});
    if (!written) return written.error();
    if (*written) return true;
  }
  return {LedgerErrc::store_busy, "another ledger keeps writing the office's log"};
}

Result<OfficeWritten> OfficeLog::declare_hole(const std::string& why) {
  const std::scoped_lock lock(writing_);
  auto number = find_number();
  if (!number) return number.error();
  auto given_up = stored(*number);
  if (!given_up) return given_up.error();
  const bool other_key = given_up->vkey != parts_.key.verifier(*number).text();
  if (!is_blocked(*given_up) && !other_key) {
    return {LedgerErrc::not_done, given_up->origin + " is whole, as far as anybody has said"};
  }
  const Floor seen =
      given_up->floor.value_or(Floor{.size = given_up->size(), .root = given_up->frontier.root()});
  auto next = stored(*number + 1);
  if (!next) return next.error();
  auto added = parts_.store.add_log(*next);
  if (!added) return added.error();
  auto first = first_entry(*number + 1);
  if (!first) return first.error();
  const std::vector<tlog::Body> bodies = {*std::move(first), tlog::Hole{.origin = given_up->origin,
                                                                        .held = given_up->size(),
                                                                        .seen = seen.size,
                                                                        .root = seen.root,
                                                                        .why = why}};
  auto written = write(*next, bodies);
  if (!written) return written.error();
  if (!*written) return {LedgerErrc::store_busy, "another ledger has begun " + next->origin};
  const std::scoped_lock standing(standing_lock_);
  number_ = std::max(number_, *number + 1);
  return **std::move(written);
}

std::string OfficeLog::standing_of(const LogState& log) {
  std::string held = fmt::format("{}: {} entries held", log.origin, log.size());
  if (log.floor) return fmt::format("{}, {} seen; nothing is signed", held, log.floor->size);
  if (log.unsure) return held + ", restored; nothing is signed";
  return held;
}

void OfficeLog::stand(const LogState& log) {
  const std::scoped_lock lock(standing_lock_);
  standing_ = standing_of(log);
}

std::string OfficeLog::standing() const {
  const std::scoped_lock lock(standing_lock_);
  return standing_;
}

}  // namespace yijuan::ledger
