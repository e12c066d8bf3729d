// The gift session: the rules by which cash becomes gifts, as a pure state machine. rules.md has
// the tables of what coins at idle become and of times.
//
// Invariant: cash is in at most one gift at any time, and in exactly one once its session is
// closed; money that is in is never dropped. A session's id is the seq of its first cash entry.
// At most one session is open at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/books.hpp"
#include "domain/pack.hpp"
#include "domain/session_event.hpp"
#include "domain/session_view.hpp"

namespace yijuan::domain {

/// What a step may know of the world. References live for the step only.
struct SessionContext {
  Uptime now{};                        // never goes back
  Seq next_seq = 0;                    // of the first entry that the step returns
  const CampaignPack* pack = nullptr;  // null: none that can be read
  std::string_view origin;
  BytesView slip_key;
  bool paper = false;  // the printer can print now
};

/// What a step asks for: entries to append in one transaction, seqs from next_seq on; effects to
/// run after they are durable (and in order after those of earlier steps); when to send Tick.
struct SessionStep {
  std::vector<tlog::Body> entries;
  std::vector<SessionEffect> effects;
  std::optional<Uptime> deadline;
};

/// How long scenes wait for people.
struct SessionTimes {
  std::chrono::milliseconds choosing{45'000};    // then idle: nothing is in
  std::chrono::milliseconds taking{60'000};      // since the last piece or touch; then asking
  std::chrono::milliseconds asking{20'000};      // then the gift is closed, or idle
  std::chrono::milliseconds reached{2'000};      // after the target: what follows still joins
  std::chrono::milliseconds thanks{6'000};       // of a one-yuan gift
  std::chrono::milliseconds slip_offer{20'000};  // of the others: they are asked about a slip
  std::chrono::milliseconds print_wait{30'000};  // for Printed
  std::chrono::milliseconds notice{5'000};
  std::chrono::milliseconds testing{120'000};  // since the last piece of a test
  std::chrono::milliseconds test_tail{3'000};  // acceptors are shut: what was falling is told
};

class Session {
 public:
  /// `books` of the log, after recover(): the number of the newest slip, and notes whose fate the
  /// acceptor has not told yet. Starts with the gate closed (no_pack) and acceptors off, until the
  /// first GateChecked.
  explicit Session(const Books& books = {}, SessionTimes times = {});

  /// A plain function of (this, event, context). Events that make no sense now change nothing.
  SessionStep step(const SessionEvent& event, const SessionContext& context);

  [[nodiscard]] const View& view() const { return view_; }
  /// No session is open and nobody stands in front: a pack or a release may be changed.
  [[nodiscard]] bool idle() const;

 private:
  class Stepper;
  struct Print {
    Seq gift = 0;
    std::uint32_t copy = 1;
  };

  SessionTimes times_;
  std::uint64_t last_slip_;
  std::map<std::string, PendingNote>
      held_;                              // by device: an intent is written, its end is not known
  View view_;                             // as last presented, or about to be
  std::vector<Seq> open_;                 // cash in no gift yet: the open session
  std::vector<Print> prints_;             // sent to the printer, not answered
  std::uint32_t copies_ = 0;              // of the gift in the thanks scene
  bool question_ = false;                 // its donor is asked about a slip, and has not answered
  std::optional<Uptime> scene_deadline_;  // when the scene's patience ends
  std::optional<Uptime> quiet_deadline_;  // when cash collected at idle becomes a gift
  std::optional<Uptime> notice_deadline_;
  std::optional<bool> accepting_;  // as last sent; nothing before the first step
};

/// Gifts for the cash that a power cut left open, oldest session first, each with its session's
/// own terms and closed "power". To be appended before the first step.
std::vector<tlog::Body> recover(const Books& books, const SessionContext& context);

}  // namespace yijuan::domain
