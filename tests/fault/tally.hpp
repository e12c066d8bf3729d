// How many disks were broken in which way, and what was found on them: printed, so that a test
// run says how much it tried.
#pragma once

#include <fmt/format.h>

#include <map>
#include <numeric>
#include <string>

#include "tests/fault/aftermath.hpp"

namespace yijuan::fault {

class Tally {
 public:
  Tally() = default;
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  ~Tally() {
    for (const auto& [what, count] : found_) {
      const int all = std::accumulate(count.begin(), count.end(), 0,
                                      [](int sum, const auto& one) { return sum + one.second; });
      fmt::print("{}: {} disks: {} whole, {} refused, {} damaged, {} shorter, {} wrong\n", what,
                 all, times(what, Found::whole), times(what, Found::refused),
                 times(what, Found::damaged), times(what, Found::shorter),
                 times(what, Found::wrong));
    }
  }

  void add(const std::string& what, Found found) { ++found_[what][found]; }
  [[nodiscard]] int times(const std::string& what, Found found) const {
    const auto at = found_.find(what);
    if (at == found_.end() || !at->second.contains(found)) return 0;
    return at->second.at(found);
  }

 private:
  std::map<std::string, std::map<Found, int>> found_;
};

}  // namespace yijuan::fault
