// libgpiod's functions as the test program has them: one chip "gpiochip0" of 8 lines, of which
// line 3 is called "DOOR", whose edges the test makes. The kernel of the test machines has no
// simulated GPIO chip; this shows what gpio.cpp makes of the library's answers, not the library.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace yijuan::fake_gpiod {

struct Edge {
  bool rising = false;
  std::chrono::nanoseconds age{};  // how long before it is read
};

void reset();
/// The next request of a line fails with `error`; held by `consumer` if that is given.
void refuse(int error, std::string consumer = {});
/// Puts edges into the kernel's queue of the requested line, and its level.
void put(const std::vector<Edge>& edges, bool level);
/// The chip is pulled out: everything fails.
void unplug();
[[nodiscard]] int open_chips();
[[nodiscard]] int flags();                 // of the last request
[[nodiscard]] std::vector<int> written();  // levels set on the output, with the one requested

}  // namespace yijuan::fake_gpiod
