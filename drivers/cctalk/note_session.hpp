// One connection to a bill validator, from identification to the first failure: configures the
// device as wanted, polls it, turns its readings into reports, and carries out verdicts on a held
// note. Opens nothing and never gives up by itself: note_acceptor.hpp does.
//
// The invariant: the device takes notes only while a mark that is not quiet is on the
// kiosk's disk, nothing waits in the outbox and nothing is wrong with the device.
#pragma once

#include <set>

#include "async/event.hpp"
#include "drivers/cctalk/link.hpp"
#include "drivers/cctalk/note_book.hpp"
#include "drivers/cctalk/note_escrow.hpp"
#include "drivers/cctalk/note_health.hpp"
#include "io/outbox.hpp"

namespace yijuan::cctalk {

class NoteSession {
 public:
  /// How the last connection of this process left the device.
  struct Left {
    bool known = false;  // false: the journal's mark is all we have
    bool enabled = false;
    int unnamed = 0;         // connections in a row that did not learn the serial number
    bool restarted = false;  // a connection began with a device that had restarted
    bool switched = false;   // it has a master switch: it once answered
    bool masked = false;     // its mask may be off by our own command
  };
  struct Config {
    const NoteTable& table;
    std::chrono::milliseconds poll_interval{200};
    bool escrow = true;  // hold every note for a verdict
  };
  struct World {
    Link& link;
    Clock& clock;
    NoteBook& book;
    NoteEscrow& escrow;
    Outbox& outbox;
    Left& left;
    Event& woken;        // set by whoever wants the next poll now
    const bool& wanted;  // whether notes should be taken
    bool& open;          // set while the device takes notes
  };
  NoteSession(World world, Config config);

  /// Until an error: silent (offline), restarting (the device restarted), counter_broken, or a
  /// stream's own.
  Task<void> run();
  /// Inhibits, gives an undecided note back, polls until two readings are equal, and leaves a
  /// quiet mark. For the end of run().
  Task<void> stop();

 private:
  /// What the device says of its inhibits; nothing where it does not know the question.
  struct Inhibits {
    std::optional<NoteMask> mask;
    std::optional<bool> master;
    [[nodiscard]] bool open(NoteMask ours) const;
  };

  // Bringing up (note_setup.cpp).
  Task<void> bring_up();
  Task<void> check_category();
  Task<void> learn_serial();
  Task<void> await_disk();
  Task<void> check_serial();
  Task<void> reconcile();
  Task<void> find_master_switch();
  Task<void> identify();
  Task<std::string> text(Header header);
  Task<void> learn_interval();
  Task<void> set_mode();

  // The table (note_check.cpp).
  Task<void> check_table();
  Task<std::string> complaint(const NoteRow& row);
  Task<std::optional<NoteScale>> scale_of(std::string country);

  // Totals for the audit (note_totals.cpp).
  Task<void> count();
  Task<std::optional<std::uint64_t>> total(std::size_t index);

  // The inhibits (note_inhibits.cpp).
  Task<Inhibits> read_inhibits();
  Task<bool> inhibits_kept();
  Task<void> write_mask(NoteMask mask);
  Task<void> enable(bool on);
  Task<void> align();

  // Polling.
  Task<CreditBuffer> read_events();
  Task<void> poll();
  Task<void> route();
  Task<void> drain();
  Task<void> watch();
  Task<void> self_check();
  Task<void> nap(std::chrono::nanoseconds longest);
  Result<void> apply(NoteBook::Taken taken);
  void deliver(NoteBook::Told told);
  void follow_held();
  [[nodiscard]] bool rests() const;
  void tell(std::string_view device, std::string_view code, std::string text);
  void tell_health();

  World world_;
  Config config_;
  std::chrono::milliseconds interval_;
  NoteHealth health_;
  std::string serial_;
  std::string limits_;          // what it cannot do
  NoteMask ours_;               // positions of the table
  NoteMask mask_;               // those whose id and worth the device confirmed
  std::size_t mask_bytes_ = 0;  // that 231 takes; 0: not known yet
  bool has_master_ = true;      // false: 228 is not there, the mask stands in for it
  bool knows_mask_ = true;      // false: it does not answer 230
  bool knows_master_ = true;    // false: it does not answer 227
  bool checks_itself_ = true;   // false: it does not answer 232
  bool reconciled_ = false;
  bool ready_ = false;     // brought up: the mask is written
  bool enabled_ = false;   // as last commanded
  bool opening_ = false;   // the kiosk was told so; enabled once that is durable
  bool was_open_ = false;  // since it was shut last: a note may be on its way in
  Instant arrived_by_{};   // when such a note must have made its event
  int equal_readings_ = 0;
  std::optional<std::string> told_health_;
  std::optional<Instant> read_at_;
  Instant watched_at_{};
  std::size_t counting_ = 0;         // the total that is asked for next
  std::set<std::size_t> uncounted_;  // those that the device does not keep
  DeviceCounters counters_;
  std::optional<Instant> counted_at_;
  Instant ailing_since_{};
};

}  // namespace yijuan::cctalk
