// Days of one box under one seed: every note that the device took is credited, or named as lost,
// disputed or hidden by a restart; none is counted twice and none invented.
#include <gtest/gtest.h>

#include <map>

#include "drivers/cctalk/note_bench.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::AfterPower;
using cctalk_fake::Fault;
using cctalk_fake::Jam;
using cctalk_fake::NoteFate;
using cctalk_fake::ValidatorMake;

/// What may happen besides notes, verdicts, pulled cables, kills and damaged replies.
struct Weather {
  bool power = false;
  bool path = false;  // jams, pulled notes, routing that fails, unknown notes
};

class Day {
 public:
  Day(NoteBench& bench, std::uint64_t seed, Weather weather)
      : bench_(bench), dice_(seed), weather_(weather) {}

  void play() {
    bench_.device.set_faults([this] { return fault(); });
    bench_.start();
    bench_.settle_in();
    for (int step = 0; step < 80; ++step) {
      happen();
      bench_.run_for(std::chrono::milliseconds(dice_.below(4000)));
    }
    storm_ = false;
    bench_.device.fail_routes(0);
    bench_.device.clear_jam(bench_.clock.now());
    bench_.verdict = NoteVerdict::stack;
    bench_.driver->accept(true);
    bench_.run_for(120s);
    bench_.device.set_faults({});
  }

 private:
  Fault fault() {
    if (!storm_ || dice_.below(6) != 0) return Fault::none;
    constexpr std::array kAll = {Fault::lose,  Fault::flip,  Fault::cut,
                                 Fault::noise, Fault::stray, Fault::late};
    return kAll[dice_.below(kAll.size())];
  }
  void notes(std::uint64_t most) {
    const auto count = dice_.below(most);
    for (std::uint64_t each = 0; each < count; ++each) {
      bench_.note(1 + static_cast<int>(dice_.below(6)),
                  std::chrono::milliseconds(500 + dice_.below(2500)));
    }
  }
  void decide_anew() {
    constexpr std::array kVerdicts = {
        std::optional(NoteVerdict::stack), std::optional(NoteVerdict::stack),
        std::optional(NoteVerdict::give_back), std::optional<NoteVerdict>()};
    bench_.verdict = kVerdicts[dice_.below(kVerdicts.size())];
    bench_.thinking = std::chrono::milliseconds(dice_.below(3) * 800);
  }
  void trouble() {
    const Instant now = bench_.clock.now();
    switch (dice_.below(7)) {
      case 0:
        return bench_.device.jam(now, Jam::reachable);
      case 1:
        return bench_.device.jam(now, Jam::unreachable);
      case 2:
        return bench_.device.jam(now, Jam::stacker);
      case 3:
        return bench_.device.pull_out(now, dice_.below(2) == 0);
      case 4:
        return bench_.device.fail_routes(static_cast<int>(dice_.below(10)));
      case 5:
        return bench_.device.betray_next_stack();
      default:
        return bench_.device.stack_unknown(now);
    }
  }
  void happen() {
    switch (dice_.below(16)) {
      case 0:
        storm_ = !storm_;
        break;
      case 1:
        bench_.port.unplug();
        notes(4);
        bench_.port.plug();
        break;
      case 2:
        bench_.kill();
        notes(4);
        bench_.start();
        break;
      case 3:
        bench_.driver->accept(dice_.below(5) != 0);
        break;
      case 4:
        decide_anew();
        break;
      case 6:
        if (weather_.power) {
          bench_.device.cut_power(bench_.clock.now(), std::chrono::milliseconds(dice_.below(3000)));
        }
        break;
      case 7:
        if (weather_.path) trouble();
        break;
      case 8:
        bench_.device.clear_jam(bench_.clock.now());
        break;
      default:
        notes(4);
    }
  }

  NoteBench& bench_;
  SeededRandom dice_;
  Weather weather_;
  bool storm_ = false;
};

std::map<int, int> stacked_by_position(const NoteBench& bench) {
  std::map<int, int> count;
  for (const auto& note : bench.device.notes()) {
    if (note.fate == NoteFate::stacked) ++count[note.position];
  }
  return count;
}

/// Never more credits of a note than were stacked.
void expect_none_invented(const NoteBench& bench) {
  auto stacked = stacked_by_position(bench);
  for (const auto& credit : bench.ledger.credited) --stacked[credit.position];
  for (const auto& [position, left] : stacked) EXPECT_GE(left, 0) << "position " << position;
}

class NoteStorm : public testing::TestWithParam<std::uint64_t> {};

TEST_P(NoteStorm, EveryStackedNoteIsCreditedOnceAndNoneInvented) {
  NoteBench bench({.tells_refusals = false});
  Day(bench, GetParam(), {}).play();
  EXPECT_GT(bench.stacked(), 3U);
  expect_none_invented(bench);
  EXPECT_EQ(bench.ledger.credited.size(), bench.stacked());
  EXPECT_EQ(bench.ledger.restarts, 0);
  EXPECT_TRUE(bench.ledger.disputed.empty());
  EXPECT_FALSE(bench.ledger.intent);
  EXPECT_EQ(bench.state(), "");
}

TEST_P(NoteStorm, WithTheEscrowOffEveryStackedNoteIsCreditedOrLost) {
  NoteBench bench({.tells_refusals = false});
  bench.config.escrow = false;
  Day(bench, GetParam(), {}).play();
  EXPECT_GT(bench.stacked(), 3U);
  expect_none_invented(bench);
  EXPECT_EQ(bench.ledger.credited.size() + bench.ledger.lost, bench.stacked());
  EXPECT_TRUE(bench.held().empty());
}

TEST_P(NoteStorm, JamsAndPulledNotesAreDisputedOrLost) {
  NoteBench bench({.tells_refusals = false});
  Day(bench, GetParam(), {.path = true}).play();
  EXPECT_GT(bench.stacked(), 0U);
  expect_none_invented(bench);
  const auto missing = bench.stacked() - bench.ledger.credited.size();
  EXPECT_LE(missing, bench.ledger.disputed.size() + bench.ledger.lost + bench.ledger.unexplained);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST_P(NoteStorm, PowerCutsDisputeNotesAndInventNone) {
  constexpr std::array kAfter = {AfterPower::gives_back, AfterPower::stacks,
                                 AfterPower::stacks_silently};
  NoteBench bench({.after_power = kAfter[GetParam() % 3], .tells_refusals = false});
  Day(bench, GetParam(), {.power = true, .path = GetParam() % 2 == 0}).play();
  expect_none_invented(bench);
  const auto missing = bench.stacked() - bench.ledger.credited.size();
  EXPECT_LE(missing, bench.ledger.disputed.size() + bench.ledger.lost +
                         static_cast<std::size_t>(bench.ledger.restarts));
}

INSTANTIATE_TEST_SUITE_P(NoteAcceptor, NoteStorm, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace yijuan::cctalk
