// simulate: one simulated day, or thousands.
//   simulate --seed 7 [--verbose]
//   simulate --seeds 1-5000 [--resume FILE]      goes on where FILE says that it stopped
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "base/log.hpp"
#include "many_days.hpp"

int main(int count, char** arguments) {
  using namespace yijuan;
  std::optional<std::uint64_t> seed;
  sim::ManyDays many;
  bool verbose = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    const bool has_value = i + 1 < count;
    if (word == "--verbose") {
      verbose = true;
    } else if (word == "--seed" && has_value) {
      seed = std::strtoull(arguments[++i], nullptr, 10);
    } else if (word == "--seeds" && has_value && many.set_range(arguments[i + 1])) {
      ++i;
    } else if (word == "--resume" && has_value) {
      many.resume = arguments[++i];
    } else {
      fmt::print(stderr, "simulate --seed N [--verbose] | --seeds A-B [--resume FILE]\n");
      return 2;
    }
  }
  set_log_level(verbose ? LogLevel::debug : LogLevel{static_cast<int>(LogLevel::error) + 1});
  if (seed) return sim::live_one_day(*seed, verbose) ? 0 : 1;
  return sim::live_many_days(many) ? 0 : 1;
}
