// What boxes hold of the office's log against what is held here, and what they are told.
#include <fmt/format.h>

#include "base/log.hpp"
#include "ledger/office/office_log.hpp"
#include "tlog/leaf.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 4096;

// A checkpoint of one of this office's logs, whoever signed it; nothing if it is none.
std::optional<tlog::Checkpoint> unverified(const std::string& note, const std::string& domain) {
  const auto parsed = tlog::parse_note(note);
  if (!parsed) return std::nullopt;
  const auto checkpoint = tlog::parse_checkpoint(parsed->text);
  if (!checkpoint) return std::nullopt;
  const auto origin = OfficeOrigin::parse(checkpoint->origin);
  if (!origin || origin->domain != domain) return std::nullopt;
  return *checkpoint;
}

}  // namespace

// The log's tree as far as it is stored. REQUIRES: trees_lock_.
Result<OfficeLog::Held*> OfficeLog::held(std::uint64_t number) {
  auto log = stored(number);
  if (!log) return log.error();
  Held& held = trees_[number];
  while (held.tree.size() < log->size()) {
    const std::uint64_t wanted = std::min(kAtOnce, log->size() - held.tree.size());
    auto lines = parts_.store.lines(log->origin, held.tree.size(), wanted);
    if (!lines) return lines.error();
    if (lines->size() != wanted) {
      return {LedgerErrc::store_damaged, "entries of " + log->origin + " are missing"};
    }
    for (const std::string& line : *lines) held.tree.append(tlog::leaf_hash(line));
  }
  if (held.tree.size() != log->size() || held.tree.root(log->size()) != log->frontier.root()) {
    trees_.erase(number);
    return {LedgerErrc::store_damaged,
            "the entries of " + log->origin + " are not those of its root"};
  }
  held.log = *std::move(log);
  return &held;
}

Result<bool> OfficeLog::begins_with(const tlog::Checkpoint& checkpoint) {
  const std::scoped_lock lock(trees_lock_);
  auto here = held(OfficeOrigin::parse(checkpoint.origin)->number);
  if (!here) return here.error();
  return checkpoint.size <= (*here)->tree.size() &&
         (*here)->tree.root(checkpoint.size) == checkpoint.root;
}

// News, if the checkpoint is no beginning of what is held, though the office's key signed it.
Result<std::optional<OfficeNews>> OfficeLog::judge(const tlog::Checkpoint& seen,
                                                   const std::string& note) {
  const std::uint64_t number = OfficeOrigin::parse(seen.origin)->number;
  auto here = held(number);
  if (!here) return here.error();
  const tlog::HashTree& tree = (*here)->tree;
  if (seen.size <= tree.size() && tree.root(seen.size) == seen.root) {
    return std::optional<OfficeNews>();
  }
  const auto signed_by_us = tlog::open_checkpoint(note, parts_.key.verifier(number));
  if (!signed_by_us) {
    log_warning("office",
                "what a box calls the office's checkpoint: " + signed_by_us.error().message());
    return std::optional<OfficeNews>();
  }
  const bool larger = seen.size > tree.size();
  return std::optional(OfficeNews{
      .checkpoint = seen,
      .note = note,
      .code = larger ? "office-short" : "office-forked",
      .text = larger ? fmt::format("{} entries are held and {} were signed; nothing is signed now",
                                   tree.size(), seen.size)
                     : fmt::format("the {} entries that were signed are not those that are held; "
                                   "nothing is signed now",
                                   seen.size)});
}

Result<OfficeHeard> OfficeLog::hear(const std::string& note) {
  auto heard = listen(note);
  if (!heard && heard.error() == make_error_code(LedgerErrc::store_damaged)) {
    const std::string trouble = heard.error().message();
    const std::scoped_lock lock(standing_lock_);
    if (std::exchange(standing_, trouble) != trouble) log_error("office", trouble);
  }
  return heard;
}

Result<OfficeHeard> OfficeLog::listen(const std::string& note) {
  auto number = find_number();
  if (!number) return number.error();
  const std::scoped_lock lock(trees_lock_);
  OfficeHeard heard;
  const auto seen = unverified(note, parts_.key.domain());
  if (seen) {
    auto news = judge(*seen, note);
    if (!news) return news.error();
    heard.news = *std::move(news);
  }
  auto now = held(*number);
  if (!now) return now.error();
  const auto& [log, tree] = **now;
  stand(log);
  // What was given up stays known to boxes as it was; they are told of the log that followed.
  const bool old = heard.news && OfficeOrigin::parse(seen->origin)->number < *number;
  if ((heard.news && !old) || is_blocked(log) || log.size() == 0) return heard;
  const bool known = seen && seen->origin == log.origin && seen->size <= log.size();
  const std::uint64_t from = known ? seen->size : 0;
  auto proof = tree.consistency(from, log.size());
  if (!proof) return proof.error();
  heard.word = sync::OfficeWord{.checkpoint = log.note, .from = from, .proof = *std::move(proof)};
  return heard;
}

Result<bool> OfficeLog::remember(const OfficeNews& news) {
  const std::scoped_lock lock(writing_);
  const std::uint64_t number = OfficeOrigin::parse(news.checkpoint.origin)->number;
  while (true) {
    auto log = stored(number);
    if (!log) return log.error();
    if (log->floor && log->floor->size >= news.checkpoint.size) return false;
    auto same = begins_with(news.checkpoint);
    if (!same) return same.error();
    if (*same) return false;  // it was fetched, or another ledger wrote it, meanwhile
    auto added = parts_.store.add_log(*log);
    if (!added) return added.error();
    log->floor = Floor{.size = news.checkpoint.size, .root = news.checkpoint.root};
    auto set = parts_.store.set_floor(*log);
    if (!set) return set.error();
    if (!*set) continue;
    stand(*log);
    return give_up_below(number);
  }
}

// A log of a higher number than any that is stored here was seen: the one that is written may not
// go on, for other ledgers too. True, always.
Result<bool> OfficeLog::give_up_below(std::uint64_t number) {
  std::uint64_t written = 0;
  {
    const std::scoped_lock lock(standing_lock_);
    written = std::exchange(number_, std::max(number_, number));
  }
  if (number <= written) return true;
  while (true) {
    auto log = stored(written);
    if (!log) return log.error();
    if (log->unsure) return true;
    log->unsure = true;
    auto set = parts_.store.set_floor(*log);
    if (!set || *set) return set;
  }
}

}  // namespace yijuan::ledger
