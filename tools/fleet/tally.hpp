// What a fleet of boxes has met: counted by their uplinks, held against what a scenario promises.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/fen.hpp"

namespace yijuan::fleet {

struct Tally {
  std::uint64_t gifts = 0;
  Fen sum;

  std::uint64_t requests = 0;
  std::uint64_t answered = 0;                   // with 200
  std::map<unsigned, std::uint64_t> other;      // by status
  std::uint64_t undated = 0;                    // 429 and 503 without Retry-After
  std::uint64_t early = 0;                      // requests before a Retry-After had passed
  std::map<std::string, std::uint64_t> failed;  // without an answer, by why
  std::vector<float> milliseconds;              // of answers with 200, real time
  unsigned most_tries = 0;                      // of one box, in vain, in a row

  [[nodiscard]] std::uint64_t refused() const {
    const auto of = [this](unsigned status) {
      const auto found = other.find(status);
      return found == other.end() ? 0 : found->second;
    };
    return of(429) + of(503);
  }
};

}  // namespace yijuan::fleet
