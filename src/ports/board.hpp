// The machine's own readings: mains, battery, mobile signal; reported as BoardReadings when they
// change. What the machine does not have stays empty. What it has (DeviceFound), and whether all of
// it can be read (DeviceState), are facts too.
#pragma once

#include "ports/device_fact.hpp"

namespace yijuan {

class Board {
 public:
  virtual ~Board() = default;
  /// Reports until cancelled.
  virtual Task<void> run() = 0;
};

}  // namespace yijuan
