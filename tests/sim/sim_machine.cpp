#include "sim_machine.hpp"

#include <fmt/format.h>

namespace yijuan::sim {

std::string SimWall::boot_id() const {
  return fmt::format("{:016x}", boots_);
}

void SimWall::jump(ClockJump jump) {
  using namespace std::chrono;
  quality_ = ClockQuality::stored;
  switch (jump) {
    case ClockJump::to_1970:
      offset_ = -floor<milliseconds>(true_time(clock_).time_since_epoch()) + uptime();
      quality_ = ClockQuality::unset;
      return;
    case ClockJump::ten_years_ahead:
      offset_ = days(3652);
      return;
    case ClockJump::back_an_hour:
      offset_ -= hours(1);
      return;
  }
}

void SimWall::attest(WallTime time, ClockQuality quality) {
  offset_ = time - true_time(clock_);
  quality_ = quality;
}

void SimWall::boot() {
  ++boots_;
  booted_ = clock_.now();
  if (quality_ != ClockQuality::unset) quality_ = ClockQuality::stored;
}

}  // namespace yijuan::sim
