#include "io/replayed_acceptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>

#include "async/errc.hpp"
#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "io/errc.hpp"
#include "io/fact_line.hpp"
#include "io/replay_stream.hpp"

namespace yijuan {
namespace {

constexpr std::size_t kQueue = 64;
constexpr std::chrono::seconds kStopLimit{30};
// A driver that waits for so long after the recording's last line waits for something else.
constexpr std::chrono::minutes kPatience{10};

/// Always zeros: a replay has no chance in it.
class NoRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override { std::ranges::fill(bytes, std::uint8_t{0}); }
};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "mark SERIAL COUNTER quiet|open" among the lines before the first opening.
std::optional<CounterMark> first_mark(const Recording& recording, const std::string& device) {
  for (const RecordedEvent& event : recording) {
    if (event.kind == RecordedEvent::Kind::opened) break;
    const auto part = words(event.text);
    if (part.size() != 4 || part[0] != "mark" || !number(part[2])) continue;
    return CounterMark{.device = device,
                       .serial = part[1] == "-" ? "" : std::string(part[1]),
                       .counter = *number(part[2]),
                       .quiet = part[3] == "quiet"};
  }
  return std::nullopt;
}

void tell(CashAcceptor& acceptor, std::string_view text) {
  const auto part = words(text);
  if (text == "accept on" || text == "accept off") return acceptor.accept(text == "accept on");
  if (part.size() != 3 || part[0] != "decide" || !number(part[1])) return;
  if (auto* const note = dynamic_cast<NoteAcceptor*>(&acceptor)) {
    note->decide(*number(part[1]),
                 part[2] == "stack" ? NoteVerdict::stack : NoteVerdict::give_back);
  }
}

Task<void> tell_all(Replay& replay, CashAcceptor& acceptor) {
  while (true) {
    auto text = co_await replay.next_told();
    if (!text && text.error() == AsyncErrc::cancelled) co_return text.error();
    if (!text) co_return Result<void>();  // nothing more is told
    tell(acceptor, *text);
  }
}

Task<void> collect(DeviceFacts& facts, std::string& lines) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    lines += fact_lines(*fact);
  }
}

}  // namespace

ReplayedFacts replay_acceptor(Recording recording, const std::string& name,
                              const std::string& device, const MakeAcceptor& make) {
  asio::io_context context;
  SimClock clock(context);
  NoRandom random;
  const auto mark = first_mark(recording, device);
  const Instant limit =
      (recording.empty() ? Instant{} : Instant(recording.back().offset)) + kPatience;
  Replay replay(std::move(recording), name, clock);
  DeviceFacts facts(context.get_executor(), kQueue);
  ReplayedFacts replayed;
  const auto acceptor = make(
      DriverContext{
          .executor = context.get_executor(), .clock = clock, .random = random, .tap = &replay},
      facts, mark);
  const TaskGroup::OnError ignore = [](std::string_view, const Error&) {};
  TaskGroup reader(context.get_executor(), ignore);
  TaskGroup driver(context.get_executor(), ignore);
  reader.spawn("facts", collect(facts, replayed.lines));
  driver.spawn("told", tell_all(replay, *acceptor));
  driver.spawn(device, acceptor->run());
  clock.run([&] { return replay.ended() || !replay.same() || clock.now() > limit; });
  clock.settle();
  replayed.same = replay.same();
  if (replayed.same && !replay.ended()) {
    replayed.same = Error(IoErrc::differs, fmt::format("{}: line {}: the driver waits and does not "
                                                       "do what is recorded",
                                                       name, replay.line()));
  }
  reader.cancel();  // what the driver says of the end of the recording is not the device's doing
  clock.settle();
  driver.cancel();
  clock.run_for(kStopLimit);
  return replayed;
}

}  // namespace yijuan
