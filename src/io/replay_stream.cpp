#include "io/replay_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "async/event.hpp"
#include "io/errc.hpp"

namespace yijuan {

using Kind = RecordedEvent::Kind;

/// Where the recording stands; shared by the streams that were opened on it.
class ReplayCursor {
 public:
  ReplayCursor(Recording recording, std::string name, Clock& clock, bool tells)
      : recording_(std::move(recording)),
        name_(std::move(name)),
        clock_(clock),
        tells_(tells),
        anchor_(clock.now()) {}

  Task<int> open();
  Task<std::size_t> read_some(int stream, std::span<std::uint8_t> buffer);
  Task<void> write(int stream, BytesView bytes);
  Task<std::size_t> write_some(int stream, BytesView bytes);
  Task<std::string> next_told();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool ended() const { return at_ == recording_.size(); }
  [[nodiscard]] const Result<void>& same() const { return same_; }
  [[nodiscard]] std::size_t line() const {
    if (recording_.empty()) return 1;
    return recording_[std::min(at_, recording_.size() - 1)].line;
  }

 private:
  /// The event that comes next; null at the end. Passes over `=` lines if nobody asks for them.
  const RecordedEvent* next();
  void advance();
  /// Waits until `event`, which comes next, may happen. False: meanwhile something else did.
  Task<bool> due(const RecordedEvent& event);
  Task<void> wait_for_change();
  Task<void> write_piece(BytesView& bytes);
  Task<void> fail_as_recorded(const RecordedEvent& event, IoErrc code);
  Error differ(const RecordedEvent& event, std::string_view instead);
  [[nodiscard]] Error end() const { return {IoErrc::closed, name_ + ": the recording ends here"}; }

  Recording recording_;
  std::string name_;
  Clock& clock_;
  bool tells_;
  Result<void> same_;
  std::size_t at_ = 0;
  std::size_t used_ = 0;  // bytes of the event at `at_`
  int streams_ = 0;       // an older stream is dead
  Instant anchor_;        // when the last event was played
  std::chrono::microseconds anchor_offset_{};
  std::optional<Event> changed_;
};

namespace {

std::string shown(const RecordedEvent& event) {
  const std::string line = recording_lines(event);
  const std::size_t kind = line.find(' ') + 1;
  return line.substr(kind, line.find('\n') - kind);
}

}  // namespace

const RecordedEvent* ReplayCursor::next() {
  while (!tells_ && !ended() && recording_[at_].kind == Kind::told) advance();
  return ended() ? nullptr : &recording_[at_];
}

void ReplayCursor::advance() {
  anchor_ = clock_.now();
  anchor_offset_ = recording_[at_].offset;
  ++at_;
  used_ = 0;
  if (changed_) changed_->set();
}

Task<void> ReplayCursor::wait_for_change() {
  const auto executor = co_await asio::this_coro::executor;
  if (!changed_) changed_.emplace(executor);
  changed_->clear();
  auto waited = co_await changed_->wait();
  co_return waited;
}

Task<bool> ReplayCursor::due(const RecordedEvent& event) {
  const std::size_t at = at_;
  if (used_ == 0) {
    auto slept = co_await clock_.sleep_until(anchor_ + (event.offset - anchor_offset_));
    if (!slept) co_return slept.error();
  }
  co_return at == at_;
}

Error ReplayCursor::differ(const RecordedEvent& event, std::string_view instead) {
  Error error(IoErrc::differs, fmt::format("{}: line {}: recorded is \"{}\", now the driver {}",
                                           name_, event.line, shown(event), instead));
  if (same_) same_ = error;
  return error;
}

Task<void> ReplayCursor::fail_as_recorded(const RecordedEvent& event, IoErrc code) {
  auto now = co_await due(event);
  if (!now) co_return now.error();
  if (!*now) co_return Result<void>();
  const std::string text = event.text;
  advance();
  co_return Error(code, text);
}

Task<int> ReplayCursor::open() {
  ++streams_;
  used_ = 0;
  while (true) {
    if (!same_) co_return same_.error();
    const RecordedEvent* const event = next();
    if (event == nullptr) co_return end();
    if (event->kind == Kind::failed) {
      auto failed = co_await fail_as_recorded(*event, IoErrc::cannot_open);
      if (!failed) co_return failed.error();
    } else if (event->kind == Kind::told) {
      auto waited = co_await wait_for_change();
      if (!waited) co_return waited.error();
    } else if (event->kind == Kind::opened) {
      auto now = co_await due(*event);
      if (!now) co_return now.error();
      if (!*now) continue;
      advance();
      co_return streams_;
    } else {
      co_return differ(*event, "opens the port again");
    }
  }
}

Task<std::size_t> ReplayCursor::read_some(int stream, std::span<std::uint8_t> buffer) {
  while (true) {
    if (!same_) co_return same_.error();
    if (stream != streams_) co_return Error(IoErrc::closed, name_);
    const RecordedEvent* const event = next();
    if (event != nullptr && event->kind == Kind::failed) {
      auto failed = co_await fail_as_recorded(*event, IoErrc::closed);
      if (!failed) co_return failed.error();
    } else if (event != nullptr && event->kind == Kind::read) {
      auto now = co_await due(*event);
      if (!now) co_return now.error();
      if (!*now) continue;
      const auto rest = BytesView(event->bytes).subspan(used_);
      const auto count = std::min(rest.size(), buffer.size());
      std::ranges::copy(rest.first(count), buffer.begin());
      used_ += count;
      if (count == rest.size()) advance();
      co_return Result<std::size_t>(count);
    } else {
      auto waited = co_await wait_for_change();
      if (!waited) co_return waited.error();
    }
  }
}

Task<void> ReplayCursor::write_piece(BytesView& bytes) {
  const RecordedEvent* const event = next();
  if (event == nullptr) co_return end();
  if (event->kind == Kind::told) {
    auto waited = co_await wait_for_change();
    co_return waited;
  }
  if (event->kind == Kind::failed) {
    auto failed = co_await fail_as_recorded(*event, IoErrc::closed);
    co_return failed;
  }
  if (event->kind != Kind::written) {
    co_return differ(*event, fmt::format("writes {}", to_hex(bytes)));
  }
  auto now = co_await due(*event);
  if (!now) co_return now.error();
  if (!*now) co_return Result<void>();
  const auto rest = BytesView(event->bytes).subspan(used_);
  const auto count = std::min(rest.size(), bytes.size());
  if (!std::ranges::equal(rest.first(count), bytes.first(count))) {
    co_return differ(*event, fmt::format("writes {}", to_hex(bytes)));
  }
  bytes = bytes.subspan(count);
  used_ += count;
  if (count == rest.size()) advance();
  co_return Result<void>();
}

Task<void> ReplayCursor::write(int stream, BytesView bytes) {
  while (!bytes.empty()) {
    if (!same_) co_return same_.error();
    if (stream != streams_) co_return Error(IoErrc::closed, name_);
    auto written = co_await write_piece(bytes);
    if (!written) co_return written;
  }
  co_return Result<void>();
}

Task<std::size_t> ReplayCursor::write_some(int stream, BytesView bytes) {
  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const RecordedEvent* const event = next();
    const bool more = event != nullptr && event->kind == Kind::written &&
                      event->offset == anchor_offset_;  // a later line of one write
    if (bytes.size() < all && used_ == 0 && !more) break;
    if (!same_) co_return same_.error();
    if (stream != streams_) co_return Error(IoErrc::closed, name_);
    auto written = co_await write_piece(bytes);
    if (!written) co_return written.error();
  }
  co_return Result<std::size_t>(all - bytes.size());
}

Task<std::string> ReplayCursor::next_told() {
  while (true) {
    const RecordedEvent* const event = next();
    if (event == nullptr) co_return end();
    if (event->kind == Kind::told) {
      auto now = co_await due(*event);
      if (!now) co_return now.error();
      std::string text = event->text;
      advance();
      co_return Result<std::string>(std::move(text));
    }
    auto waited = co_await wait_for_change();
    if (!waited) co_return waited.error();
  }
}

namespace {

class ReplayStream : public ByteStream {
 public:
  ReplayStream(std::shared_ptr<ReplayCursor> cursor, int number)
      : cursor_(std::move(cursor)), number_(number) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    return cursor_->read_some(number_, buffer);
  }
  Task<void> write(BytesView bytes) override { return cursor_->write(number_, bytes); }
  // Takes as much as the device took then.
  Task<std::size_t> write_some(BytesView bytes) override {
    return cursor_->write_some(number_, bytes);
  }
  // What the driver discarded was not recorded.
  void discard_input() override {}

 private:
  std::shared_ptr<ReplayCursor> cursor_;
  int number_;
};

class ReplaySource : public StreamSource {
 public:
  explicit ReplaySource(std::shared_ptr<ReplayCursor> cursor) : cursor_(std::move(cursor)) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    auto number = co_await cursor_->open();
    if (!number) co_return number.error();
    std::unique_ptr<ByteStream> stream = std::make_unique<ReplayStream>(cursor_, *number);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
  }
  [[nodiscard]] std::string name() const override { return "replay:" + cursor_->name(); }

 private:
  std::shared_ptr<ReplayCursor> cursor_;
};

}  // namespace

Replay::Replay(Recording recording, std::string name, Clock& clock)
    : cursor_(std::make_shared<ReplayCursor>(std::move(recording), std::move(name), clock, true)) {}

std::unique_ptr<StreamSource> Replay::stand_in() {
  return std::make_unique<ReplaySource>(cursor_);
}
Task<std::string> Replay::next_told() {
  return cursor_->next_told();
}
bool Replay::ended() const {
  return cursor_->ended();
}
Result<void> Replay::same() const {
  return cursor_->same();
}
std::size_t Replay::line() const {
  return cursor_->line();
}

Result<std::unique_ptr<StreamSource>> make_replay_source(const std::filesystem::path& path,
                                                         Clock& clock) {
  auto recording = read_recording(path);
  if (!recording) return recording.error();
  return std::make_unique<ReplaySource>(
      std::make_shared<ReplayCursor>(std::move(*recording), path.string(), clock, false));
}

}  // namespace yijuan
