// From the key events of a scanner to whole texts: pure, by the times of the events. US layout, as
// scanners type it; only presses count; Enter ends a text.
//
// The invariant: a text is told only as a whole. A pause of more than 50 ms between two keys, a key
// that is no character, more than 64 characters, or events that the kernel lost drop it: a person's
// fingers are slower, and half a badge is no badge.
#pragma once

#include <linux/input.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "async/clock.hpp"

namespace yijuan::scanner {

inline constexpr std::chrono::milliseconds kKeyTimeout{50};
inline constexpr std::size_t kLongestText = 64;

class KeyDecoder {
 public:
  /// The text that `event`, of the moment `at`, ends.
  std::optional<std::string> feed(const input_event& event, Instant at);
  /// Forgets the text under way and what is held down.
  void reset();

 private:
  std::optional<std::string> press(int code, Instant at);

  std::string text_;
  std::optional<Instant> last_;  // of the text's keys
  bool spoiled_ = false;         // dropped until its end
  bool left_shift_ = false;
  bool right_shift_ = false;
};

}  // namespace yijuan::scanner
