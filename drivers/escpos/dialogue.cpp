#include "drivers/escpos/dialogue.hpp"

#include "async/with_timeout.hpp"
#include "drivers/escpos/commands.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::chrono::seconds kLongestDrain{1};
constexpr int kQuestions = 4;

// What the stream says, as an operator of a printer reads it.
Error as_printer_error(const Error& error, PrinterErrc late) {
  if (error == AsyncErrc::cancelled) return error;
  if (error == AsyncErrc::timed_out) return late;
  return {PrinterErrc::line_lost, error.detail()};
}

}  // namespace

Task<void> Dialogue::fill(std::chrono::nanoseconds limit) {
  auto count = co_await with_timeout(clock_, limit, stream_.read_some(buffer_));
  if (!count) co_return as_printer_error(count.error(), PrinterErrc::no_answer);
  begin_ = 0;
  end_ = *count;
  co_return Result<void>();
}

Task<Reply> Dialogue::next_reply(std::chrono::nanoseconds limit) {
  const Instant deadline = clock_.now() + limit;
  for (;;) {
    while (begin_ < end_) {
      auto reply = reader_.take(buffer_[begin_++]);
      if (!reply) continue;
      if (const auto* ordered = std::get_if<OrderedStatus>(&*reply)) ordered_ = *ordered;
      if (const auto* done = std::get_if<ProcessDone>(&*reply)) done_ = done->id;
      co_return Result<Reply>(std::move(*reply));
    }
    if (clock_.now() >= deadline) co_return PrinterErrc::no_answer;
    auto filled = co_await fill(deadline - clock_.now());
    if (!filled) co_return filled.error();
  }
}

Task<void> Dialogue::drain(std::chrono::nanoseconds quiet) {
  stream_.discard_input();
  const Instant deadline = clock_.now() + kLongestDrain;
  while (clock_.now() < deadline) {
    auto filled = co_await fill(quiet);
    if (!filled && filled.error() == PrinterErrc::no_answer) break;
    if (!filled) co_return filled.error();
  }
  begin_ = end_ = 0;
  reader_.reset();
  forget_answers();
  co_return Result<void>();
}

Task<void> Dialogue::send(BytesView commands, std::chrono::nanoseconds limit) {
  auto written = co_await with_timeout(clock_, limit, stream_.write(commands));
  if (!written) co_return as_printer_error(written.error(), PrinterErrc::slow);
  co_return Result<void>();
}

Task<RealTimeStatus> Dialogue::ask(int n, std::chrono::nanoseconds limit) {
  const Bytes question = ask_status(n);
  const Instant deadline = clock_.now() + limit;
  auto sent = co_await send(question, limit);
  if (!sent) co_return sent.error();
  for (;;) {
    auto reply = co_await next_reply(deadline - clock_.now());
    if (!reply) co_return reply.error();
    if (const auto* status = std::get_if<RealTimeStatus>(&*reply)) {
      co_return Result<RealTimeStatus>(*status);
    }
  }
}

Task<PrinterState> Dialogue::ask_state(std::chrono::nanoseconds limit) {
  PrinterState state;
  for (int n = 1; n <= kQuestions; ++n) {
    // The first of the two may be swallowed by a printer that wakes up, or lag.
    auto first = co_await ask(n, limit);
    if (!first && first.error() != PrinterErrc::no_answer) co_return first.error();
    auto second = co_await ask(n, limit);
    if (!second) co_return second.error();
    state.add(n, *second);
  }
  co_return Result<PrinterState>(state);
}

void Dialogue::forget_answers() {
  ordered_.reset();
  done_.clear();
}

}  // namespace yijuan::escpos
