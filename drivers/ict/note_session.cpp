#include "drivers/ict/note_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "drivers/ict/errc.hpp"

namespace yijuan::ict {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kAnswerLimit{500};
constexpr int kMostUnanswered = 3;
constexpr milliseconds kBusyTurn{20};  // a verdict is done within that time
constexpr milliseconds kCommandPause{100};
constexpr int kMostRefusals = 5;
constexpr int kProof = 3;  // answers in a row, before a line is believed and a slot opened on it
constexpr int kMostGarbage = 200;
constexpr int kMeaningWeighs = 3;
constexpr int kCleanStatuses = 2;  // without "cleared", so many say that a trouble is over
constexpr seconds kWriteLimit{1};
constexpr seconds kGreeting{2};  // from the first word of a power-up to the second, at most
constexpr std::size_t kChunk = 64;

}  // namespace

NoteSession::NoteSession(World world, const AcceptorConfig& config)
    : world_(world), config_(config) {}

void NoteSession::tell(std::string_view code, std::string text) {
  world_.outbox.put(DeviceState{
      .device = std::string(kDeviceName), .code = std::string(code), .text = std::move(text)});
}

Task<void> NoteSession::run() {
  auto up = co_await bring_up();
  if (!up) co_return up;
  while (true) {
    auto turned = co_await turn();
    if (!turned) co_return turned;
  }
}

Task<void> NoteSession::bring_up() {
  // Before a word is heard: a late one belongs to the note that the last process left.
  if (auto first = world_.escrow.begin(world_.clock.now())) world_.outbox.put(std::move(*first));
  while (answers_ < kProof) {
    auto polled = co_await poll();
    if (!polled) co_return polled;
    auto heard = co_await listen(poll_at_);
    if (!heard) co_return heard;
  }
  answered_ = true;
  world_.outbox.put(DeviceFound{
      .device = std::string(kDeviceName),
      .maker = "ICT",
      .product = "RS-232 note acceptor",
      .serial = {},
      .firmware = {},
      .limits = "no recovery: it counts no events and has no serial number; a note whose "
                "outcome does not arrive is disputed"});
  if (trouble_.empty()) tell("", "");
  co_return Result<void>();
}

Task<void> NoteSession::turn() {
  world_.outbox.flush();
  if (world_.verdict) {
    const Verdict verdict = *world_.verdict;
    world_.verdict.reset();
    auto done =
        co_await act(world_.escrow.decide(verdict.counter, verdict.verdict, world_.clock.now()));
    if (!done) co_return done;
  }
  auto ticked = co_await act(world_.escrow.tick(world_.clock.now()));
  if (!ticked) co_return ticked;
  auto aligned = co_await align(world_.wanted && trouble_.empty() && !world_.outbox.holding());
  if (!aligned) co_return aligned;
  auto polled = co_await poll();
  if (!polled) co_return polled;
  auto heard = co_await listen(next_moment());
  co_return heard;
}

Instant NoteSession::next_moment() const {
  if (world_.escrow.idle()) return poll_at_;
  return world_.clock.now() + kBusyTurn;
}

Task<void> NoteSession::listen(Instant until) {
  std::array<std::uint8_t, kChunk> chunk{};
  const auto patience = std::max<Instant>(milliseconds(1), until - world_.clock.now());
  auto count = co_await with_timeout(world_.clock, patience, world_.stream.read_some(chunk));
  if (!count && count.error() == AsyncErrc::timed_out) co_return Result<void>();
  if (!count) co_return count.error();
  for (const MarkedByte byte : marks_.push(BytesView(chunk).first(*count))) {
    auto heard = co_await hear(understand(byte, config_.codes));
    if (!heard) co_return heard;
  }
  co_return Result<void>();
}

Result<void> NoteSession::count_garbage(Word word) {
  const bool meaningless = word == Word::damaged || word == Word::unknown || word == Word::echo;
  // Among bytes of chance one in nine has a meaning.
  garbage_ = meaningless ? garbage_ + 1 : std::max(0, garbage_ - kMeaningWeighs);
  if (meaningless) answers_ = 0;
  if (word == Word::echo) return IctErrc::looped;
  if (garbage_ > kMostGarbage) return IctErrc::garbage;
  return {};
}

Task<void> NoteSession::hear(const Heard& heard) {
  auto counted = count_garbage(heard.word);
  if (!counted) co_return counted;
  // What a line says of notes before it is believed is of no note that we told.
  if (answered_) {
    auto acted = co_await act(world_.escrow.hear(heard, world_.clock.now()));
    if (!acted) co_return acted;
  }
  switch (heard.word) {
    case Word::power_up:
    case Word::ready: {
      auto greeted = co_await greet(heard.word);
      co_return greeted;
    }
    case Word::enabled:
    case Word::inhibited:
      hear_status(heard.word == Word::enabled);
      break;
    case Word::trouble:
      hear_trouble(heard);
      break;
    case Word::no_command:
      hear_no_command();
      break;
    case Word::cleared:
      recover();
      break;
    default:
      break;
  }
  co_return Result<void>();
}

Task<void> NoteSession::greet(Word word) {
  // Whoever does not answer within 2 s finds the device shut for good. "take" takes nothing here:
  // a device that has just got its power holds no note that it would announce.
  log_warning("ict", "the note acceptor got its power");
  enabled_ = false;
  commanded_ = false;
  world_.open = false;
  asked_ = false;
  unanswered_ = 0;
  const Instant now = world_.clock.now();
  poll_at_ = now + kCommandPause;
  // Once is enough: by its second word it may hold a note, and that "take" would stack it.
  const bool answered = greeted_at_ && now - *greeted_at_ < kGreeting;
  if (word == Word::ready && answered) co_return Result<void>();
  greeted_at_ = now;
  auto said = co_await say(Say::take);
  co_return said;
}

void NoteSession::hear_answer() {
  if (asked_ && ++answers_ < kProof) poll_at_ = world_.clock.now() + kCommandPause;
  asked_ = false;
  unanswered_ = 0;
}

void NoteSession::hear_status(bool enabled) {
  hear_answer();
  enabled_ = enabled;
  commanded_ = false;
  if (!trouble_.empty() && ++clean_statuses_ >= kCleanStatuses) recover();
  world_.open = enabled && trouble_.empty();
}

void NoteSession::hear_trouble(const Heard& heard) {
  hear_answer();
  clean_statuses_ = 0;
  if (!enabled_) enabled_ = false;  // it answers, but does not say
  const std::string word(trouble_word(heard.code, config_.codes));
  world_.open = false;
  if (trouble_ == word) return;
  trouble_ = word;
  tell(word, std::string(trouble_text(heard.code, config_.codes)));
}

void NoteSession::recover() {
  clean_statuses_ = 0;
  if (trouble_.empty()) return;
  trouble_.clear();
  tell("", "");
}

void NoteSession::hear_no_command() {
  // The oldest firmware knows "hold" under another number.
  if (said_hold_ && hold_ == Say::hold) hold_ = Say::hold_v03;
  asked_ = false;
  unanswered_ = 0;
}

Task<void> NoteSession::align(bool want) {
  if (enabled_ == want) refusals_ = 0;
  if (enabled_ == want && std::exchange(told_stuck_, false)) tell("", "");
  if (!world_.escrow.idle() || enabled_ == want || commanded_) co_return Result<void>();
  if (want && refusals_ == kMostRefusals && !told_stuck_) {
    told_stuck_ = true;
    tell("not enabled", "the note acceptor does not open although it was told to");
  }
  refusals_ = std::min(refusals_ + 1, kMostRefusals);
  commanded_ = true;
  auto said = co_await say(want ? Say::enable : Say::inhibit);
  poll_at_ = world_.clock.now() + kCommandPause;
  co_return said;
}

Task<void> NoteSession::poll() {
  const Instant now = world_.clock.now();
  if (now < poll_at_ || !world_.escrow.may_poll(now)) co_return Result<void>();
  if (asked_ && ++unanswered_ >= kMostUnanswered) {
    co_return garbage_ > 0 ? IctErrc::garbage : IctErrc::silent;
  }
  asked_ = true;
  poll_at_ = now + std::max(config_.poll_interval, kAnswerLimit);
  auto said = co_await say(Say::poll);
  co_return said;
}

Task<void> NoteSession::act(Escrow::Step step) {
  if (step.say) {
    const Say word = *step.say == Say::hold ? hold_ : *step.say;
    auto said = co_await say(word);
    if (!said) co_return said;
  }
  if (step.report) world_.outbox.put(std::move(*step.report));
  if (step.held) world_.outbox.put(std::move(*step.held));
  co_return Result<void>();
}

Task<void> NoteSession::say(Say word) {
  said_hold_ = word == Say::hold || word == Say::hold_v03;
  const std::array<std::uint8_t, 1> byte = {static_cast<std::uint8_t>(word)};
  auto written = co_await with_timeout(world_.clock, kWriteLimit, world_.stream.write(byte));
  co_return written;
}

Task<void> NoteSession::stop() {
  if (!enabled_) co_return Result<void>();
  world_.verdict.reset();
  auto back = co_await act(
      world_.escrow.decide(world_.escrow.held(), NoteVerdict::give_back, world_.clock.now()));
  if (!back) co_return back;
  enabled_.reset();
  commanded_ = false;
  while (!world_.escrow.idle() || enabled_ != false) {
    auto ticked = co_await act(world_.escrow.tick(world_.clock.now()));
    if (!ticked) co_return ticked;
    auto aligned = co_await align(false);
    if (!aligned) co_return aligned;
    auto polled = co_await poll();
    if (!polled) co_return polled;
    auto heard = co_await listen(next_moment());
    if (!heard) co_return heard;
  }
  auto told = co_await world_.outbox.drain();
  co_return told;
}

}  // namespace yijuan::ict
