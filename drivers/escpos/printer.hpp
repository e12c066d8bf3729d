// A receipt printer behind any stream: a slip is laid out, sent in pieces and confirmed.
//
// What an outcome means: `printed`, the printer itself confirmed it (or, where it cannot answer,
// the port took every byte and the time that printing needs has passed); `failed`, no byte that
// prints was sent; `uncertain`, everything between. An uncertain slip is never sent again by
// itself: its number may be on paper already; and what the printer still holds of it is dropped
// where the model can, so that it does not come out for whoever puts in the next roll.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "drivers/escpos/dialogue.hpp"
#include "drivers/escpos/slip_bytes.hpp"
#include "ports/printer.hpp"

namespace yijuan::escpos {

inline constexpr int kLastJob = 9999;

struct PrinterOptions {
  Model model;
  Paper paper;
  // 0 to kLastJob, another in each process: a printer that still holds a slip of a process before
  // this one answers for that slip, and its id must not be one that is waited for.
  int last_job = 0;
  bool answers = true;  // the port can carry answers (a file cannot)
  std::chrono::nanoseconds quiet = std::chrono::milliseconds(50);
  std::chrono::nanoseconds answer_limit = std::chrono::seconds(1);  // to a status question
  std::chrono::nanoseconds piece_limit = std::chrono::seconds(10);  // to take 4 kB
  std::chrono::nanoseconds print_limit = std::chrono::seconds(20);  // to confirm a slip
  // For a person who puts in new paper in the middle of a slip, on a printer that keeps the rest.
  std::chrono::nanoseconds reload_limit = std::chrono::seconds(60);
  std::chrono::nanoseconds mend_interval = std::chrono::seconds(1);  // between two looks
  // A slip of 15 cm at 50 mm/s takes 3 s: waited for where nothing is confirmed.
  std::chrono::nanoseconds print_time = std::chrono::seconds(4);
};

class EscposPrinter : public Printer {
 public:
  /// `clock` outlives the printer. Throws std::runtime_error (see TextEncoder).
  EscposPrinter(const asio::any_io_executor& executor, std::unique_ptr<StreamSource> source,
                Clock& clock, PrinterOptions options);

  asio::awaitable<PrintResult> print(domain::SlipDocument document) override;
  Task<void> ready() override;
  [[nodiscard]] std::string identity() const override { return identity_; }
  [[nodiscard]] std::optional<PrinterTrouble> trouble() const override { return trouble_; }

 private:
  // How far a slip got: from `begun` on, something may be on paper.
  struct Progress {
    bool begun = false;
    std::optional<Instant> give_up;  // set when it first stops in the middle
  };

  Task<void> print_pieces(std::vector<Bytes> pieces, Progress& progress);
  Task<void> print_over(ByteStream& stream, const std::vector<Bytes>& pieces, Progress& progress);
  Task<void> send_and_confirm(Dialogue& dialogue, const std::vector<Bytes>& pieces,
                              Progress& progress);
  Task<void> check(Dialogue& dialogue);
  /// Makes the printer forget what it holds of a slip given up, where its model can.
  Task<void> drop_rest(Dialogue& dialogue);
  /// Makes it clean_.
  Task<void> complete_earlier(Dialogue& dialogue);
  Task<PrinterState> ask_state(Dialogue& dialogue);
  Task<void> send_pieces(Dialogue& dialogue, const std::vector<Bytes>& pieces, Progress& progress);
  /// Sends all of `piece`, going on from where a printer that takes no more left off.
  Task<void> send_piece(Dialogue& dialogue, BytesView piece, Progress& progress);
  /// Between two pieces: the printer is well, or well again in time.
  Task<void> go_on(Dialogue& dialogue, Progress& progress);
  /// Whether a slip that stopped may still go on where it stopped.
  bool may_wait(Progress& progress) const;
  Task<void> confirm(Dialogue& dialogue, Progress& progress);
  /// Waits for the answer to GS ( H with `id`, or to GS r if it is empty.
  Task<void> await_confirmation(Dialogue& dialogue, std::string id, Progress& progress);
  void remember(const Error& error);
  /// Who is at the other end; says once if its USB id was seen with other models than ours.
  void meet(const ByteStream& stream);
  Task<void> ready_over_line();
  [[nodiscard]] bool answers() const;
  [[nodiscard]] Error cannot_open(const Error& error) const;
  Task<void> acquire();
  void release();

  std::unique_ptr<StreamSource> source_;
  Clock& clock_;
  PrinterOptions options_;
  TextEncoder encoder_;
  int job_;             // process id of the latest slip, 1 to kLastJob
  bool clean_ = false;  // the printer is surely not inside a command of an earlier job
  // An offline printer may hold the rest of a slip given up, perhaps by a process before this one.
  bool holds_rest_ = true;
  bool remains_ = false;  // the paper may bear an unfinished slip
  bool near_end_ = false;
  std::optional<PrinterTrouble> trouble_;
  std::string identity_;
  bool busy_ = false;
  Event free_;
};

}  // namespace yijuan::escpos
