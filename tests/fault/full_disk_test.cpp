// The gift flow on disks of every size, from one that has no room for a first start to one with
// room to spare: no coin is taken without room for it, what was falling goes on record with the
// help of the ballast, nothing that is there is harmed, and with more room all goes on.
#include "tests/fault/tally.hpp"

namespace yijuan::fault {
namespace {

constexpr std::uint64_t kBlock = 4096;

TEST(FullDiskTest, OfEverySizeTakesNoCoinThatItCannotKeepAndGoesOnWithMoreRoom) {
  Tally tally;
  std::map<FlowEnd, int> ends;
  int shut = 0;  // disks that had no room for all coins, and said so in time
  std::uint64_t blocks = 1;
  for (bool room = false; !room && blocks < 100; ++blocks) {
    test::SimDisk disk({.capacity = blocks * kBlock});
    Promises promises;
    GiftFlow flow(disk, promises);
    const FlowEnd end = flow.run();
    ++ends[end];
    for (const std::string& broken : promises.broken) ADD_FAILURE() << blocks << ": " << broken;
    shut += end == FlowEnd::whole && promises.coins.size() < 4 ? 1 : 0;
    room = end == FlowEnd::whole && promises.coins.size() == 4;
    disk.end_process();
    disk.set_capacity(1000 * kBlock);
    const Aftermath after = inspect(disk, promises);
    EXPECT_EQ(after.found, Found::whole) << blocks << " blocks: " << after.why;
    tally.add("full disk", after.found);
  }
  fmt::print("{} sizes: {} refused to start, {} failed, {} shut their slot\n", blocks - 1,
             ends[FlowEnd::refused], ends[FlowEnd::failed], shut);
  EXPECT_GT(ends[FlowEnd::refused], 5);
  EXPECT_GT(shut, 0);
  EXPECT_LT(blocks, 100U);
}

}  // namespace
}  // namespace yijuan::fault
