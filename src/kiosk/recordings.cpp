#include "kiosk/recordings.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "io/errc.hpp"
#include "net/errc.hpp"

namespace yijuan::kiosk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kInterval{200};
constexpr std::int64_t kLongest = std::int64_t{24} * 3600;
constexpr std::size_t kMostWaiting = std::size_t{1} << 20U;  // the command does not keep up

}  // namespace

class Recordings::Tap : public StreamTap {
 public:
  // Asked by whatever makes a stream, which is how it is known that there is one.
  std::unique_ptr<StreamSource> stand_in() override {
    on_a_stream_ = true;
    return nullptr;
  }
  void opened() override {
    if (!recorder_) return;
    if (!recorder_->begun()) {
      if (mark_) recorder_->told(mark_text(*mark_));
      if (accept_) recorder_->told(*accept_);
    }
    recorder_->opened();
  }
  void read(BytesView bytes) override {
    if (recorder_) recorder_->read(bytes);
  }
  void written(BytesView bytes) override {
    if (recorder_) recorder_->written(bytes);
  }
  void failed(const Error& error) override {
    if (recorder_) recorder_->failed(error);
  }
  bool cuts() override { return recorder_ && recorder_->cuts(); }

  void know(const CounterMark& mark) { mark_ = mark; }
  void accept(bool wanted) {
    accept_ = wanted ? "accept on" : "accept off";
    told(*accept_);
  }
  void told(const std::string& text) {
    if (recorder_ && recorder_->begun()) recorder_->told(text);
  }

  [[nodiscard]] bool on_a_stream() const { return on_a_stream_; }
  [[nodiscard]] bool busy() const { return recorder_.has_value(); }
  [[nodiscard]] const Recorder& recorder() const { return *recorder_; }
  void begin(Clock& clock, std::string comment) {
    waiting_.clear();
    const auto sink = [this](std::string_view lines) -> Result<void> {
      if (waiting_.size() + lines.size() > kMostWaiting) {
        return Error(IoErrc::full, "boxctl does not take the recording fast enough");
      }
      waiting_ += lines;
      return {};
    };
    recorder_.emplace(sink, clock, Recorder::Options{.comment = std::move(comment)});
  }
  void end() { recorder_.reset(); }
  std::string take() { return std::exchange(waiting_, {}); }

 private:
  static std::string mark_text(const CounterMark& mark) {
    return fmt::format("mark {} {} {}", mark.serial.empty() ? "-" : mark.serial, mark.counter,
                       mark.quiet ? "quiet" : "open");
  }

  bool on_a_stream_ = false;
  std::optional<Recorder> recorder_;
  std::string waiting_;
  std::optional<CounterMark> mark_;
  std::optional<std::string> accept_;
};

Recordings::Recordings(Clock& clock) : clock_(clock) {}
Recordings::~Recordings() = default;

StreamTap* Recordings::tap(std::string_view device) {
  auto& tap = taps_[std::string(device)];
  if (!tap) tap = std::make_unique<Tap>();
  return tap.get();
}

void Recordings::hear(const DeviceFact& fact) {
  const CounterMark* mark = nullptr;
  if (const auto* const report = std::get_if<CashReport>(&fact)) mark = &report->mark;
  if (const auto* const note = std::get_if<NoteInEscrow>(&fact)) mark = &note->mark;
  if (mark == nullptr) return;
  if (const auto at = taps_.find(mark->device); at != taps_.end()) at->second->know(*mark);
}

void Recordings::accept(std::string_view device, bool wanted) {
  if (const auto at = taps_.find(device); at != taps_.end()) at->second->accept(wanted);
}

void Recordings::decide(std::string_view device, int counter, NoteVerdict verdict) {
  const auto at = taps_.find(device);
  if (at == taps_.end()) return;
  at->second->told(
      fmt::format("decide {} {}", counter, verdict == NoteVerdict::stack ? "stack" : "give_back"));
}

Task<boost::json::object> Recordings::record(boost::json::object arguments,
                                             net::ControlProgress& progress) {
  const auto* const device = arguments.if_contains("device");
  const auto* const time = arguments.if_contains("seconds");
  if (device == nullptr || !device->is_string() || time == nullptr || !time->is_int64()) {
    co_return Error(NetErrc::refused, "record needs a device and a number of seconds");
  }
  const std::string name(device->get_string());
  if (time->get_int64() < 1 || time->get_int64() > kLongest) {
    co_return Error(NetErrc::refused, fmt::format("between 1 and {} seconds", kLongest));
  }
  const auto at = taps_.find(name);
  if (at == taps_.end()) {
    co_return Error(NetErrc::refused, fmt::format("no device \"{}\" is configured", name));
  }
  Tap& tap = *at->second;
  if (!tap.on_a_stream()) {
    co_return Error(
        NetErrc::refused,
        fmt::format("{} cannot be recorded: its driver uses no serial, TCP, USB or file "
                    "port whose bytes could be written down",
                    name));
  }
  if (tap.busy()) co_return Error(NetErrc::refused, name + " is being recorded already");
  tap.begin(clock_, fmt::format("{}, recorded by kioskd {}", name, YIJUAN_VERSION));
  log_info(name, "its bytes are being recorded");
  auto reply = co_await follow(tap, seconds(time->get_int64()), progress);
  tap.end();
  co_return reply;
}

Task<boost::json::object> Recordings::follow(Tap& tap, seconds limit,
                                             net::ControlProgress& progress) {
  const Instant end = clock_.now() + limit;
  const Recorder& recorder = tap.recorder();
  while (true) {
    const bool last = clock_.now() >= end || !recorder.state();
    auto sent = co_await progress.send(
        {{"text", tap.take()}, {"bytes", recorder.bytes()}, {"begun", recorder.begun()}});
    if (!sent) co_return sent.error();
    if (last) break;
    auto slept = co_await clock_.sleep_for(kInterval);
    if (!slept) co_return slept.error();
  }
  co_return boost::json::object{
      {"bytes", recorder.bytes()},
      {"events", recorder.events()},
      {"begun", recorder.begun()},
      {"ended", recorder.state() ? "" : recorder.state().error().message()}};
}

}  // namespace yijuan::kiosk
