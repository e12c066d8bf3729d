#include "drivers/escpos/printer.hpp"

#include <fmt/format.h>

#include "async/errc.hpp"
#include "base/log.hpp"
#include "drivers/escpos/commands.hpp"
#include "drivers/escpos/layout.hpp"

namespace yijuan::escpos {
namespace {

constexpr int kLastJob = 9999;
constexpr std::size_t kFirstPrinting = 1;  // pieces[0] is the preamble, which prints nothing

}  // namespace

EscposPrinter::EscposPrinter(const asio::any_io_executor& executor,
                             std::unique_ptr<StreamSource> source, Clock& clock,
                             PrinterOptions options)
    : source_(std::move(source)), clock_(clock), options_(std::move(options)), free_(executor) {}

bool EscposPrinter::answers() const {
  return options_.answers && options_.model.confirms != Confirms::nothing;
}

asio::awaitable<PrintResult> EscposPrinter::print(domain::SlipDocument document) {
  const auto failed = [](const Error& error) {
    return PrintResult{.outcome = tlog::SlipOutcome::failed, .why = error.message()};
  };
  auto pieces = to_pieces(lay_out(document, options_.paper.columns()), options_.model,
                          options_.paper, encoder_);
  if (!pieces) co_return failed(pieces.error());
  auto acquired = co_await acquire();
  if (!acquired) co_return failed(acquired.error());
  Progress progress;
  auto result = co_await print_pieces(std::move(*pieces), progress);
  release();
  clean_ = result.has_value();
  if (progress.begun) remains_ = !result.has_value();
  if (result) co_return PrintResult{.outcome = tlog::SlipOutcome::printed, .why = {}};
  log_warning("printer", fmt::format("{}: {}", source_->name(), result.error().message()));
  if (!progress.begun) co_return failed(result.error());
  co_return PrintResult{.outcome = tlog::SlipOutcome::uncertain, .why = result.error().message()};
}

Task<void> EscposPrinter::print_pieces(std::vector<Bytes> pieces, Progress& progress) {
  auto stream = co_await source_->open();
  if (!stream) co_return Error(PrinterErrc::no_answer, source_->name());
  auto printed = co_await print_over(**stream, pieces, progress);
  co_return printed;
}

Task<void> EscposPrinter::print_over(ByteStream& stream, const std::vector<Bytes>& pieces,
                                     Progress& progress) {
  Dialogue dialogue(stream, clock_);
  auto good = co_await check(dialogue);
  if (!good) co_return good.error();
  auto sent = co_await send_pieces(dialogue, pieces, progress);
  if (!sent) co_return sent.error();
  auto confirmed = co_await confirm(dialogue);
  co_return confirmed;
}

Task<void> EscposPrinter::check(Dialogue& dialogue) {
  if (!answers()) co_return Result<void>();
  auto drained = co_await dialogue.drain(options_.quiet);
  if (!drained) co_return drained.error();
  auto state = co_await ask_state(dialogue);
  if (!state) co_return state.error();
  if (state->paper_near_end && !near_end_told_) log_warning("printer", "the paper is near its end");
  near_end_told_ = state->paper_near_end;
  co_return state->can_print();
}

Task<PrinterState> EscposPrinter::ask_state(Dialogue& dialogue) {
  auto state = co_await dialogue.ask_state(options_.answer_limit);
  if (state || clean_ || state.error() != PrinterErrc::no_answer) co_return state;
  // Perhaps it took the questions for the data of a picture.
  auto completed = co_await complete_earlier(dialogue);
  if (!completed) co_return completed.error();
  state = co_await dialogue.ask_state(options_.answer_limit);
  co_return state;
}

Task<void> EscposPrinter::complete_earlier(Dialogue& dialogue) {
  if (clean_) co_return Result<void>();
  const Bytes white = completion();
  auto sent = co_await dialogue.send(white, options_.piece_limit);
  clean_ = sent.has_value();
  co_return sent;
}

Task<void> EscposPrinter::send_pieces(Dialogue& dialogue, const std::vector<Bytes>& pieces,
                                      Progress& progress) {
  auto completed = co_await complete_earlier(dialogue);
  if (!completed) co_return completed.error();
  if (remains_) {
    const Bytes notice = clear_remains(options_.model, encoder_);
    auto sent = co_await dialogue.send(notice, options_.piece_limit);
    if (!sent) co_return sent.error();
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    progress.begun = progress.begun || i >= kFirstPrinting;
    auto sent = co_await dialogue.send(pieces[i], options_.piece_limit);
    if (!sent) co_return sent.error();
    if (!answers() || i + 1 == pieces.size()) continue;
    // Also keeps a small buffer from flooding: a busy printer answers when it can take more.
    auto paper = co_await dialogue.ask(4, options_.piece_limit);
    if (!paper) co_return paper.error();
    PrinterState state;
    state.add(4, *paper);
    if (state.paper_out) co_return PrinterErrc::paper_out;
  }
  co_return Result<void>();
}

Task<void> EscposPrinter::confirm(Dialogue& dialogue) {
  const Confirms how = answers() ? options_.model.confirms : Confirms::nothing;
  if (how == Confirms::nothing) {
    // An answer cannot come, but the line may still break.
    const Instant deadline = clock_.now() + options_.print_time;
    while (clock_.now() < deadline) {
      auto reply = co_await dialogue.next_reply(deadline - clock_.now());
      if (!reply && reply.error() != PrinterErrc::no_answer) co_return reply.error();
    }
    co_return Result<void>();
  }
  dialogue.forget_answers();
  job_ = job_ % kLastJob + 1;
  const std::string id = fmt::format("{:04}", job_);
  Bytes question;
  if (how == Confirms::process_id) question = ask_process_id(id);
  if (how == Confirms::in_order) question = ask_paper_in_order();
  auto asked = co_await dialogue.send(question, options_.piece_limit);
  if (!asked) co_return asked.error();

  if (how == Confirms::idle) {
    auto idle = co_await dialogue.ask(1, options_.print_limit);
    if (!idle) co_return idle.error();
  } else {
    auto told = co_await await_confirmation(dialogue, how == Confirms::process_id ? id : "");
    if (!told) co_return told.error();
    if (how == Confirms::process_id) co_return Result<void>();
  }
  // Noise can look like these answers; it does not go on to say that all is well.
  auto state = co_await dialogue.ask_state(options_.answer_limit);
  if (!state) co_return state.error();
  if (dialogue.ordered()) state->add(*dialogue.ordered());
  co_return state->can_print();
}

Task<void> EscposPrinter::await_confirmation(Dialogue& dialogue, std::string id) {
  const Instant deadline = clock_.now() + options_.print_limit;
  while (id.empty() ? !dialogue.ordered() : dialogue.done() != id) {
    if (clock_.now() >= deadline) co_return PrinterErrc::no_answer;
    auto reply = co_await dialogue.next_reply(options_.answer_limit);
    if (reply) continue;
    if (reply.error() != PrinterErrc::no_answer) co_return reply.error();
    // It is silent: busy, or something is wrong and it can still say what.
    auto state = co_await dialogue.ask_state(options_.answer_limit);
    if (!state && state.error() != PrinterErrc::no_answer) co_return state.error();
    if (state && !state->can_print()) co_return state->can_print();
  }
  co_return Result<void>();
}

Task<void> EscposPrinter::ready() {
  auto acquired = co_await acquire();
  if (!acquired) co_return acquired.error();
  auto result = co_await ready_over_line();
  release();
  co_return result;
}

Task<void> EscposPrinter::ready_over_line() {
  auto stream = co_await source_->open();
  if (!stream) co_return Error(PrinterErrc::no_answer, source_->name());
  Dialogue dialogue(**stream, clock_);
  auto good = co_await check(dialogue);
  co_return good;
}

Task<void> EscposPrinter::acquire() {
  while (busy_) {
    free_.clear();
    auto waited = co_await free_.wait();
    if (!waited) co_return waited.error();
  }
  busy_ = true;
  co_return Result<void>();
}

void EscposPrinter::release() {
  busy_ = false;
  free_.set();
}

}  // namespace yijuan::escpos
