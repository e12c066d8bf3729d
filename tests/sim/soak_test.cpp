// Coins and notes through the real drivers, the rules and a journal, with every fault that
// the simulated devices can have. As a tool: YIJUAN_SOAK_SEED=7 YIJUAN_SOAK_EVENTS=100000
// build/release/tests/sim/test_sim.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "soak.hpp"

namespace yijuan::sim {
namespace {

#ifdef YIJUAN_SANITIZED
constexpr std::uint64_t kEvents = 300;
#else
constexpr std::uint64_t kEvents = 100'000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string describe(const SoakTally& tally) {
  std::string text = fmt::format(
      "events={} coins={} notes={} lost={} unknown={} disputed={} returned={} cuts={} "
      "device_cuts={} swaps={} openings={} rests={} entries={}",
      tally.events, tally.coins, tally.notes, tally.lost, tally.unknown, tally.disputed,
      tally.returned, tally.cuts, tally.device_cuts, tally.swaps, tally.openings, tally.rests,
      tally.entries);
  for (const std::string& wrong : tally.wrong) text += "\nwrong: " + wrong;
  return text;
}

SoakTally live(SoakBox kind) {
  const std::uint64_t seed = from_environment("YIJUAN_SOAK_SEED", 1);
  const std::uint64_t events = from_environment("YIJUAN_SOAK_EVENTS", kEvents);
  SoakTally tally = Soak(seed, kind).live(events);
  fmt::print("seed={} {}\n", seed, describe(tally));
  EXPECT_TRUE(tally.wrong.empty()) << describe(tally);
  // The life was worth living.
  EXPECT_GT(tally.coins, events / 4);
  EXPECT_GT(tally.notes, events / 20);
  if (events < 10'000) return tally;
  EXPECT_GT(tally.cuts, events / 1000);
  EXPECT_GT(tally.lost + tally.unknown, events / 1000);
  EXPECT_GT(tally.openings, events / 1000);
  return tally;
}

TEST(Soak, WhatIsCreditedIsWhatWasTakenOrTheDifferenceIsOnRecord) {
  (void)live(SoakBox::counting);
}

TEST(Soak, OfDevicesThatCannotRecoverNothingIsInventedAndNothingIsSilent) {
  (void)live(SoakBox::plain);
}

TEST(Soak, OneSeedIsOneLife) {
  for (const SoakBox kind : {SoakBox::counting, SoakBox::plain}) {
    Soak one(42, kind);
    Soak other(42, kind);
    EXPECT_EQ(describe(one.live(200)), describe(other.live(200)));
  }
}

}  // namespace
}  // namespace yijuan::sim
