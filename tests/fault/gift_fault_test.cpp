// The gift flow, broken at every call that it makes of its disk, by every fault that can befall
// that call, once and for ever. See gift_flow.hpp for the flow, aftermath.hpp for what must hold.
#include <algorithm>
#include <array>

#include "tests/fault/broken_flow.hpp"
#include "tests/fault/tally.hpp"

namespace yijuan::fault {
namespace {

using test::DiskFault;
using test::DiskOperation;
using test::Lasts;

// The sanitized tree goes to every call too, with fewer ways to go on from there. Cuts: of one
// disk, each leaving something else of what was not synced.
#ifdef YIJUAN_SANITIZED
constexpr bool kEveryWay = false;
constexpr std::array kLasting = {Lasts::once, Lasts::its_kind};
constexpr std::uint64_t kCuts = 0;
constexpr std::uint64_t kCutsOfCuts = 1;
#else
constexpr bool kEveryWay = true;
constexpr std::array kLasting = {Lasts::once, Lasts::its_kind, Lasts::for_ever};
constexpr std::uint64_t kCuts = 3;
constexpr std::uint64_t kCutsOfCuts = 12;
#endif

class GiftFaultTest : public testing::TestWithParam<DiskFault> {
 protected:
  [[nodiscard]] std::string where(std::uint64_t n, Lasts lasts, const std::string& end) const {
    return fmt::format("{} {} at call {}: {}, then {}", to_text(GetParam()), to_text(lasts), n,
                       to_text(sound_.calls[n - 1]), end);
  }
  [[nodiscard]] std::string kind(Lasts lasts) const {
    return fmt::format("{} {}", to_text(GetParam()), to_text(lasts));
  }

  const SoundFlow sound_;
  Tally tally_;
};

class SaidFault : public GiftFaultTest {};

TEST_P(SaidFault, AtEveryCallLosesNothing) {
  const bool cut = GetParam() == DiskFault::cut;
  for (const std::uint64_t n : sound_.points(GetParam())) {
    for (const Lasts lasts : kLasting) {
      if (lasts != Lasts::once && (cut || !kEveryWay)) continue;
      // Ended at once too: what a sync that failed left behind, a later one may make good.
      for (const bool stop : {true, false}) {
        if (cut ? stop : !stop && !kEveryWay) continue;
        const BrokenFlow broken = break_flow(sound_, n, GetParam(), lasts, stop);
        end_in_every_way(
            broken, cut ? kCutsOfCuts : kCuts, [&](const std::string& end, const Aftermath& after) {
              EXPECT_EQ(after.found, Found::whole) << where(n, lasts, end) << ": " << after.why;
              tally_.add(kind(lasts), after.found);
            });
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Gift, SaidFault,
                         testing::Values(DiskFault::cut, DiskFault::fail, DiskFault::fail_after,
                                         DiskFault::full, DiskFault::part),
                         [](const auto& info) { return std::string(to_text(info.param)); });

class Lie : public GiftFaultTest {};

TEST_P(Lie, AtEveryCallIsFoundOrWithoutEffect) {
  for (const std::uint64_t n : sound_.points(GetParam())) {
    for (const Lasts lasts : kLasting) {
      for (const bool stop : {false, true}) {
        if (!kEveryWay && stop != (lasts == Lasts::its_kind)) continue;
        const BrokenFlow broken = break_flow(sound_, n, GetParam(), lasts, stop);
        end_in_every_way(
            broken, kEveryWay ? 1 : 0, [&](const std::string& end, const Aftermath& after) {
              EXPECT_NE(after.found, Found::wrong)
                  << where(n, lasts, end) << (stop ? " at once" : "") << ": " << after.why;
              tally_.add(kind(lasts), after.found);
            });
      }
    }
  }
  // A disk that lies harms; else this test sees nothing.
  int found = 0;
  for (const Lasts lasts : kLasting) {
    for (const Found what : {Found::refused, Found::damaged, Found::shorter}) {
      found += tally_.times(kind(lasts), what);
    }
  }
  EXPECT_GT(found, 0);
}

INSTANTIATE_TEST_SUITE_P(Gift, Lie,
                         testing::Values(DiskFault::drop, DiskFault::hold, DiskFault::misdirect,
                                         DiskFault::stale, DiskFault::flip, DiskFault::cut_short),
                         [](const auto& info) { return std::string(to_text(info.param)); });

// What is left of two commits that were cut, one over the other, is no damage.
TEST(GiftFlowTest, APowerCutWhileItRecoversFromAPowerCutLosesNothing) {
  const SoundFlow sound;
  Tally tally;
  // The writes and the sync of one commit in the middle.
  const auto writes = sound.points(DiskFault::part);
  const auto middle = std::ranges::find_if(writes, [&](std::uint64_t n) {
    return n > sound.work[0].first && sound.calls[n - 1].path.ends_with("-wal");
  });
  for (std::uint64_t first = *middle + 10; first < *middle + 20; ++first) {
    bool again = true;
    for (std::uint64_t second = 1; again; second += kEveryWay ? 1 : 5) {
      BrokenFlow broken = break_flow(sound, first, DiskFault::cut, Lasts::once);
      test::SeededRandom random(first * 1000 + second);
      broken.disk->power_cut(random);
      broken.disk->plan(fault_at(second, DiskFault::cut));
      GiftFlow flow(*broken.disk, broken.promises);
      again = flow.go_on() != FlowEnd::whole;
      end_in_every_way(broken, kCuts, [&](const std::string& end, const Aftermath& after) {
        EXPECT_EQ(after.found, Found::whole)
            << "cut at " << first << " and at " << second << ", then " << end << ": " << after.why;
        tally.add("two cuts", after.found);
      });
    }
  }
  EXPECT_GT(tally.times("two cuts", Found::whole), 500);
}

// What GiftFlow asks of a box that noticed: acceptors off, out of service said, no thanks and no
// entry any more, whatever falls and touches.
TEST(GiftFlowTest, AWriteOrSyncThatFailsWhileItTakesGiftsEndsTheService) {
  const SoundFlow sound;
  std::map<DiskOperation, int> noticed;
  for (const DiskFault fault : {DiskFault::fail, DiskFault::fail_after, DiskFault::part}) {
    for (const std::uint64_t n : sound.points(fault)) {
      const DiskOperation operation = sound.calls[n - 1].operation;
      const bool changes = operation == DiskOperation::write || operation == DiskOperation::sync ||
                           operation == DiskOperation::truncate;
      if (!changes || !sound.at_work(n)) continue;
      const BrokenFlow broken = break_flow(sound, n, fault, Lasts::once);
      EXPECT_TRUE(broken.noticed && broken.end == FlowEnd::failed)
          << to_text(fault) << " at call " << n << ": " << to_text(sound.calls[n - 1]);
      ++noticed[operation];
    }
  }
  fmt::print("out of service after {} failed writes, {} syncs, {} truncations\n",
             noticed[DiskOperation::write], noticed[DiskOperation::sync],
             noticed[DiskOperation::truncate]);
  EXPECT_GT(noticed[DiskOperation::sync], 10);
}

}  // namespace
}  // namespace yijuan::fault
