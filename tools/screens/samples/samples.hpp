// One model of every scene, with invented names: for tools/screens, the tests and the bench.
#pragma once

#include <string>
#include <vector>

#include "screen/model.hpp"

namespace yijuan::screen {

struct Sample {
  std::string name;  // "idle", "thanks-row" …
  Model model;
  std::size_t panel = 0;  // whose turn it is
};

std::vector<Sample> samples(Language language);

/// The longest payload that a slip's code has.
std::string sample_slip_payload();

}  // namespace yijuan::screen
