#include "ledger/office/office.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "ledger/ledger_keys.hpp"

namespace yijuan::ledger {

Result<std::unique_ptr<Office>> Office::open(const LedgerConfig& config, LedgerStore& store,
                                             const WallClock& clock) {
  auto key = read_office_key(config);
  if (!key) return key.error();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  std::unique_ptr<Office> office(new Office(store, clock, *std::move(cosigner)));
  if (!config.copy.empty()) office->copy_.emplace(config.copy, store);
  if (!config.published.folder.empty()) office->published_.emplace(config.published.folder);
  office->log_.emplace(
      OfficeLog::Parts{.store = store,
                       .key = *std::move(key),
                       .cosigner = office->cosigner_,
                       .clock = clock,
                       .random = office->random_,
                       .on_written = [copy = office->copy()](const OfficeWritten& written) {
                         if (copy != nullptr) copy->keep(written.log.origin, written.log.size());
                       }});
  auto started = office->start(clock.now().time);
  if (!started) return started.error();
  return office;
}

Result<void> Office::start(WallTime now) {
  // What the copy holds and the public was shown is evidence before anything is signed.
  auto started = hear_copy(now);
  if (started) started = hear_published(now);
  if (started) started = log_->start();
  if (!started) return started;
  return keep_house(now);
}

Result<void> Office::hear_copy(WallTime now) {
  if (!copy_) return {};
  auto seen = newest_in_copy(CopyFolder(copy_->folder()), log_->key());
  if (!seen) log_error("copy", seen.error().message());
  if (!seen || !*seen) return {};
  return take_evidence((*seen)->note, "", now);
}

std::vector<std::string> Office::published_notes() const {
  if (!published_) return {};
  auto notes = published_->office_notes();
  if (notes) return *std::move(notes);
  log_warning("public", notes.error().message());
  return {};
}

Result<void> Office::hear_published(WallTime now) {
  if (!published_) return {};
  auto notes = published_->office_notes();
  const std::string trouble = notes ? "" : notes.error().message();
  if (std::exchange(unreadable_, trouble) != trouble && !trouble.empty()) {
    log_error("public", trouble);
  }
  if (!notes || *notes == heard_published_) return {};
  for (const std::string& note : *notes) {
    auto taken = take_evidence(note, "", now);
    // A store that is damaged says so by itself; batches are to be taken all the same.
    if (!taken && taken.error() == make_error_code(LedgerErrc::store_damaged)) return {};
    if (!taken) return taken;
  }
  heard_published_ = *std::move(notes);
  return {};
}

Result<void> Office::take_evidence(const std::string& note, const std::string& box, WallTime now) {
  auto heard = log_->hear(note);
  if (!heard) return heard.error();
  if (!heard->news) return {};
  const OfficeNews& news = *heard->news;
  auto is_new = log_->remember(news);
  if (!is_new) return is_new.error();
  if (!*is_new) return {};
  log_error("office", fmt::format("ALARM {} {}: {}", news.code, news.checkpoint.origin, news.text));
  return store_.raise({.box = box,
                       .origin = news.checkpoint.origin,
                       .code = news.code,
                       .text = news.text,
                       .evidence = news.note,
                       .first = now,
                       .last = now});
}

Result<OfficePoster::Done> Office::post_due() {
  auto logs = log_->all();
  if (!logs) return logs.error();
  std::vector<std::string> origins;
  for (const LogState& log : *logs) origins.push_back(log.origin);
  const std::scoped_lock lock(posting_);
  auto done = poster_.post_due(origins);
  if (!done) return done;
  waiting_ = done->waiting;
  auto told = tell_of_unknown();
  if (!told) return told.error();
  return done;
}

// Once, whatever often the ledger starts, and again for more of them. REQUIRES: posting_.
Result<void> Office::tell_of_unknown() {
  for (const auto& [origin, unknown] : poster_.unknown()) {
    const std::string text = fmt::format(
        "{} entries of a type that this ledger does not know, the first is entry {} ({})",
        unknown.count, unknown.first.seq, unknown.type);
    if (!told_unknown_.insert(origin + text).second) continue;
    auto alarms = store_.alarms();
    if (!alarms) return alarms.error();
    const bool known = std::ranges::any_of(*alarms, [&](const Alarm& alarm) {
      return alarm.origin == origin && alarm.code == "unknown" && alarm.text == text;
    });
    if (known) continue;
    log_error("office", fmt::format("ALARM unknown {}: {}", origin, text));
    const WallTime now = clock_.now().time;
    auto raised = store_.raise({.box = "",
                                .origin = origin,
                                .code = "unknown",
                                .text = text,
                                .evidence = {},
                                .first = now,
                                .last = now});
    if (!raised) return raised;
  }
  return {};
}

Result<void> Office::keep_house(WallTime now) {
  auto heard = hear_published(now);
  if (!heard) return heard;
  auto posted = post_due();
  if (!posted) return posted.error();
  if (!copy_) return {};
  auto wanted = copy_all();
  if (!wanted) return wanted;
  const auto [good, text] = copy_->standing();
  const std::string trouble = good ? "" : text;
  if (std::exchange(told_, trouble) == trouble || trouble.empty()) return {};
  return store_.raise({.box = "",
                       .origin = log_->key().origin(1),
                       .code = "copy",
                       .text = trouble,
                       .evidence = {},
                       .first = now,
                       .last = now});
}

Result<void> Office::copy_all() {
  auto logs = log_->all();
  if (!logs) return logs.error();
  for (const LogState& log : *logs) {
    if (!is_blocked(log)) copy_->want(log.origin, log.size());
  }
  return {};
}

}  // namespace yijuan::ledger
