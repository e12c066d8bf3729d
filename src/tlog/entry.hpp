// An entry of a log, a box's or the office's: one line of compact JSON, keys in the order of its
// schema. This header is the vocabulary; format.md beside it lists every type, and entry_line.hpp
// reads and writes the lines. The bytes of a line are the truth: they are kept and sent as written,
// and the leaf hash is SHA-256(0x00 || line without newline).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fen.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace yijuan::tlog {

/// The line of the campaign plan under which money is given; not a function of the amount.
enum class Activity { one_yuan, one_day, free };
enum class Channel { cash, qr };
/// What an accepted coin or note is for: a gift, or a technician's test (in no gift, but expected
/// at the count).
enum class Purpose { gift, test };

struct Salt : std::array<std::uint8_t, 16> {};

/// The fields that every entry begins with.
struct Header {
  Seq seq = 0;
  WallReading at;
  std::string boot;  // 16 hex digits: the kernel's id of this boot, shortened
  Uptime up{};       // since that boot
  Salt salt{};       // a published leaf hash hides its entry
};

/// What a session gives for: carried by its cash and its gift.
struct Terms {
  Activity activity = Activity::one_yuan;
  std::string designation;  // id from the pack; "general" is 统筹使用
  std::string unit;         // id from the pack, or empty
  friend bool operator==(const Terms&, const Terms&) = default;
};

/// First entry of a log.
struct Epoch {
  struct Predecessor {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    friend bool operator==(const Predecessor&, const Predecessor&) = default;
  };
  std::string key;  // the log's vkey
  std::optional<Predecessor> previous;
  std::string why;  // "first", "rollback", "disk lost" …
  friend bool operator==(const Epoch&, const Epoch&) = default;
};

/// kioskd started.
struct Boot {
  std::string version;
  bool clean = false;  // the last run ended in order
  friend bool operator==(const Boot&, const Boot&) = default;
};

/// One accepted coin or note.
struct Cash {
  std::string device;  // "coin" or "note": the config section
  std::string serial;  // as the device tells it
  int counter = 0;     // the device's event counter for this event, 1..255
  Fen amount;
  std::uint64_t session = 0;  // unique in the log
  Terms terms;
  Purpose purpose = Purpose::gift;
  friend bool operator==(const Cash&, const Cash&) = default;
};

/// One gift (捐赠, 一笔): closes the cash it names.
struct Gift {
  Terms terms;
  Channel channel = Channel::cash;
  Fen amount;                // the sum of its cash
  std::string campaign;      // id from the pack
  std::uint32_t people = 1;  // 参与人次 of a collective gift
  std::uint64_t slip = 0;    // slip number: 1, 2, 3 … in this log
  std::vector<Seq> cash;     // ascending
  Hash claim{};              // SHA-256("yijuan-claim-v1\0" || the slip's secret)
  std::string closed;        // "done", "quiet", "reached", "timeout", "gate", "power"
  friend bool operator==(const Gift&, const Gift&) = default;
};

enum class SlipOutcome { printed, failed, declined, uncertain };

/// What became of a gift's paper slip.
struct Slip {
  Seq gift = 0;
  std::uint32_t copy = 1;
  SlipOutcome outcome = SlipOutcome::declined;
  std::string why;
  friend bool operator==(const Slip&, const Slip&) = default;
};

/// Events that an acceptor lost (漏计): how many, never how much.
struct Gap {
  std::string device;
  std::string serial;
  int counter = 0;                    // the device's counter after the gap
  std::optional<std::uint32_t> lost;  // events; nothing where the device cannot tell
  std::string why;                    // "overrun", "restart", "swapped"
  friend bool operator==(const Gap&, const Gap&) = default;
};

/// A note is held in escrow and is about to be stacked. Resolved by the next cash, returned or
/// disputed entry of the same device.
struct Intent {
  std::string device;
  std::string serial;
  int counter = 0;  // the device's event counter of the held note
  Fen amount;
  Purpose purpose = Purpose::gift;  // test: offered while a technician tested
  friend bool operator==(const Intent&, const Intent&) = default;
};

/// The note of an intent went back to its donor.
struct Returned {
  std::string device;
  std::string serial;
  int counter = 0;  // after the event
  Seq intent = 0;
  std::string why;
  friend bool operator==(const Returned&, const Returned&) = default;
};

/// Nobody can tell whether the note of an intent is in the box (存疑): in no gift, and the expected
/// sum of the count is a range.
struct Disputed {
  std::string device;
  std::string serial;
  int counter = 0;  // after what was learnt last
  Fen amount;
  Seq intent = 0;
  std::string why;
  friend bool operator==(const Disputed&, const Disputed&) = default;
};

/// A contact of the box changed, or its lock was opened.
struct Door {
  std::string contact;    // "door", "tilt", "lock"
  std::string state;      // "opened", "closed"; "moved", "still"; "unlocked"
  std::string authority;  // who may: "boxctl uid 1000"; empty: nobody, a tamper
  friend bool operator==(const Door&, const Door&) = default;
};

/// A device or the box itself stopped working, or works again.
struct Fault {
  std::string device;  // "coin", "printer", "journal", "clock", "campaign" …
  std::string code;    // a stable word
  std::string text;    // for people
  friend bool operator==(const Fault&, const Fault&) = default;
};
struct Recovered {
  std::string device;
  std::string code;
  friend bool operator==(const Recovered&, const Recovered&) = default;
};

/// The wall clock jumped against the monotonic one by more than 2 s, or its quality changed.
struct ClockStep {
  WallTime from;
  WallTime to;
  ClockQuality was = ClockQuality::unset;
  friend bool operator==(const ClockStep&, const ClockStep&) = default;
};

/// A campaign pack came into force.
struct Pack {
  std::string campaign;
  std::uint64_t version = 0;
  Hash hash{};  // SHA-256 of the signed file
  friend bool operator==(const Pack&, const Pack&) = default;
};

/// A box saw the office's log (a later checkpoint than before): the boxes are its witnesses.
struct Witness {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  std::string signature;  // base64 of key id and signature of the checkpoint's note
  friend bool operator==(const Witness&, const Witness&) = default;
};

// The entries below stand in the office's log only.

/// A box's log has no disk any more: what came after `size` is not known to anybody.
struct Lost {
  std::string origin;
  std::uint64_t size = 0;  // entries that the ledger holds
  Hash root{};
  std::uint64_t head = 0;      // entries that the box had when it was last heard; `size` if less
  std::uint64_t unsynced = 0;  // pieces of cash that the ledger did not have then
  std::uint64_t unsynced_fen = 0;  // their sum
  std::string why;
  friend bool operator==(const Lost&, const Lost&) = default;
};

/// The gift of cash that a lost or replaced log left open: written by the office in its place.
struct Closing {
  std::string origin;      // of the log that holds the cash
  std::uint64_t size = 0;  // of that log then
  Terms terms;
  Fen amount;             // the sum of the cash
  std::vector<Seq> cash;  // ascending
  std::string why;
  friend bool operator==(const Closing&, const Closing&) = default;
};

/// Entries of a fork are taken into the books. One fork may need several of these.
struct Quarantined {
  std::string origin;        // of the log
  std::string fork;          // of its histories this one
  Seq first = 0;             // of the entries
  std::vector<Hash> leaves;  // theirs, in order
  friend bool operator==(const Quarantined&, const Quarantined&) = default;
};

/// The day's digest of all logs: SHA-256 of its text (ledger/public/digest.hpp).
struct Digest {
  std::string day;  // YYYY-MM-DD
  std::uint64_t logs = 0;
  Hash hash{};
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// The office's own log before this one is not whole: entries from `held` on were signed and are
/// not held any more. `seen`: the largest checkpoint of it that a box or the public holds.
struct Hole {
  std::string origin;
  std::uint64_t held = 0;
  std::uint64_t seen = 0;
  Hash root{};  // of `seen`
  std::string why;
  friend bool operator==(const Hole&, const Hole&) = default;
};

/// A box may send from now on: its certificate, and the log that it sends first.
struct Enrolled {
  std::string box;
  std::string origin;
  std::string key;  // the log's vkey
  Hash spki{};      // SHA-256 of the SubjectPublicKeyInfo of the box's certificate
  friend bool operator==(const Enrolled&, const Enrolled&) = default;
};

/// A box's certificate is revoked: nobody listens to that key any more.
struct Revoked {
  std::string box;
  Hash spki{};
  friend bool operator==(const Revoked&, const Revoked&) = default;
};

/// A type that this version does not know: kept, marked, passed on.
struct Unknown {
  std::string type;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};

using Body = std::variant<Epoch, Boot, Cash, Intent, Returned, Disputed, Gift, Slip, Gap, Door,
                          Fault, Recovered, ClockStep, Pack, Witness, Lost, Closing, Quarantined,
                          Digest, Hole, Enrolled, Revoked, Unknown>;

struct Entry {
  Header header;
  Body body;
};

}  // namespace yijuan::tlog
