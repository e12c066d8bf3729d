// The single bytes that host and device say to each other, and what they mean. Pure. There is no
// frame, no checksum and no address: parity is the only guard, so a damaged byte never has a
// meaning.
#pragma once

#include <cstdint>
#include <string_view>

#include "io/marked_bytes.hpp"

namespace yijuan::ict {

/// What the host may say.
enum class Say : std::uint8_t {
  take = 0x02,  // stack the note that is held; also the answer to the device's power-up
  poll = 0x0C,
  give_back = 0x0F,
  hold = 0x18,
  hold_v03 = 0x5A,  // firmware V0.3
  enable = 0x3E,
  inhibit = 0x5E,
};

enum class Word {
  damaged,  // parity or framing was wrong: it may have been anything
  unknown,
  echo,        // our own poll came back: the line is looped
  power_up,    // 80, then 8F, then we must answer within 2 s
  ready,       // 8F
  announced,   // 81: a note was validated, its type follows
  type,        // 40..49: position 1..10
  stacked,     // 10
  returned,    // 11
  trouble,     // 20..2A but for refused, pulled and fishing
  refused,     // 29: the note was not recognised
  pulled,      // 23: the note was taken away
  fishing,     // 27: somebody pulls a note on a string
  no_command,  // 2A: the device does not know what we said
  cleared,     // 2F: the trouble is over
  enabled,     // 3E
  inhibited,   // 5E
};

struct Heard {
  Word word = Word::unknown;
  std::uint8_t code = 0;  // the device's own
  int position = 0;       // of a type
  friend bool operator==(const Heard&, const Heard&) = default;
};

/// How a device numbers its troubles: one published list has "20 restarted" and moves 20..25 of the
/// others up by one.
enum class Codes { standard, shifted };

Heard understand(MarkedByte byte, Codes codes);
/// The stable word of a trouble's code for machines ("jam"), and a sentence for people.
std::string_view trouble_word(std::uint8_t code, Codes codes);
std::string_view trouble_text(std::uint8_t code, Codes codes);

}  // namespace yijuan::ict
