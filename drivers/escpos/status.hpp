// What a printer answers: bytes to replies, and replies to its state. Pure, fuzzed.
//
// Replies of different commands arrive mixed and are told apart by fixed bits (b is a byte):
//   b & 0x93 == 0x12   DLE EOT
//   b & 0x93 == 0x10   first of four bytes of automatic status (GS a)
//   b & 0x90 == 0      GS r, outside such a group
//   0x37 or 0x5F to 0  a block: the answer to GS ( H or DLE DC4 8, or an identification
//   0x11, 0x13         XON, XOFF
// A DLE EOT answer does not say which question it answers: ask one at a time.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "drivers/escpos/printer_errc.hpp"

namespace yijuan::escpos {

struct RealTimeStatus {
  std::uint8_t bits = 0;
};
struct OrderedStatus {  // GS r
  std::uint8_t bits = 0;
};
struct ProcessDone {  // GS ( H
  std::string id;
};
struct Dropped {};        // DLE DC4 8: the buffer is empty
struct AutomaticStatus {  // GS a: sent by itself whenever something changes
  std::array<std::uint8_t, 4> bytes{};
};
using Reply = std::variant<RealTimeStatus, OrderedStatus, ProcessDone, Dropped, AutomaticStatus>;

/// Takes bytes one by one; keeps no more than one unfinished block of bounded length.
class ReplyReader {
 public:
  /// The reply that `byte` completes, if any. Flow control, identifications and noise are
  /// swallowed.
  std::optional<Reply> take(std::uint8_t byte);
  /// Forgets an unfinished reply.
  void reset();

 private:
  Bytes block_;
  AutomaticStatus automatic_;
  std::size_t automatic_left_ = 0;
};

/// What the printer tells, one way and another. Where two ways contradict each other the worse
/// counts: printers are known whose DLE EOT or port status says "well" whatever happens.
struct PrinterState {
  bool offline = false;
  bool cover_open = false;
  bool paper_out = false;
  bool paper_near_end = false;
  bool cutter = false;
  bool head_hot = false;  // goes away by itself
  bool broken = false;

  /// Adds the answer to DLE EOT `n`.
  void add(int n, RealTimeStatus status);
  void add(OrderedStatus status);
  void add(const AutomaticStatus& status);
  void add(const PrinterState& other);
  /// The error that keeps it from printing, the one that a person should mend first.
  [[nodiscard]] Result<void> can_print() const;

  friend bool operator==(const PrinterState&, const PrinterState&) = default;
};

}  // namespace yijuan::escpos
