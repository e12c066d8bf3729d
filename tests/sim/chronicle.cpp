#include "chronicle.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace yijuan::sim {

void Figures::add(const Figures& other) {
  events += other.events;
  for (const auto& [what, n] : other.counts) counts[what] += n;
  for (const auto& [kind, n] : other.faults) faults[kind] += n;
  crash_points.insert(other.crash_points.begin(), other.crash_points.end());
}

std::uint64_t Figures::fault_count() const {
  std::uint64_t sum = 0;
  for (const auto& [kind, n] : faults) sum += n;
  return sum;
}

std::string Chronicle::time() const {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(clock_.now()).count();
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

// FNV-1a: nobody tries to deceive it.
void Chronicle::mix(std::string_view text) {
  const auto take = [this](unsigned char byte) { digest_ = (digest_ ^ byte) * 0x100000001B3ULL; };
  for (const char byte : text) take(static_cast<unsigned char>(byte));
  auto now = static_cast<std::uint64_t>(clock_.now().count());
  for (int i = 0; i < 8; ++i, now >>= 8U) take(static_cast<unsigned char>(now));
}

void Chronicle::detail(std::string_view what) {
  ++figures_.events;
  mix(what);
}

void Chronicle::event(std::string_view what) {
  detail(what);
  if (!verbose_) return;
  fmt::print("{} {}\n", time(), what);
  std::fflush(stdout);
}

void Chronicle::fault(const std::string& kind, std::string_view where) {
  ++figures_.faults[kind];
  event(fmt::format("fault: {} {}", kind, where));
}

void Chronicle::wrong(const std::string& what) {
  constexpr std::size_t kEnough = 20;
  if (wrong_.size() < kEnough) wrong_.push_back(fmt::format("{} {}", time(), what));
  event("WRONG: " + what);
}

}  // namespace yijuan::sim
