// What happened in one simulated life: events and injected faults, counted and digested, and what
// was wrong. Two lives with one digest were the same to the byte.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"

namespace yijuan::sim {

/// Figures of one life, or the sums of many.
struct Figures {
  std::uint64_t events = 0;                     // everything that is in the digest
  std::map<std::string, std::uint64_t> counts;  // what the world did: coins, batches, restarts …
  std::map<std::string, std::uint64_t> faults;  // injected, by kind
  std::set<std::string> crash_points;           // between which two steps something died
  void add(const Figures& other);
  [[nodiscard]] std::uint64_t fault_count() const;
};

class Chronicle {
 public:
  explicit Chronicle(const Clock& clock, bool verbose) : clock_(clock), verbose_(verbose) {}

  void event(std::string_view what);
  /// Something that can be said a million times: digested, not printed.
  void detail(std::string_view what);
  void count(const std::string& what, std::uint64_t n = 1) { figures_.counts[what] += n; }
  void fault(const std::string& kind, std::string_view where);
  void crash_point(const std::string& where) { figures_.crash_points.insert(where); }
  /// An invariant does not hold.
  void wrong(const std::string& what);
  void expect(bool holds, const std::string& what) {
    if (!holds) wrong(what);
  }

  [[nodiscard]] bool good() const { return wrong_.empty(); }
  [[nodiscard]] const std::vector<std::string>& all_wrong() const { return wrong_; }
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

 private:
  void mix(std::string_view text);
  [[nodiscard]] std::string time() const;

  const Clock& clock_;
  bool verbose_;
  Figures figures_;
  std::vector<std::string> wrong_;
  std::uint64_t digest_ = 0xCBF29CE484222325ULL;
};

}  // namespace yijuan::sim
