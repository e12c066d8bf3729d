#include "ledger/office/office_poster.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "ledger/office_books.hpp"
#include "ledger/rebuild.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 1000;
constexpr int kMostTries = 5;

bool changes_books(const tlog::Entry& entry) {
  return std::holds_alternative<tlog::Closing>(entry.body) ||
         std::holds_alternative<tlog::Quarantined>(entry.body);
}

// Whom an entry is about: entries about one fork are posted in their order.
std::string target_of(const tlog::Entry& entry) {
  const auto* cited = std::get_if<tlog::Quarantined>(&entry.body);
  return cited == nullptr ? "" : fork_origin(cited->origin, cited->fork);
}

}  // namespace

Result<void> OfficePoster::read_new(const std::string& office) {
  Seq& next = read_[office];
  while (true) {
    auto lines = store_.lines(office, next, kAtOnce);
    if (!lines) return lines.error();
    for (const std::string& line : *lines) {
      auto entry = tlog::parse_line(line);
      const OfficeEntry at{office, next++};
      if (!entry) continue;  // damage, which verify names
      if (const auto* newer = std::get_if<tlog::Unknown>(&entry->body)) {
        Unknown& unknown = unknown_[office];
        if (unknown.count++ == 0) unknown = {.count = 1, .first = at, .type = newer->type};
      }
      boxes_.take(*entry);
      if (changes_books(*entry)) waiting_.push_back({at, *std::move(entry)});
    }
    if (lines->size() < kAtOnce) return {};
  }
}

// Whoever wrote them knew them, so that they are in no sum of the log's.
Result<bool> OfficePoster::are_marked(const std::string& office) {
  const auto found = unknown_.find(office);
  if (found == unknown_.end()) return true;
  auto log = store_.log(office);
  if (!log) return log.error();
  return !*log || (*log)->totals.unknown >= found->second.count;
}

Result<OfficePoster::Done> OfficePoster::post_due(std::span<const std::string> offices) {
  for (const std::string& office : offices) {
    auto read = read_new(office);
    if (!read) return read.error();
  }
  auto boxes = boxes_.post(store_);
  if (!boxes) return boxes.error();
  Done done;
  bool rebuild = false;
  for (const std::string& office : offices) {
    auto marked = are_marked(office);
    if (!marked) return marked.error();
    rebuild = rebuild || !*marked;
  }
  bool wants_posting = false;
  std::set<std::string> held_up;
  std::vector<Waiting> waiting;
  for (Waiting& due : waiting_) {
    const std::string target = target_of(due.entry);
    auto outcome = held_up.contains(target) ? Outcome::waits : post(due);
    if (!outcome) return outcome.error();
    if (*outcome == Outcome::done) ++done.posted;
    if (*outcome == Outcome::wants_rebuild) rebuild = wants_posting = true;
    if (*outcome != Outcome::waits) continue;
    if (!target.empty()) held_up.insert(target);
    waiting.push_back(std::move(due));
  }
  if (rebuild) {
    auto rebuilt = rebuild_books(store_, {});
    if (!rebuilt) return rebuilt.error();
    if (wants_posting) ++done.posted;
  }
  waiting_ = std::move(waiting);
  done.waiting = waiting_.size();
  return done;
}

Result<OfficePoster::Outcome> OfficePoster::post(const Waiting& due) {
  if (const auto* closing = std::get_if<tlog::Closing>(&due.entry.body)) {
    return close(due.at, office_day(due.entry.header), *closing);
  }
  return take(due.at, std::get<tlog::Quarantined>(due.entry.body));
}

// A posting that fits no log is refused, but not before it was looked up.
Result<bool> OfficePoster::is_posted(const OfficeEntry& at, const LogState& log) {
  auto known = store_.post({.box = log.box,
                            .office = at.office,
                            .seq = at.seq,
                            .origin = log.origin,
                            .expected_size = std::numeric_limits<std::int64_t>::max(),
                            .changes = {},
                            .posted = {}});
  if (!known) return known.error();
  return *known == Posted::before;
}

Result<OfficePoster::Outcome> OfficePoster::close(const OfficeEntry& at, domain::Day day,
                                                  const tlog::Closing& closing) {
  for (int i = 0; i < kMostTries; ++i) {
    auto log = store_.log(closing.origin);
    if (!log) return log.error();
    if (!*log) return Outcome::waits;
    auto before = is_posted(at, **log);
    if (!before) return before.error();
    if (*before) return Outcome::before;
    if ((*log)->size() < closing.size) return Outcome::waits;
    // The rebuild closes at the end of the first batch that reaches so far.
    auto batches = store_.batches(closing.origin);
    if (!batches) return batches.error();
    if (!batches->empty() && batches->back().first >= closing.size) return Outcome::wants_rebuild;
    auto posted = post_closing(at, day, closing, **log);
    if (!posted) return posted.error();
    if (*posted != Posted::moved) return Outcome::done;
  }
  return Outcome::waits;
}

Result<Posted> OfficePoster::post_closing(const OfficeEntry& at, domain::Day day,
                                          const tlog::Closing& closing, const LogState& log) {
  auto open = store_.open_cash(log.origin);
  if (!open) return open.error();
  return store_.post({.box = log.box,
                      .office = at.office,
                      .seq = at.seq,
                      .origin = log.origin,
                      .expected_size = log.size(),
                      .changes = closing_changes(closing, day, *open),
                      .posted = {}});
}

Result<OfficePoster::Outcome> OfficePoster::take(const OfficeEntry& at,
                                                 const tlog::Quarantined& cited) {
  for (int i = 0; i < kMostTries; ++i) {
    auto fork = store_.log(fork_origin(cited.origin, cited.fork));
    if (!fork) return fork.error();
    if (!*fork) return Outcome::waits;
    auto before = is_posted(at, **fork);
    if (!before) return before.error();
    if (*before) return Outcome::before;
    auto here = holds_cited(store_, **fork, cited);
    if (!here) return here.error();
    if (!*here) return Outcome::waits;
    auto posted = post_cited(at, cited, **fork);
    if (!posted) return posted.error();
    if (*posted != Posted::moved) return Outcome::done;
  }
  return Outcome::waits;
}

Result<OfficePosts> OfficePoster::posts() {
  std::vector<LogState> offices;
  for (const auto& [origin, seq] : read_) {
    auto log = store_.log(origin);
    if (!log) return log.error();
    if (*log) offices.push_back(**std::move(log));
  }
  return read_office_posts(store_, offices);
}

// By folding the fork as the rebuild does, with these entries and without them.
Result<Posted> OfficePoster::post_cited(const OfficeEntry& at, const tlog::Quarantined& cited,
                                        const LogState& fork) {
  const std::uint64_t end = cited.first + cited.leaves.size();
  auto office = posts();
  if (!office) return office.error();
  auto more = fold_fork(store_, fork, std::max(end, fork.posted), *office);
  if (!more) return more.error();
  auto less = fold_fork(store_, fork, fork.posted, *office);
  if (!less) return less.error();
  return store_.post({.box = fork.box,
                      .office = at.office,
                      .seq = at.seq,
                      .origin = fork.origin,
                      .expected_size = fork.size(),
                      .changes = difference(more->changes, less->changes),
                      .posted = end});
}

}  // namespace yijuan::ledger
