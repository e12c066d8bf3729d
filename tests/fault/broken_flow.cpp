#include "tests/fault/broken_flow.hpp"

#include <algorithm>

namespace yijuan::fault {

using test::DiskFault;
using test::Lasts;
using test::SimDisk;

SoundFlow::SoundFlow() {
  SimDisk disk;
  Promises promises;
  GiftFlow flow(disk, promises);
  EXPECT_EQ(flow.run(), FlowEnd::whole) << flow.error();
  EXPECT_EQ(promises.coins.size(), 4U);
  EXPECT_TRUE(promises.broken.empty());
  work = flow.work();
  calls = disk.take_calls();
  EXPECT_EQ(inspect(disk, promises).found, Found::whole);
}

std::vector<std::uint64_t> SoundFlow::points(DiskFault fault) const {
  std::vector<std::uint64_t> found;
  for (std::uint64_t n = 1; n <= calls.size(); ++n) {
    if (befalls(fault, calls[n - 1].operation)) found.push_back(n);
  }
  return found;
}

bool SoundFlow::at_work(std::uint64_t call) const {
  return std::ranges::any_of(
      work, [call](const FlowWork& span) { return span.first <= call && call <= span.last; });
}

BrokenFlow break_flow(const SoundFlow& sound, std::uint64_t n, DiskFault fault, Lasts lasts,
                      bool stop) {
  BrokenFlow broken;
  broken.disk->plan(fault_at(n, fault, lasts));
  GiftFlow flow(*broken.disk, broken.promises);
  broken.end = flow.run(stop);
  broken.noticed = flow.noticed();
  const std::string where =
      fmt::format("{} at call {}: {}", to_text(fault), n, to_text(sound.calls[n - 1]));
  // The flow is the same every time, or n would be no place in it.
  EXPECT_TRUE(broken.disk->struck() == sound.calls[n - 1]) << where;
  for (const std::string& promise : broken.promises.broken) {
    ADD_FAILURE() << where << ": " << promise;
  }
  return broken;
}

void end_in_every_way(const BrokenFlow& broken, std::uint64_t cuts,
                      const std::function<void(const std::string&, const Aftermath&)>& each) {
  struct Ended {
    std::unique_ptr<SimDisk> as_it_ended;
    Aftermath aftermath;
  };
  std::vector<Ended> known;
  for (std::uint64_t end = 0; end < cuts + 2; ++end) {
    auto disk = broken.disk->copy();
    test::SeededRandom random(end);
    if (end == 0) disk->end_process();
    if (end == 1) disk->power_cut();
    if (end > 1) disk->power_cut(random);
    // Often all was synced, and the ends are one.
    auto at = std::ranges::find_if(
        known, [&](const Ended& ended) { return ended.as_it_ended->equals(*disk); });
    if (at == known.end()) {
      auto as_it_ended = disk->copy();
      at = known.insert(known.end(), {std::move(as_it_ended), inspect(*disk, broken.promises)});
    }
    each(end == 0 ? "its end" : fmt::format("cut {}", end - 1), at->aftermath);
  }
}

}  // namespace yijuan::fault
