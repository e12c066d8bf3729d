#include "many_days.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>

namespace yijuan::sim {
namespace {

// One figure a line: "fault 12 lost reply", "count 3 gifts", "point 1 ...", "done 17 -".
struct Kept {
  std::uint64_t done = 0;  // the last seed that was lived
  Figures figures;
};

Kept read_kept(const std::string& path) {
  Kept kept;
  std::ifstream file(path);
  std::string kind, name;
  std::uint64_t n = 0;
  while (file >> kind >> n && std::getline(file >> std::ws, name)) {
    if (kind == "done") kept.done = n;
    if (kind == "events") kept.figures.events = n;
    if (kind == "count") kept.figures.counts[name] = n;
    if (kind == "fault") kept.figures.faults[name] = n;
    if (kind == "point") kept.figures.crash_points.insert(name);
  }
  return kept;
}

void write_kept(const std::string& path, const Kept& kept) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh);
    file << "done " << kept.done << " -\nevents " << kept.figures.events << " -\n";
    for (const auto& [name, n] : kept.figures.counts) file << "count " << n << ' ' << name << '\n';
    for (const auto& [name, n] : kept.figures.faults) file << "fault " << n << ' ' << name << '\n';
    for (const auto& name : kept.figures.crash_points) file << "point 1 " << name << '\n';
  }
  std::rename(fresh.c_str(), path.c_str());
}

void show_progress(const ManyDays& days, std::uint64_t seed) {
  if (isatty(STDERR_FILENO) == 0) return;
  const double part =
      static_cast<double>(seed - days.first + 1) / static_cast<double>(days.last - days.first + 1);
  constexpr int kWidth = 40;
  const int full = static_cast<int>(part * kWidth);
  fmt::print(stderr, "\r[{:#<{}}{:.<{}}] seed {} of {}-{}", "", full, "", kWidth - full, seed,
             days.first, days.last);
  if (seed == days.last) fmt::print(stderr, "\n");
}

}  // namespace

bool ManyDays::set_range(std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto one = std::from_chars(text.data(), end, first);
  if (one.ec != std::errc() || one.ptr == end || *one.ptr != '-') return false;
  const auto two = std::from_chars(one.ptr + 1, end, last);
  return two.ec == std::errc() && two.ptr == end && first <= last;
}

void print_figures(const Figures& figures) {
  fmt::print("events {}  faults {}  crash points {}\n", figures.events, figures.fault_count(),
             figures.crash_points.size());
  for (const auto& [what, n] : figures.counts) fmt::print("  {:<40} {:>12}\n", what, n);
  fmt::print("faults injected\n");
  for (const auto& [kind, n] : figures.faults) fmt::print("  {:<40} {:>12}\n", kind, n);
}

void print_day(std::uint64_t seed, const DayResult& result) {
  for (const std::string& wrong : result.wrong) fmt::print("wrong: {}\n", wrong);
  fmt::print("seed {} digest {:016x} {}\n", seed, result.digest,
             result.wrong.empty() ? "good" : "WRONG");
  if (!result.wrong.empty()) fmt::print("again: {}\n", replay_command(seed));
}

bool live_one_day(std::uint64_t seed, bool verbose) {
  const DayResult result = World({.seed = seed, .verbose = verbose}).live();
  print_figures(result.figures);
  print_day(seed, result);
  return result.wrong.empty();
}

bool live_many_days(const ManyDays& days) {
  Kept kept;
  if (!days.resume.empty()) kept = read_kept(days.resume);
  for (std::uint64_t seed = std::max(days.first, kept.done + 1); seed <= days.last; ++seed) {
    const DayResult result = World({.seed = seed}).live();
    if (!result.wrong.empty()) {
      print_day(seed, result);
      return false;
    }
    kept.done = seed;
    kept.figures.add(result.figures);
    if (!days.resume.empty()) write_kept(days.resume, kept);
    show_progress(days, seed);
  }
  fmt::print("seeds {}-{}: all good\n", days.first, days.last);
  print_figures(kept.figures);
  for (const std::string& point : kept.figures.crash_points) fmt::print("  died: {}\n", point);
  return true;
}

}  // namespace yijuan::sim
