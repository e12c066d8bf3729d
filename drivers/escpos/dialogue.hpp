// Question and answer with a printer over one open stream. Every wait has a limit.
//
// An answer does not say what it answers, so one question is asked at a time and nothing else is
// sent until it is answered; and each question is asked twice, the second answer counts: printers
// are known whose answers lag one question behind.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "async/clock.hpp"
#include "drivers/escpos/model.hpp"
#include "drivers/escpos/status.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::escpos {

class Dialogue {
 public:
  /// Both outlive the dialogue.
  Dialogue(ByteStream& stream, Clock& clock) : stream_(stream), clock_(clock) {}

  /// Drops whatever the printer said before: until `quiet` passes without a byte (one second at
  /// most, for a line that only makes noise).
  Task<void> drain(std::chrono::nanoseconds quiet);
  /// Writes whole commands. PrinterErrc::slow, or line_lost: how much arrived is unknown then.
  Task<void> send(BytesView commands, std::chrono::nanoseconds limit);
  /// As send(), but ends with how much was taken when `limit` has passed: the rest goes on there.
  Task<std::size_t> send_some(BytesView commands, std::chrono::nanoseconds limit);
  /// Asks everything, the port too. PrinterErrc::no_answer if a question stays unanswered for
  /// `limit`.
  Task<PrinterState> ask_state(std::chrono::nanoseconds limit);
  /// What the port itself says, and automatic status: no byte is sent. All is well where nothing
  /// tells.
  Task<PrinterState> overheard();
  /// Asks DLE EOT `n` once; the printer may be busy.
  Task<RealTimeStatus> ask(int n, std::chrono::nanoseconds limit);
  /// Waits for the answer to a DLE EOT that was sent.
  Task<RealTimeStatus> next_status(std::chrono::nanoseconds limit);
  /// Tells an offline printer to forget what it holds, between two commands. An answer is waited
  /// for where there is one. REQUIRES: `how` is not nothing.
  Task<void> drop_buffer(Clears how, std::chrono::nanoseconds limit);
  /// Waits for the next answer of any kind.
  Task<Reply> next_reply(std::chrono::nanoseconds limit);

  /// The latest answers to GS r and GS ( H, also those that came between other answers.
  [[nodiscard]] const std::optional<OrderedStatus>& ordered() const { return ordered_; }
  [[nodiscard]] const std::string& done() const { return done_; }
  /// Forgets them: before asking for new ones.
  void forget_answers();

 private:
  Task<void> fill(std::chrono::nanoseconds limit);

  ByteStream& stream_;
  Clock& clock_;
  ReplyReader reader_;
  std::array<std::uint8_t, 256> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::optional<OrderedStatus> ordered_;
  std::string done_;
  std::optional<PrinterState> automatic_;
};

}  // namespace yijuan::escpos
