// One gift flow on a disk of its own that fails at one call, and the ways in which its machine can
// end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fault/aftermath.hpp"

namespace yijuan::fault {

/// The calls of a gift flow on a sound disk, in order. The same every time.
struct SoundFlow {
  std::vector<test::DiskCall> calls;
  std::vector<FlowWork> work;  // when it was open for gifts, as numbers of calls

  SoundFlow();
  /// The calls (numbers from 1) that `fault` can befall.
  [[nodiscard]] std::vector<std::uint64_t> points(test::DiskFault fault) const;
  [[nodiscard]] bool at_work(std::uint64_t call) const;
};

struct BrokenFlow {
  std::unique_ptr<test::SimDisk> disk = std::make_unique<test::SimDisk>();
  Promises promises;
  FlowEnd end = FlowEnd::whole;
  bool noticed = false;
};

/// `fault` at call `n` of the flow. `stop`: the machine ends after the step in which that was, else
/// it lives on as long as it can.
BrokenFlow break_flow(const SoundFlow& sound, std::uint64_t n, test::DiskFault fault,
                      test::Lasts lasts, bool stop = false);

/// Ends the machine in every way: its process, its power with nothing kept of what was not synced,
/// and `cuts` times with any of it. What each left, by its name.
void end_in_every_way(const BrokenFlow& broken, std::uint64_t cuts,
                      const std::function<void(const std::string& end, const Aftermath&)>& each);

}  // namespace yijuan::fault
