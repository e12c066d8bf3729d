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
      if (const auto* automatic = std::get_if<AutomaticStatus>(&*reply)) {
        automatic_.emplace().add(*automatic);
      }
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
  automatic_.reset();
  forget_answers();
  co_return Result<void>();
}

Task<void> Dialogue::send(BytesView commands, std::chrono::nanoseconds limit) {
  auto taken = co_await send_some(commands, limit);
  if (!taken) co_return taken.error();
  if (*taken < commands.size()) co_return PrinterErrc::slow;
  co_return Result<void>();
}

Task<std::size_t> Dialogue::send_some(BytesView commands, std::chrono::nanoseconds limit) {
  const Instant deadline = clock_.now() + limit;
  std::size_t sent = 0;
  while (sent < commands.size() && clock_.now() < deadline) {
    auto taken = co_await with_timeout(clock_, deadline - clock_.now(),
                                       stream_.write_some(commands.subspan(sent)));
    if (!taken && taken.error() == AsyncErrc::timed_out) break;
    if (!taken) co_return as_printer_error(taken.error(), PrinterErrc::slow);
    sent += *taken;
  }
  co_return Result<std::size_t>(sent);
}

Task<RealTimeStatus> Dialogue::ask(int n, std::chrono::nanoseconds limit) {
  const Bytes question = ask_status(n);
  const Instant deadline = clock_.now() + limit;
  auto sent = co_await send(question, limit);
  if (!sent) co_return sent.error();
  auto status = co_await next_status(deadline - clock_.now());
  co_return status;
}

Task<RealTimeStatus> Dialogue::next_status(std::chrono::nanoseconds limit) {
  const Instant deadline = clock_.now() + limit;
  for (;;) {
    auto reply = co_await next_reply(deadline - clock_.now());
    if (!reply) co_return reply.error();
    if (const auto* status = std::get_if<RealTimeStatus>(&*reply)) {
      co_return Result<RealTimeStatus>(*status);
    }
  }
}

Task<void> Dialogue::drop_buffer(Clears how, std::chrono::nanoseconds limit) {
  const Bytes order = escpos::drop_buffer(how);
  const Instant deadline = clock_.now() + limit;
  auto sent = co_await send(order, limit);
  if (!sent || how == Clears::dle_enq) co_return sent;
  for (;;) {
    auto reply = co_await next_reply(deadline - clock_.now());
    if (!reply) co_return reply.error();
    if (std::holds_alternative<Dropped>(*reply)) co_return Result<void>();
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
  auto other = co_await overheard();
  if (!other) co_return other.error();
  state.add(*other);
  co_return Result<PrinterState>(state);
}

Task<PrinterState> Dialogue::overheard() {
  PrinterState state;
  if (automatic_) state = *automatic_;
  auto port = co_await stream_.port_status();
  if (!port) co_return as_printer_error(port.error(), PrinterErrc::no_answer);
  if (*port) {
    state.paper_out = state.paper_out || (*port)->paper_empty;
    state.offline = state.offline || !(*port)->selected;
    state.broken = state.broken || (*port)->error;
  }
  co_return Result<PrinterState>(state);
}

void Dialogue::forget_answers() {
  ordered_.reset();
  done_.clear();
}

}  // namespace yijuan::escpos
