// Days of many seeds, one after the other, with their figures. A file keeps how far it came, so
// that it can be stopped and taken up again.
#pragma once

#include <string>
#include <string_view>

#include "world.hpp"

namespace yijuan::sim {

struct ManyDays {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  std::string resume;  // a file; empty: none

  /// "A-B". False if it is not.
  bool set_range(std::string_view text);
};

/// Figures, what is wrong, and the digest; of a wrong day the command that lives it again.
void print_day(std::uint64_t seed, const DayResult& result);
void print_figures(const Figures& figures);
/// True if nothing was wrong.
bool live_one_day(std::uint64_t seed, bool verbose);
/// Stops at the first day that goes wrong.
bool live_many_days(const ManyDays& days);

}  // namespace yijuan::sim
