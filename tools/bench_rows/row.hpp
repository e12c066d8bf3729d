// One line of tools/bench: "name | ours | reference | ratio | goal | holds or short". Shared by the
// bench programs, so that every row is judged alike: measured figures may miss their goal by 15 %,
// which is what two runs on one machine differ by; counts may not.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

namespace yijuan::bench {

inline constexpr double kNoise = 0.15;

struct Goal {
  double value = 0;
  bool at_least = false;
  double noise = kNoise;

  [[nodiscard]] bool met_by(double measured) const {
    return at_least ? measured >= value * (1 - noise) : measured <= value * (1 + noise);
  }
  [[nodiscard]] const char* sign() const { return at_least ? ">=" : "<="; }
};
inline Goal at_most(double value) {
  return {.value = value};
}
inline Goal at_least(double value) {
  return {.value = value, .at_least = true};
}
/// For what can be counted.
inline Goal exactly_at_most(double value) {
  return {.value = value, .noise = 0};
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Milliseconds that `work` takes.
template <class Work>
double milliseconds(Work&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

/// Both sides in one unit, measured in turn; the goal is of ours divided by the reference.
inline void ratio_row(std::string_view name, double ours, double reference, std::string_view unit,
                      Goal goal) {
  const double ratio = ours / reference;
  fmt::print("{} | {:.4g} {} | {:.4g} {} | {:.2f} | {} {} | {}\n", name, ours, unit, reference,
             unit, ratio, goal.sign(), goal.value, goal.met_by(ratio) ? "holds" : "short");
  std::fflush(stdout);
}

/// The goal is of our figure itself; the reference is beside it to compare.
inline void absolute_row(std::string_view name, double ours, double reference,
                         std::string_view unit, Goal goal) {
  fmt::print("{} | {:.4g} {} | {:.4g} {} | {:.2f} | {} {} {} | {}\n", name, ours, unit, reference,
             unit, ours / reference, goal.sign(), goal.value, unit,
             goal.met_by(ours) ? "holds" : "short");
  std::fflush(stdout);
}

/// The goal is of the figure itself, and there is nothing to compare it to.
inline void plain_row(std::string_view name, double ours, std::string_view unit, Goal goal) {
  fmt::print("{} | {:.4g} {} | - | - | {} {} {} | {}\n", name, ours, unit, goal.sign(), goal.value,
             unit, goal.met_by(ours) ? "holds" : "short");
  std::fflush(stdout);
}

}  // namespace yijuan::bench
