// The kernel's random generator.
#pragma once

#include "ports/random.hpp"

namespace yijuan {

class SystemRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace yijuan
