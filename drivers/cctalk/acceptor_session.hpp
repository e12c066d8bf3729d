// One connection to an acceptor, from identification to the first failure: configures the device
// as wanted, polls it, and turns its readings into reports. Opens nothing and never gives up by
// itself: coin_acceptor.hpp does.
//
// The invariant: the device takes coins only while a mark that is not quiet is on the
// kiosk's disk, nothing waits in the outbox and no fault stands.
#pragma once

#include <array>

#include "drivers/cctalk/event_book.hpp"
#include "drivers/cctalk/link.hpp"
#include "io/outbox.hpp"

namespace yijuan::cctalk {

/// How the last connection of this process left the device.
struct LeftBehind {
  bool known = false;  // false: the journal's mark is all we have
  bool enabled = false;
  int unnamed = 0;        // connections in a row that did not learn the serial number
  bool switched = false;  // it has a master switch: it once answered
  bool masked = false;    // its mask may be off by our own command
};

class AcceptorSession {
 public:
  struct World {
    Link& link;
    Clock& clock;
    EventBook& book;
    Outbox& outbox;
    LeftBehind& left;
    const bool& wanted;  // whether coins should be taken
    bool& open;          // set while the device takes coins
  };
  AcceptorSession(World world, const CoinTable& table, std::chrono::milliseconds poll_interval);

  /// Until an error: silent (offline), restarting (the device restarted), counter_broken, or a
  /// stream's own.
  Task<void> run();
  /// Inhibits, polls until two readings are equal, and leaves a quiet mark. For the end of run().
  Task<void> stop();

 private:
  /// What the device says of its inhibits; nothing where it does not know the question.
  struct Inhibits {
    std::optional<PositionMask> mask;
    std::optional<bool> master;
    [[nodiscard]] bool open(PositionMask ours) const;
  };

  // Bringing up (acceptor_setup.cpp).
  Task<void> bring_up();
  Task<void> learn_serial();
  Task<void> reconcile();
  Task<void> find_master_switch();
  Task<void> await_disk();
  Task<void> identify();
  Task<std::string> text(Header header);
  Task<void> check_table();
  Task<std::string> coin_id(int position);
  Task<void> learn_interval();

  // What it can say of itself (acceptor_checks.cpp).
  Task<void> refuse_values();
  Task<void> self_check();
  void tell_fault(std::string text);
  Task<void> count(int tries);
  Task<void> set_paths();
  Task<bool> set_path(int position, int path);
  Task<std::optional<Bytes>> sorter_path(int position);

  // The inhibits (acceptor_inhibits.cpp).
  Task<Inhibits> read_inhibits();
  Task<bool> inhibits_kept();
  Task<void> write_mask(PositionMask mask);
  Task<void> set_mask();
  Task<void> enable(bool on);
  Task<void> align();

  // Polling.
  Task<CreditBuffer> read_credits();
  Task<void> poll();
  Task<void> drain();
  Task<void> watch();
  Result<void> apply(EventBook::Taken taken);
  void note_faults(const CashReport& report);
  void tell(std::string_view device, std::string_view code, std::string text);

  World world_;
  const CoinTable& table_;
  std::chrono::milliseconds interval_;
  std::string serial_;
  PositionMask ours_;                      // positions of the table
  PositionMask mask_;                      // those whose id the device confirmed
  std::optional<std::size_t> mask_bytes_;  // that 230 answers; nothing: not known yet
  bool has_master_ = true;                 // false: 228 is not there, the mask stands in for it
  bool knows_mask_ = true;                 // false: it does not answer 230
  bool knows_master_ = true;               // false: it does not answer 227
  bool reconciled_ = false;
  bool ready_ = false;    // brought up: the mask is written
  bool enabled_ = false;  // as last commanded
  bool opening_ = false;  // the kiosk was told so; enabled once that is durable
  bool faulty_ = false;   // a hardware event stands; the self-check decides
  std::string fault_;     // as told
  std::array<bool, 4> counts_ = {true, true, true, true};  // false: it has no such counter
  std::optional<Instant> counted_at_;
  int equal_readings_ = 0;
  std::optional<Instant> read_at_;
  Instant watched_at_{};
};

}  // namespace yijuan::cctalk
