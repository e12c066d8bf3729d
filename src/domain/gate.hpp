// May this box take gifts today, and if not, why: the disclosure that the law asks for and the
// dates of the filed plan are a gate. The answer is shown to whoever stands in front of the box.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "domain/door_watch.hpp"
#include "domain/pack.hpp"

namespace yijuan::domain {

/// What is known about today. `exact` comes from a trusted clock; otherwise the day is the
/// earliest that today can be.
struct TrustedDate {
  Day day;
  bool exact = false;
};

/// Sources of today's date at a box.
struct DateSources {
  WallReading now;
  std::optional<WallTime> pack_signed;
  std::optional<WallTime> last_trusted_entry;  // newest entry written with quality ntp or ledger
  std::optional<Day> confirmed;                // two volunteers confirmed this day, in this boot
};

/// A trusted clock (ntp, ledger); else the latest of the pack's signing, the last trusted entry and
/// a stored clock is the earliest that today can be, and a confirmed day that is not before it is
/// believed. What an untrusted clock wrote into the log never counts.
TrustedDate trusted_date(const DateSources& sources);

enum class GateReason {
  open,
  no_pack,
  bad_signature,
  bad_pack,
  box_not_in_pack,
  missing_disclosure,
  not_begun,
  ended,
  date_unknown,
  door_open,  // the box itself, whatever the pack says
  tampered,
  box_full,
};

struct Gate {
  GateReason reason = GateReason::no_pack;
  std::string field;  // of missing_disclosure and bad_pack: the field's name in the pack
  Text text;          // for the screen
  [[nodiscard]] bool open() const { return reason == GateReason::open; }
  friend bool operator==(const Gate&, const Gate&) = default;
};

/// "no_pack", "missing_disclosure" …: the stable word of a fault entry.
std::string_view to_text(GateReason reason);

/// The gate of a box whose door is open or was opened without authority, or that is full; open if
/// nothing of this holds.
Gate check_box(DoorState door, bool full);

/// Decides from what open_pack() said. The first reason found, in the order of GateReason.
Gate check_gate(const Result<CampaignPack>& pack, std::string_view box, TrustedDate today);

}  // namespace yijuan::domain
