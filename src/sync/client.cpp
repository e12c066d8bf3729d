#include "sync/client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/cancellation.hpp"
#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "sync/batch.hpp"
#include "sync/epoch.hpp"
#include "sync/errc.hpp"
#include "sync/journal_batch.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::sync {
namespace {

constexpr std::chrono::seconds kLongestRetryAfter{3600};
constexpr std::size_t kSmallestBatch = 16;
constexpr int kMostResumes = 3;

net::HttpRequest post(std::string_view path, std::string_view type, std::string body) {
  return {"POST", std::string(path), {{"content-type", std::string(type)}}, std::move(body), {}};
}

}  // namespace

Client::Client(const asio::any_io_executor& executor, Box box, State state, Told told,
               ClientSettings settings)
    : box_(std::move(box)),
      state_(std::move(state)),
      told_(std::move(told)),
      settings_(settings),
      wake_(executor),
      introduced_(box_.epochs.empty() || box_.journal.cosigned_size() > 0),
      next_(box_.journal.cosigned_size()),
      batch_entries_(std::min(settings.batch_entries, kMostEntries)) {}

ClientStatus Client::status() const {
  return {last_contact_, box_.journal.head().size,           box_.journal.cosigned_size(),
          trouble_,      alarm_.empty() ? refusal_ : alarm_, stopped_};
}

Task<void> Client::run() {
  if (!box_.archive) check_not_rolled_back(next_);
  for (;;) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    if (box_.archive && (stopped_ || delivered())) co_return Result<void>();
    wake_.clear();
    note_unsent();
    if (box_.clock.now() >= not_before_) {
      auto done = co_await round();
      if (!done) co_return done;
    }
    const Instant deadline = next_deadline();
    const Instant now = box_.clock.now();
    if (deadline <= now) continue;
    auto woken = co_await with_timeout(box_.clock, deadline - now, wake_.wait());
    if (!woken && woken.error() == make_error_code(AsyncErrc::cancelled)) co_return woken;
  }
}

/// Sends what is due, at most one request: a stop never waits for more.
Task<void> Client::round() {
  if (!introduced_) {
    auto introduced = co_await introduce();
    co_return introduced;
  }
  if (box_.archive) {
    if (!batch_due()) co_return Result<void>();
    auto delivered = co_await send_batch();
    co_return delivered;
  }
  Heartbeat heartbeat = state_now();
  const bool batch = batch_due();
  if (heartbeat_due(heartbeat) && !(batch && heartbeat_last_)) {
    heartbeat_last_ = true;
    auto sent = co_await send_heartbeat(std::move(heartbeat));
    co_return sent;
  }
  heartbeat_last_ = false;
  if (!batch) co_return Result<void>();
  auto sent = co_await send_batch();
  co_return sent;
}

/// The ledger does not know a log that the box began by itself: the certificates go first.
Task<void> Client::introduce() {
  auto response = co_await box_.uplink.send(post(kEpochsPath, kEpochsType, box_.epochs),
                                            settings_.request_timeout);
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  if (!response) {
    trouble(response.error().message());
  } else if (response->status == 200) {
    introduced_ = true;
    contact();
    log_info("sync", "the ledger knows the new log of this box");
  } else {
    on_refused_heartbeat(read_reply(*response, version()));
  }
  co_return Result<void>();
}

Version Client::version() const {
  return version_one_until_ && box_.clock.now() < *version_one_until_ ? Version::one : Version::two;
}

bool Client::heartbeat_due(const Heartbeat& now_state) const {
  if (!told_at_) return true;
  return box_.clock.now() >= *told_at_ + settings_.heartbeat_interval ||
         !now_state.same_state(told_state_);
}

void Client::note_unsent() {
  if (stopped_ || box_.journal.head().size <= next_) {
    unsent_since_.reset();
  } else if (!unsent_since_) {
    unsent_since_ = box_.clock.now();
  }
}

bool Client::batch_due() const {
  if (!unsent_since_) return false;
  if (box_.archive) return true;  // no company comes
  return box_.journal.head().size - next_ >= batch_entries_ ||
         box_.clock.now() >= *unsent_since_ + settings_.linger;
}

Instant Client::next_deadline() const {
  if (box_.archive || !introduced_) return std::max(box_.clock.now(), not_before_);
  Instant deadline = told_at_.value_or(Instant{}) + settings_.heartbeat_interval;
  if (!told_at_) deadline = box_.clock.now();
  if (unsent_since_) deadline = std::min(deadline, *unsent_since_ + settings_.linger);
  return std::max(deadline, not_before_);
}

Task<void> Client::send_batch() {
  auto made = co_await make_batch(box_.journal, box_.log_key, next_,
                                  {batch_entries_, settings_.batch_bytes});
  if (!made && made.error() == make_error_code(AsyncErrc::cancelled)) co_return made.error();
  if (!made) {
    batch_trouble(made.error().message());
    co_return Result<void>();
  }
  const Version version = this->version();
  made->batch.version = version;
  if (box_.office != nullptr) made->batch.office = box_.office->note();
  const Bytes packed = pack(made->batch);
  const std::string_view path = version == Version::two ? kBatchPath : kBatchPathOfVersion1;
  auto response = co_await box_.uplink.send(post(path, kBatchType, std::string(as_text(packed))),
                                            settings_.request_timeout);
  const bool cancelled = co_await is_cancelled();
  if (cancelled && !response) co_return AsyncErrc::cancelled;
  if (!response) {
    if (response.error() == make_error_code(AsyncErrc::timed_out)) {
      batch_entries_ = std::max(kSmallestBatch, batch_entries_ / 2);
    }
    batch_trouble(response.error().message());
    co_return Result<void>();
  }
  if (response->status == 404 && version == Version::two) {
    log_info("sync", "the ledger is of the version before: speaking as that does");
    version_one_until_ = box_.clock.now() + settings_.old_version_for;
    co_return Result<void>();
  }
  auto acted = co_await act_on(read_reply(*response, version), made->checkpoint);
  co_return acted;
}

Task<void> Client::act_on(BatchReply reply, const tlog::Checkpoint& sent) {
  if (auto* cosigned = std::get_if<Cosigned>(&reply)) {
    hear_office(cosigned->office);
    auto kept = co_await keep(std::move(cosigned->note), sent);
    co_return kept;
  }
  if (const auto* refusal = std::get_if<Revoked>(&reply)) {
    revoked(refusal->text);
  } else if (const auto* wait = std::get_if<Busy>(&reply)) {
    busy(wait->after);
  } else if (const auto* rejected = std::get_if<Rejected>(&reply)) {
    batch_trouble(fmt::format("the ledger answered {} {}", rejected->status, rejected->text));
  } else if (const auto* stored = std::get_if<Stored>(&reply)) {
    contact();
    go_on_at(stored->size);
  } else if (box_.archive) {
    act_on_archive(reply, sent.size);
  } else if (const auto* resume = std::get_if<ResumeAt>(&reply)) {
    resume_at(resume->size);
  } else {
    contact();
    stop("fork", "the ledger holds another history of this log: " + std::get<Forked>(reply).text);
  }
  co_return Result<void>();
}

/// Nothing is appended to this log any more, so neither answer is a discovery: what agrees with the
/// ledger's history is in it, what does not is kept apart, and the rest follows.
void Client::act_on_archive(const BatchReply& reply, std::uint64_t end) {
  contact();
  if (const auto* resume = std::get_if<ResumeAt>(&reply))
    return go_on_at(std::min(resume->size, end));
  const auto& forked = std::get<Forked>(reply);
  if (forked.kept && *forked.kept > next_) return go_on_at(*forked.kept);
  stop("fork", "the ledger does not keep the rest of an earlier log: " + forked.text);
}

void Client::go_on_at(std::uint64_t next) {
  next_ = next;
  unsent_since_ = box_.clock.now() - settings_.linger;
}

void Client::hear_office(const std::optional<OfficeWord>& word) {
  if (!word || box_.office == nullptr) return;
  const auto heard = box_.office->hear(*word);
  if (heard && *heard) {
    box_.office->keep(**heard);
    if (told_.witness) told_.witness(**heard);
  } else if (!heard && heard.error() == make_error_code(SyncErrc::office_forked)) {
    alarm_ = heard.error().message();
    log_error("sync", alarm_);
    if (told_.office_forked) told_.office_forked(heard.error().detail());
  } else if (!heard) {
    log_warning("sync", heard.error().message());
  }
}

/// Believes a 200 only if it is our checkpoint and the ledger's signature on it.
Task<void> Client::keep(std::string note, const tlog::Checkpoint& sent) {
  const auto checkpoint = tlog::open_checkpoint(note, box_.log_key.verifier());
  if (!checkpoint || *checkpoint != sent) {
    batch_trouble("the ledger cosigned something else than was sent");
    co_return Result<void>();
  }
  const auto when = tlog::cosigned_at(note, box_.cosigner);
  if (!when) {
    batch_trouble("the ledger's cosignature is not good: " + when.error().message());
    co_return Result<void>();
  }
  auto stored = co_await box_.journal.store_cosigned(sent.size, std::move(note));
  if (!stored) {
    batch_trouble(stored.error().message());
    co_return Result<void>();
  }
  batch_failing_ = false;
  contact();
  next_ = sent.size;
  resumes_ = 0;
  unsent_since_.reset();
  batch_entries_ = std::min({batch_entries_ * 2, settings_.batch_entries, kMostEntries});
  if (box_.journal.head().size > next_) unsent_since_ = box_.clock.now() - settings_.linger;
  co_return Result<void>();
}

Task<void> Client::send_heartbeat(Heartbeat heartbeat) {
  const Instant asked = box_.clock.now();
  auto response = co_await box_.uplink.send(
      post(kHeartbeatPath, kHeartbeatType, write_heartbeat(heartbeat)), settings_.request_timeout);
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  if (!response) {
    trouble(response.error().message());
    co_return Result<void>();
  }
  if (response->status != 200) {
    on_refused_heartbeat(read_reply(*response, version()));
    co_return Result<void>();
  }
  const auto reply = read_heartbeat_reply(*response);
  if (!reply) {
    trouble(reply.error().message());
    co_return Result<void>();
  }
  contact();
  told_at_ = box_.clock.now();
  told_state_ = std::move(heartbeat);
  check_not_rolled_back(reply->size);
  // A ledger that was restored says here what it lacks, also where no new entry would find out.
  if (!stopped_ && reply->size < next_) resume_at(reply->size);
  hear_office(reply->office);
  if (told_.reply) told_.reply(*reply, asked);
  co_return Result<void>();
}

/// A heartbeat is no history: whatever is said of it, the log goes on.
void Client::on_refused_heartbeat(const BatchReply& reply) {
  if (const auto* refusal = std::get_if<Revoked>(&reply)) {
    revoked(refusal->text);
  } else if (const auto* wait = std::get_if<Busy>(&reply)) {
    busy(wait->after);
  } else {
    trouble("the ledger does not take this box's heartbeat");
  }
}

Heartbeat Client::state_now() const {
  Heartbeat heartbeat = state_();
  heartbeat.origin = box_.log_key.verifier().name;
  heartbeat.head = box_.journal.head().size;
  heartbeat.cosigned = std::min(box_.journal.cosigned_size(), heartbeat.head);
  if (box_.office != nullptr) heartbeat.office = box_.office->note();
  if (heartbeat.alarm.empty()) heartbeat.alarm = status().alarm;
  return heartbeat;
}

void Client::resume_at(std::uint64_t size) {
  const std::uint64_t head = box_.journal.head().size;
  check_not_rolled_back(size);
  if (stopped_) return contact();
  last_contact_ = box_.clock.now();
  const std::uint64_t cosigned = box_.journal.cosigned_size();
  if (size < cosigned) {
    alarm_ =
        fmt::format("the ledger holds {} entries of this log but had cosigned {}", size, cosigned);
    log_error("sync", alarm_);
  }
  // All there, only the answer was lost: the last entry again brings the cosignature again.
  next_ = size == head && size > cosigned ? size - 1 : size;
  unsent_since_ = box_.clock.now() - settings_.linger;
  if (resumes_ < kMostResumes) {
    ++resumes_;
  } else {
    batch_trouble("the ledger cannot say from where it wants this log");
  }
}

void Client::check_not_rolled_back(std::uint64_t ledger_size) {
  const std::uint64_t head = box_.journal.head().size;
  if (ledger_size <= head || stopped_) return;
  stop("rollback",
       fmt::format("this disk went back in time: the ledger holds {} entries of this log, here "
                   "are {}",
                   ledger_size, head));
}

void Client::contact() {
  last_contact_ = box_.clock.now();
  refusal_.clear();
  if (batch_failing_) return;
  if (!trouble_.empty()) log_info("sync", "the ledger answers again");
  trouble_.clear();
  backoff_ = {};
}

void Client::batch_trouble(std::string text) {
  batch_failing_ = true;
  trouble(std::move(text));
}

/// Half of the doubling pause is certain, half is chance, so that boxes which lost the ledger
/// together do not come back together.
void Client::trouble(std::string text) {
  if (text != trouble_) log_warning("sync", text);
  trouble_ = std::move(text);
  backoff_ = std::clamp(backoff_ * 2, settings_.first_backoff, settings_.longest_backoff);
  const auto half = static_cast<std::uint64_t>(backoff_.count()) / 2;
  pause(std::chrono::nanoseconds(half + box_.random.below(half + 1)));
}

void Client::busy(std::optional<std::chrono::seconds> after) {
  trouble("the ledger is busy");
  if (!after) return;
  const std::chrono::nanoseconds wait = std::min(*after, kLongestRetryAfter);
  const auto spread = static_cast<std::uint64_t>(wait.count()) / 4;
  not_before_ = std::max(not_before_, box_.clock.now() + wait);
  pause(not_before_ - box_.clock.now() + std::chrono::nanoseconds(box_.random.below(spread + 1)));
}

/// The office may take a box back: asks again now and then, and money is taken all the while.
void Client::revoked(const std::string& text) {
  last_contact_ = box_.clock.now();
  trouble_.clear();
  std::string refusal = "the ledger refuses this box: " + text;
  if (refusal != refusal_) log_error("sync", refusal);
  refusal_ = std::move(refusal);
  introduced_ = box_.epochs.empty();  // a restored ledger may have forgotten the log
  backoff_ = settings_.longest_backoff;
  pause(settings_.longest_backoff);
}

void Client::stop(const std::string& why, std::string alarm) {
  stopped_ = true;
  alarm_ = std::move(alarm);
  unsent_since_.reset();
  log_error("sync", alarm_ + ". Sync of this log has stopped; money is still taken.");
  if (!box_.archive && told_.dead) told_.dead(why);
}

void Client::pause(std::chrono::nanoseconds delay) {
  not_before_ = box_.clock.now() + delay;
}

}  // namespace yijuan::sync
