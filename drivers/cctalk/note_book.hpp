// Which events of a bill validator were told already, which are new, and which note it holds: the
// arithmetic that the money of notes passes through. Pure; the session feeds it readings and sends
// out what it tells.
//
// The invariant: an event is told at most once; only "stacked" is money; a note of unknown worth
// or fate never is, and whatever may have been missed is told as lost, restarted, swapped or
// unclear. A note that was told as unclear, or whose fate a restart hid, is not credited later
// either: what happened to it is disputed, once.
// Marks are quiet as those of event_book.hpp are, and never while a note is held.
#pragma once

#include <optional>
#include <string>

#include "drivers/cctalk/note_protocol.hpp"
#include "drivers/cctalk/note_table.hpp"
#include "ports/device_fact.hpp"

namespace yijuan::cctalk {

/// A note between the device's "held" event and what became of it.
struct HeldNote {
  int counter = 0;  // of that event
  int position = 0;
  std::optional<Fen> amount;  // nothing where the position is not in the table
  bool told = false;          // as NoteInEscrow
};

class NoteBook {
 public:
  /// `mark`: how far the journal knows the device's events. `escrow`: held notes are told.
  NoteBook(NoteTable table, std::optional<CounterMark> mark, bool escrow);

  /// What a reading tells, in this order.
  struct Told {
    std::optional<CashReport> report;
    std::optional<NoteInEscrow> held;
    std::vector<RawEvent> news{};  // that are new, for whoever watches the device's health
  };

  /// First reading of a connection; the arguments are those of EventBook::reconcile. A note that
  /// is still held is told again.
  Told reconcile(std::string serial, const CreditBuffer& buffer, bool kept, bool open);

  /// Whether `buffer` must be read again, and the inhibits before it, because the device may have
  /// restarted. `prompt`: the last reading is so recent that five events cannot have passed.
  [[nodiscard]] bool doubtful(const CreditBuffer& buffer, bool prompt) const;

  enum class Verdict { fine, restarted, counter_broken };
  struct Taken {
    Verdict verdict = Verdict::fine;
    Told told;
  };
  /// A later reading. After another verdict than fine the connection begins anew.
  Taken take(const CreditBuffer& buffer, bool kept, bool prompt);

  /// The held note is not where it was, and no event says why.
  std::optional<CashReport> give_up(std::string why);

  /// The device is inhibited and two readings were equal.
  std::optional<CashReport> become_quiet();
  /// The device will be enabled.
  std::optional<CashReport> become_open();

  /// Whether the device holds every note before it stacks it.
  void know_holding(bool holds);
  /// Positions whose id and worth the device confirmed. A note of another one is not money.
  void trust(NoteMask positions) { trusted_ = positions; }
  [[nodiscard]] const std::optional<HeldNote>& held() const { return held_; }
  [[nodiscard]] bool quiet() const { return mark_ && mark_->quiet; }
  /// Serial number of the device that the mark is of; empty if none.
  [[nodiscard]] std::string serial() const { return mark_ ? mark_->serial : std::string(); }

 private:
  [[nodiscard]] bool is_broken(const CreditBuffer& buffer, bool prompt) const;
  [[nodiscard]] bool restarted(const CreditBuffer& buffer, const NewEvents& found) const;
  enum class Break { none, restarted, swapped };
  Told adopt(const CreditBuffer& buffer, Break why);
  Told credit(const NewEvents& found, const CreditBuffer& buffer);
  void look_back(const CreditBuffer& buffer, std::size_t known_from);
  void learn(const NewEvents& found, const CreditBuffer& buffer);
  void tell_held(Told& told);

  // One event each; they add to the report.
  void read(const CountedEvent& counted, CashReport& report);
  void read_stacked(const CountedEvent& counted, CashReport& report);
  void read_held(const CountedEvent& counted, CashReport& report);
  void read_code(int code, CashReport& report);
  void lose(CashReport& report, std::string why);
  void dispute(CashReport& report, std::string why);
  [[nodiscard]] const NoteRow* row(int position) const;

  NoteTable table_;
  NoteMask trusted_;
  bool escrow_;
  bool holds_;
  std::optional<CounterMark> mark_;
  std::optional<CreditBuffer> seen_;  // the last reading of this process and device
  bool counts_truly_ = false;         // it was seen to count one for one
  std::optional<HeldNote> held_;
  bool past_unknown_ = false;    // a note may have been held at the mark; the reading cannot tell
  std::optional<int> disputed_;  // position of a note already disputed, 0 for any
};

/// What CounterMark, DeviceFound and DeviceState call a note acceptor.
inline constexpr std::string_view kNoteDevice = "note";

}  // namespace yijuan::cctalk
