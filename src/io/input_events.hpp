// Bytes from a device of the Linux input layer to whole events (struct input_event): pure. Bytes
// come in any pieces. Bytes that are no events, of a wrong device or a pipe's writer that lost its
// place, are dropped up to the end of what was read.
#pragma once

#include <linux/input.h>

#include <vector>

#include "base/bytes.hpp"

namespace yijuan {

/// Whether the kernel can have written this: a check against bytes that are no events at all.
bool is_plausible(const input_event& event);

struct InputEvents {
  std::vector<input_event> events;  // oldest first
  bool garbage = false;             // what came after them was no events, and is dropped
};

class InputEventReader {
 public:
  InputEvents feed(BytesView bytes);

 private:
  Bytes held_;  // the beginning of an event
};

}  // namespace yijuan
