// Runs an acceptor's driver against a recording, on simulated time: what did it make of those
// bytes, and does it still do so? For boxctl replay and for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/recording.hpp"
#include "ports/driver.hpp"

namespace yijuan {

/// Makes the driver as kioskd would; `context.tap` stands in for its port.
using MakeAcceptor = std::function<std::unique_ptr<CashAcceptor>(
    DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark)>;

struct ReplayedFacts {
  std::string lines;  // fact_lines of every fact, in order
  Result<void> same;  // IoErrc::differs: the driver did something else than the recorded one
};

/// `device`: the section's name. `name` is what messages call the recording.
ReplayedFacts replay_acceptor(Recording recording, const std::string& name,
                              const std::string& device, const MakeAcceptor& make);

}  // namespace yijuan
