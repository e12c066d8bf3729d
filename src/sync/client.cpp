#include "sync/client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/cancellation.hpp"
#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "sync/batch.hpp"
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

Client::Client(const asio::any_io_executor& executor, Box box, State state, OnReply on_reply,
               ClientSettings settings)
    : box_(box),
      state_(std::move(state)),
      on_reply_(std::move(on_reply)),
      settings_(settings),
      wake_(executor),
      next_(box.journal.cosigned_size()),
      batch_entries_(std::min(settings.batch_entries, kMostEntries)) {
  check_not_rolled_back(next_);
}

ClientStatus Client::status() const {
  return {last_contact_, box_.journal.head().size,           box_.journal.cosigned_size(),
          trouble_,      alarm_.empty() ? refusal_ : alarm_, stopped_};
}

Task<void> Client::run() {
  for (;;) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
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

bool Client::heartbeat_due(const Heartbeat& now_state) const {
  if (!told_at_) return true;
  return box_.clock.now() >= *told_at_ + settings_.heartbeat_interval ||
         !now_state.same_state(told_);
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
  return box_.journal.head().size - next_ >= batch_entries_ ||
         box_.clock.now() >= *unsent_since_ + settings_.linger;
}

Instant Client::next_deadline() const {
  Instant deadline = told_at_.value_or(Instant{}) + settings_.heartbeat_interval;
  if (!told_at_) deadline = box_.clock.now();
  if (unsent_since_) deadline = std::min(deadline, *unsent_since_ + settings_.linger);
  return std::max(deadline, not_before_);
}

Task<void> Client::send_batch() {
  auto lines = co_await box_.journal.read(next_, batch_entries_, settings_.batch_bytes);
  const bool stopping = co_await is_cancelled();
  if (stopping) co_return AsyncErrc::cancelled;
  if (!lines || lines->empty() || lines->size() > kMostEntries) {
    batch_trouble(lines ? "the journal gave no entries" : lines.error().message());
    co_return Result<void>();
  }
  const std::uint64_t size = next_ + lines->size();
  auto root = co_await box_.journal.root_at(size);
  if (!root) {
    batch_trouble(root.error().message());
    co_return Result<void>();
  }
  const std::string& origin = box_.log_key.verifier().name;
  Batch batch{origin, next_, std::move(*lines),
              tlog::sign_checkpoint({origin, size, *root}, box_.log_key)};
  const Bytes packed = pack(batch);
  auto response = co_await box_.uplink.send(
      post(kBatchPath, kBatchType, std::string(as_text(packed))), settings_.request_timeout);
  const bool cancelled = co_await is_cancelled();
  if (cancelled && !response) co_return AsyncErrc::cancelled;
  if (!response) {
    if (response.error() == make_error_code(AsyncErrc::timed_out)) {
      batch_entries_ = std::max(kSmallestBatch, batch_entries_ / 2);
    }
    batch_trouble(response.error().message());
    co_return Result<void>();
  }
  auto acted = co_await act_on(read_reply(*response), size, *root);
  co_return acted;
}

Task<void> Client::act_on(BatchReply reply, std::uint64_t size, Hash root) {
  if (auto* cosigned = std::get_if<Cosigned>(&reply)) {
    auto kept = co_await keep(std::move(cosigned->note), size, root);
    co_return kept;
  }
  if (const auto* resume = std::get_if<ResumeAt>(&reply)) {
    resume_at(resume->size);
  } else if (const auto* forked = std::get_if<Forked>(&reply)) {
    contact();
    stop("the ledger holds another history of this log: " + forked->text);
  } else if (const auto* refusal = std::get_if<Revoked>(&reply)) {
    revoked(refusal->text);
  } else if (const auto* wait = std::get_if<Busy>(&reply)) {
    busy(wait->after);
  } else {
    const auto& rejected = std::get<Rejected>(reply);
    batch_trouble(fmt::format("the ledger answered {} {}", rejected.status, rejected.text));
  }
  co_return Result<void>();
}

/// Believes a 200 only if it is our checkpoint and the ledger's signature on it.
Task<void> Client::keep(std::string note, std::uint64_t size, Hash root) {
  const auto checkpoint = tlog::open_checkpoint(note, box_.log_key.verifier());
  if (!checkpoint || checkpoint->size != size || checkpoint->root != root) {
    batch_trouble("the ledger cosigned something else than was sent");
    co_return Result<void>();
  }
  const auto when = tlog::cosigned_at(note, box_.cosigner);
  if (!when) {
    batch_trouble("the ledger's cosignature is not good: " + when.error().message());
    co_return Result<void>();
  }
  auto stored = co_await box_.journal.store_cosigned(size, std::move(note));
  if (!stored) {
    batch_trouble(stored.error().message());
    co_return Result<void>();
  }
  batch_failing_ = false;
  contact();
  next_ = size;
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
    on_refused_heartbeat(read_reply(*response));
    co_return Result<void>();
  }
  const auto reply = read_heartbeat_reply(*response);
  if (!reply) {
    trouble(reply.error().message());
    co_return Result<void>();
  }
  contact();
  told_at_ = box_.clock.now();
  told_ = std::move(heartbeat);
  check_not_rolled_back(reply->size);
  if (on_reply_) on_reply_(*reply, asked);
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
  stop(
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
  backoff_ = settings_.longest_backoff;
  pause(settings_.longest_backoff);
}

void Client::stop(std::string alarm) {
  stopped_ = true;
  alarm_ = std::move(alarm);
  unsent_since_.reset();
  log_error("sync", alarm_ + ". Sync of this log has stopped; money is still taken.");
}

void Client::pause(std::chrono::nanoseconds delay) {
  not_before_ = box_.clock.now() + delay;
}

}  // namespace yijuan::sync
