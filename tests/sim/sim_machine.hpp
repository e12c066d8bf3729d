// A machine: its disk, its wall clock, its boots. Its power goes and comes back, its programs die
// and begin again; the disk stays.
//
// Its clock may inject these faults, and no others: it begins again at 1970 (and says that it was
// never set), stands ten years ahead or goes back an hour (and says that it was only stored). One
// that says that it is trusted is right to the second.
#pragma once

#include <algorithm>
#include <memory>

#include "async/clock.hpp"
#include "ports/wall_clock.hpp"
#include "tests/support/disk/sim_disk.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::sim {

/// What the time really is.
inline WallTime true_time(const Clock& clock) {
  using namespace std::chrono;
  constexpr auto kBegin = sys_days(year(2026) / 10 / 31) + hours(16);  // midnight in Shanghai
  return kBegin + floor<milliseconds>(clock.now());
}

enum class ClockJump { to_1970, ten_years_ahead, back_an_hour };
inline constexpr int kClockJumps = 3;

class SimWall : public WallClock {
 public:
  explicit SimWall(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] WallReading now() const override {
    return {std::max(WallTime{}, true_time(clock_) + offset_), quality_};  // as the kernel's
  }
  [[nodiscard]] std::string boot_id() const override;
  [[nodiscard]] Uptime uptime() const override {
    return std::chrono::floor<std::chrono::milliseconds>(clock_.now() - booted_);
  }

  void jump(ClockJump jump);
  /// As ledger or network time say.
  void attest(WallTime time, ClockQuality quality);
  /// Another boot: nobody has told the time yet.
  void boot();

 private:
  const Clock& clock_;
  std::chrono::milliseconds offset_{};
  ClockQuality quality_ = ClockQuality::ntp;
  Instant booted_{};
  std::uint64_t boots_ = 1;
};

class SimMachine {
 public:
  explicit SimMachine(const Clock& clock) : wall(clock), disk(std::make_unique<test::SimDisk>()) {}

  SimWall wall;
  std::unique_ptr<test::SimDisk> disk;
};

}  // namespace yijuan::sim
