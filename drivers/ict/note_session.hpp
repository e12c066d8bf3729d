// One connection to a note acceptor, from its first answer to the first failure: says what the
// escrow decides, polls the status, keeps the device enabled or inhibited as wanted, and tells its
// troubles. Opens nothing and never gives up by itself: note_acceptor.hpp does.
#pragma once

#include <array>
#include <functional>

#include "drivers/ict/escrow.hpp"
#include "io/outbox.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::ict {

struct AcceptorConfig {
  std::chrono::milliseconds poll_interval{500};
  Codes codes = Codes::standard;
  NoteTable table{};
};

/// A verdict of the kiosk that the session has not yet done.
struct Verdict {
  int counter = 0;
  NoteVerdict verdict{};
};

class NoteSession {
 public:
  struct World {
    ByteStream& stream;
    Clock& clock;
    Escrow& escrow;
    Outbox& outbox;
    const bool& wanted;  // whether notes should be taken
    bool& open;          // set while the device takes notes, as it says itself
    std::optional<Verdict>& verdict;
  };
  NoteSession(World world, const AcceptorConfig& config);

  /// Until an error: silent, garbage, looped, or the stream's own.
  Task<void> run();
  /// Gives a held note back, inhibits, and waits until the device says so. For the end of run().
  Task<void> stop();
  /// Whether the device answered on this connection.
  [[nodiscard]] bool answered() const { return answered_; }

 private:
  Task<void> bring_up();
  Task<void> turn();
  Task<void> listen(Instant until);
  Task<void> hear(const Heard& heard);
  Task<void> greet(Word word);
  void hear_answer();
  void hear_status(bool enabled);
  void hear_trouble(const Heard& heard);
  void hear_no_command();
  Result<void> count_garbage(Word word);
  Task<void> align(bool want);
  Task<void> poll();
  Task<void> act(Escrow::Step step);
  Task<void> say(Say word);
  void tell(std::string_view code, std::string text);
  void recover();
  [[nodiscard]] Instant next_moment() const;

  World world_;
  const AcceptorConfig& config_;
  MarkedBytes marks_;
  bool answered_ = false;
  std::optional<bool> enabled_;  // as the device said last
  bool commanded_ = false;       // enable or inhibit was said since the last status
  int refusals_ = 0;             // of that command, in a row
  bool told_stuck_ = false;
  std::string trouble_;     // stands; empty: none
  int clean_statuses_ = 0;  // since the trouble
  Say hold_ = Say::hold;
  bool said_hold_ = false;             // the last thing said
  std::optional<Instant> greeted_at_;  // a power-up was answered
  Instant poll_at_{};
  bool asked_ = false;  // and not yet answered
  int unanswered_ = 0;
  int answers_ = 0;  // in a row, without a byte of nonsense between
  int garbage_ = 0;  // bytes without a meaning, against those with one
};

}  // namespace yijuan::ict
