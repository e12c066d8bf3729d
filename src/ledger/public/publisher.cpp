#include "ledger/public/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>

#include "base/log.hpp"
#include "ledger/office/declared_hole.hpp"
#include "ledger/public/log_publisher.hpp"

namespace yijuan::ledger {
namespace {

Alarm alarm_of(const LogState& log, std::string text, WallTime now) {
  return {.box = log.box,
          .origin = log.origin,
          .code = "public",
          .text = std::move(text),
          .evidence = log.note,
          .first = now,
          .last = now,
          .count = 1};
}

class Run {
 public:
  Run(const Publication& publication, LedgerStore& store, WallTime now)
      : publication_(publication), store_(store), now_(now) {}

  Result<Published> publish() {
    auto found = store_.logs();
    if (!found) return found.error();
    logs_ = *std::move(found);
    // A fork is nobody's history but its box's; it is told to the office, not to the public.
    std::erase_if(
        logs_, [](const LogState& log) { return log.kind == LogKind::fork || log.note.empty(); });
    auto done = compare_all();
    if (done) done = put_all_tiles();
    if (done) done = show();
    if (!done) return done.error();
    return report_;
  }

 private:
  Result<void> compare_all() {
    for (const LogState& log : logs_) {
      auto name = public_name(log.origin, publication_.domain);
      if (!name) {
        refuse(log, "it is no log of " + publication_.domain + ": it is not published");
        continue;
      }
      publishers_.emplace_back(publication_, store_, log, *std::move(name),
                               [this](std::uint64_t entries) { count(entries); });
      auto refused = publishers_.back().compare();
      if (!refused) return refused.error();
      auto hole = declared_hole(store_, log, publishers_.back().shown());
      if (!hole) return hole.error();
      if (*hole) {
        report_.notes.push_back(**std::move(hole));
        publishers_.pop_back();
      } else if (*refused) {
        refuse(log, **std::move(refused));
        office_is_right_ = office_is_right_ && log.kind != LogKind::office;
        publishers_.pop_back();
      } else {
        of_ += publishers_.back().to_read();
      }
    }
    return {};
  }

  Result<void> put_all_tiles() {
    for (auto publisher = publishers_.begin(); publisher != publishers_.end();) {
      auto refused = publisher->put_tiles();
      if (!refused) return refused.error();
      if (publisher->mended() > 0) {
        report_.mended += publisher->mended();
        refuse(publisher->log(), fmt::format("{} of its published tiles were missing or damaged "
                                             "and were made again",
                                             publisher->mended()));
      }
      if (*refused) {
        refuse(publisher->log(), **std::move(refused));
        publisher = publishers_.erase(publisher);
      } else {
        ++publisher;
      }
    }
    return publication_.folder.sync();
  }

  Result<void> show() {
    for (LogPublisher& publisher : publishers_) {
      auto put = publisher.put_checkpoint();
      if (!put) return put;
      ++report_.logs;
      report_.entries += publisher.fresh();
    }
    auto put = put_keys();
    return put ? put_digest() : put;
  }

  // The keys of all logs that are shown, so that a second party knows what there is.
  Result<void> put_keys() {
    std::vector<std::string> keys;
    for (const LogState& log : logs_) {
      const auto name = public_name(log.origin, publication_.domain);
      if (name && publication_.folder.has(published::Checkpoint{*name})) keys.push_back(log.vkey);
    }
    std::ranges::sort(keys);
    std::string text;
    for (const std::string& key : keys) text += key + "\n";
    const auto before = publication_.folder.read(published::Logs{});
    if (before && before->has_value() && **before == text) return {};
    return publication_.folder.put(published::Logs{}, text);
  }

  // None while the office's log is not what was published of it: nothing may be signed there.
  Result<void> put_digest() {
    if (!office_is_right_) return {};
    const domain::Day day = domain::shanghai_day(now_);
    if (digest_is_due(publication_, now_)) {
      auto shown = shown_checkpoints();
      if (!shown) return shown.error();
      const Digest digest = make_digest(day, *shown);
      auto refused = publication_.refuse_digest ? publication_.refuse_digest(digest)
                                                : Result<std::optional<std::string>>(std::nullopt);
      if (!refused) return refused.error();
      if (*refused) {
        log_warning("public",
                    fmt::format("no digest of {} is shown: {}", domain::to_text(day), **refused));
        return {};
      }
      auto put = publication_.folder.put(published::Digest{day}, digest.text);
      if (!put) return put;
    }
    return state_digest(day);
  }

  Result<void> state_digest(domain::Day day) {
    auto text = publication_.folder.read(published::Digest{day});
    if (!text) return text.error();
    if (!*text || !publication_.on_digest) return {};
    auto stated = publication_.on_digest(read_digest(day, **std::move(text)));
    if (!stated) return stated.error();
    if (*stated) return {};
    log_error("public", fmt::format("the digest of {} is shown no more: the office's log states "
                                    "another one; does another ledgerd publish too?",
                                    domain::to_text(day)));
    return publication_.folder.remove(published::Digest{day});
  }

  // What the folder shows of every log, also of one whose newer entries were refused.
  Result<std::vector<tlog::Checkpoint>> shown_checkpoints() {
    std::vector<tlog::Checkpoint> shown;
    for (const LogState& log : logs_) {
      const auto name = public_name(log.origin, publication_.domain);
      const auto key = tlog::VerifierKey::parse(log.vkey);
      if (!name || !key) continue;
      auto note = publication_.folder.read(published::Checkpoint{*name});
      if (!note) return note.error();
      if (!*note) continue;
      auto checkpoint = tlog::open_checkpoint(**note, *key);
      if (checkpoint) shown.push_back(*std::move(checkpoint));
    }
    return shown;
  }

  void refuse(const LogState& log, std::string why) {
    report_.alarms.push_back(alarm_of(log, std::move(why), now_));
  }

  void count(std::uint64_t entries) {
    done_ = std::min(done_ + entries, of_);
    if (publication_.progress) publication_.progress(done_, of_);
  }

  const Publication& publication_;
  LedgerStore& store_;
  WallTime now_;
  std::vector<LogState> logs_;
  std::list<LogPublisher> publishers_;
  Published report_;
  bool office_is_right_ = true;
  std::uint64_t done_ = 0;
  std::uint64_t of_ = 0;
};

}  // namespace

Result<Published> publish(const Publication& publication, LedgerStore& store, WallTime now) {
  return Run(publication, store, now).publish();
}

bool digest_is_due(const Publication& publication, WallTime now) {
  const domain::Day day = domain::shanghai_day(now);
  return domain::shanghai_day(now - publication.at) == day &&
         !publication.folder.has(published::Digest{day});
}

}  // namespace yijuan::ledger
