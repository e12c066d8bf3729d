#include "drivers/escpos/printer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "async/errc.hpp"
#include "base/log.hpp"
#include "drivers/escpos/commands.hpp"
#include "drivers/escpos/layout.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::size_t kFirstPrinting = 1;  // pieces[0] is the preamble, which prints nothing

}  // namespace

EscposPrinter::EscposPrinter(const asio::any_io_executor& executor,
                             std::unique_ptr<StreamSource> source, Clock& clock,
                             PrinterOptions options)
    : source_(std::move(source)),
      clock_(clock),
      options_(std::move(options)),
      job_(options_.last_job),
      free_(executor) {}

Error EscposPrinter::cannot_open(const Error& error) const {
  if (error == AsyncErrc::cancelled) return error;
  // Which of several printers, no permission, not there: the line knows best.
  const std::string& why = error.detail();
  return {PrinterErrc::no_answer, why.empty() ? source_->name() : why};
}

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
  remember(result.error());
  log_warning("printer", fmt::format("{}: {}", source_->name(), result.error().message()));
  if (!progress.begun) co_return failed(result.error());
  co_return PrintResult{.outcome = tlog::SlipOutcome::uncertain, .why = result.error().message()};
}

Task<void> EscposPrinter::print_pieces(std::vector<Bytes> pieces, Progress& progress) {
  auto stream = co_await source_->open();
  if (!stream) co_return cannot_open(stream.error());
  meet(**stream);
  auto printed = co_await print_over(**stream, pieces, progress);
  co_return printed;
}

Task<void> EscposPrinter::print_over(ByteStream& stream, const std::vector<Bytes>& pieces,
                                     Progress& progress) {
  Dialogue dialogue(stream, clock_);
  auto good = co_await check(dialogue);
  if (!good) co_return good.error();
  auto printed = co_await send_and_confirm(dialogue, pieces, progress);
  if (!printed && progress.begun) {
    holds_rest_ = true;
    if (printed.error() == AsyncErrc::cancelled) co_return printed.error();
    auto dropped = co_await drop_rest(dialogue);
    holds_rest_ = !dropped.has_value();
  }
  co_return printed;
}

Task<void> EscposPrinter::send_and_confirm(Dialogue& dialogue, const std::vector<Bytes>& pieces,
                                           Progress& progress) {
  auto sent = co_await send_pieces(dialogue, pieces, progress);
  if (!sent) co_return sent.error();
  auto confirmed = co_await confirm(dialogue, progress);
  co_return confirmed;
}

Task<void> EscposPrinter::check(Dialogue& dialogue) {
  if (answers()) {
    auto drained = co_await dialogue.drain(options_.quiet);
    if (!drained) co_return drained.error();
  }
  // One that answers nothing may still have a port that tells.
  auto state = co_await (answers() ? ask_state(dialogue) : dialogue.overheard());
  if (!state) co_return state.error();
  near_end_ = state->paper_near_end;
  trouble_.reset();
  if (near_end_) {
    trouble_ =
        PrinterTrouble{std::string(kPaperNearEnd), "the paper is near its end: bring a roll"};
  }
  auto well = state->can_print();
  // Once: one that is well works off what it holds, and one that does not obey will not later.
  if (std::exchange(holds_rest_, false) && !well) {
    auto dropped = co_await drop_rest(dialogue);
    if (!dropped && dropped.error() == AsyncErrc::cancelled) co_return dropped.error();
  }
  co_return well;
}

Task<void> EscposPrinter::drop_rest(Dialogue& dialogue) {
  const Clears how = options_.model.clears;
  if (how == Clears::nothing || !answers()) co_return Result<void>();
  // Inside a picture the order would be dots of it.
  auto completed = co_await complete_earlier(dialogue);
  if (!completed) co_return completed.error();
  auto dropped = co_await dialogue.drop_buffer(how, options_.answer_limit);
  if (!dropped) {
    log_warning("printer", fmt::format("{}: may still hold a slip that was given up: {}",
                                       source_->name(), dropped.error().message()));
  }
  co_return dropped;
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
    auto sent = co_await send_piece(dialogue, pieces[i], progress);
    if (!sent) co_return sent.error();
    if (!answers() || i + 1 == pieces.size()) continue;
    // Also keeps a small buffer from flooding: a busy printer answers when it can take more.
    auto well = co_await go_on(dialogue, progress);
    if (!well) co_return well.error();
  }
  co_return Result<void>();
}

Task<void> EscposPrinter::send_piece(Dialogue& dialogue, BytesView piece, Progress& progress) {
  clean_ = false;
  for (;;) {
    auto sent = co_await dialogue.send_some(piece, options_.piece_limit);
    if (!sent) co_return sent.error();
    piece = piece.subspan(*sent);
    clean_ = piece.empty();
    if (clean_) co_return Result<void>();
    // No question can pass a full buffer: only what it says unasked may tell why.
    auto state = co_await dialogue.overheard();
    if (!state) co_return state.error();
    auto well = state->can_print();
    if (!may_wait(progress)) co_return well ? Error(PrinterErrc::slow) : well.error();
  }
}

Task<void> EscposPrinter::go_on(Dialogue& dialogue, Progress& progress) {
  const Bytes question = ask_status(4);
  for (;;) {
    auto asked = co_await send_piece(dialogue, question, progress);
    if (!asked) co_return asked.error();
    auto paper = co_await dialogue.next_status(options_.piece_limit);
    if (!paper) co_return paper.error();
    auto state = co_await dialogue.overheard();
    if (!state) co_return state.error();
    state->add(4, *paper);
    auto well = state->can_print();
    if (well || !may_wait(progress)) co_return well;
    auto rested = co_await clock_.sleep_for(options_.mend_interval);
    if (!rested) co_return rested.error();
  }
}

bool EscposPrinter::may_wait(Progress& progress) const {
  if (!options_.model.keeps_buffer) return false;
  if (!progress.give_up) progress.give_up = clock_.now() + options_.reload_limit;
  return clock_.now() < *progress.give_up;
}

Task<void> EscposPrinter::confirm(Dialogue& dialogue, Progress& progress) {
  const Confirms how = answers() ? options_.model.confirms : Confirms::nothing;
  if (how == Confirms::nothing) {
    // An answer cannot come, but the line may still break.
    const Instant deadline = clock_.now() + options_.print_time;
    while (clock_.now() < deadline) {
      auto reply = co_await dialogue.next_reply(deadline - clock_.now());
      if (!reply && reply.error() != PrinterErrc::no_answer) co_return reply.error();
    }
    auto port = co_await dialogue.overheard();
    if (!port) co_return port.error();
    co_return port->can_print();
  }
  dialogue.forget_answers();
  job_ = job_ % kLastJob + 1;
  const std::string id = fmt::format("{:04}", job_);
  Bytes question;
  if (how == Confirms::process_id) question = ask_process_id(id);
  if (how == Confirms::in_order) question = ask_paper_in_order();
  auto asked = co_await send_piece(dialogue, question, progress);
  if (!asked) co_return asked.error();

  if (how == Confirms::idle) {
    auto idle = co_await dialogue.ask(1, options_.print_limit);
    if (!idle) co_return idle.error();
  } else {
    auto told =
        co_await await_confirmation(dialogue, how == Confirms::process_id ? id : "", progress);
    if (!told) co_return told.error();
    if (how == Confirms::process_id) co_return Result<void>();
  }
  // Noise can look like these answers; it does not go on to say that all is well.
  auto state = co_await dialogue.ask_state(options_.answer_limit);
  if (!state) co_return state.error();
  if (dialogue.ordered()) state->add(*dialogue.ordered());
  co_return state->can_print();
}

Task<void> EscposPrinter::await_confirmation(Dialogue& dialogue, std::string id,
                                             Progress& progress) {
  Instant deadline = clock_.now() + options_.print_limit;
  while (id.empty() ? !dialogue.ordered() : dialogue.done() != id) {
    if (clock_.now() >= deadline) co_return PrinterErrc::no_answer;
    auto reply = co_await dialogue.next_reply(options_.answer_limit);
    if (reply) continue;
    if (reply.error() != PrinterErrc::no_answer) co_return reply.error();
    // It is silent: busy, or something is wrong and it can still say what.
    auto state = co_await dialogue.ask_state(options_.answer_limit);
    if (!state && state.error() != PrinterErrc::no_answer) co_return state.error();
    if (!state || state->can_print()) continue;
    if (!may_wait(progress)) co_return state->can_print();
    deadline = clock_.now() + options_.print_limit;  // counts from when it goes on
    auto rested = co_await clock_.sleep_for(options_.mend_interval);
    if (!rested) co_return rested.error();
  }
  co_return Result<void>();
}

Task<void> EscposPrinter::ready() {
  auto acquired = co_await acquire();
  if (!acquired) co_return acquired.error();
  auto result = co_await ready_over_line();
  if (!result) remember(result.error());
  release();
  co_return result;
}

Task<void> EscposPrinter::ready_over_line() {
  auto stream = co_await source_->open();
  if (!stream) co_return cannot_open(stream.error());
  meet(**stream);
  Dialogue dialogue(**stream, clock_);
  auto good = co_await check(dialogue);
  co_return good;
}

void EscposPrinter::meet(const ByteStream& stream) {
  const std::string peer = stream.peer();
  if (peer == identity_) return;
  identity_ = peer;
  // The id is the chip maker's: a hint for whoever chose the model, no reason to choose another.
  const auto known = models_seen_as(peer);
  if (known.empty() || std::ranges::find(known, options_.model.name) != known.end()) return;
  log_warning("printer", fmt::format("{}: model is {}; such ids were seen with {}", peer,
                                     options_.model.name, fmt::join(known, ", ")));
}

void EscposPrinter::remember(const Error& error) {
  if (error == AsyncErrc::cancelled) return;
  const bool ours = error.code().category() == make_error_code(PrinterErrc::offline).category();
  const auto code = ours ? static_cast<PrinterErrc>(error.code().value()) : PrinterErrc::line_lost;
  trouble_ = PrinterTrouble{std::string(word_of(code)), error.message()};
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
