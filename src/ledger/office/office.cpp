#include "ledger/office/office.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "ledger/ledger_keys.hpp"

namespace yijuan::ledger {

Result<std::unique_ptr<Office>> Office::open(const LedgerConfig& config, LedgerStore& store,
                                             const WallClock& clock) {
  auto key = read_office_key(config);
  if (!key) return key.error();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  std::unique_ptr<Office> office(new Office(store, *std::move(cosigner)));
  if (!config.copy.empty()) office->copy_.emplace(config.copy, store);
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
  // What the copy holds is evidence before anything is signed.
  if (copy_) {
    auto seen = newest_in_copy(CopyFolder(copy_->folder()), log_->key());
    if (!seen) log_error("copy", seen.error().message());
    if (seen && *seen) {
      auto taken = take_evidence((*seen)->note, "", now);
      if (!taken) return taken;
    }
  }
  auto started = log_->start();
  if (!started) return started;
  return keep_house(now);
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
  return poster_.post_due(origins);
}

Result<void> Office::keep_house(WallTime now) {
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
