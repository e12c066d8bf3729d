#include "io/system_wall_clock.hpp"

#include <sys/timex.h>

#include <ctime>
#include <fstream>

namespace yijuan {
namespace {

using namespace std::chrono;

milliseconds read_clock(clockid_t id) {
  timespec time{};
  clock_gettime(id, &time);
  return seconds(time.tv_sec) + floor<milliseconds>(nanoseconds(time.tv_nsec));
}

// The first 16 hex digits of the kernel's random id of this boot.
std::string read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  std::string id;
  for (const char c : text) {
    if (c != '-' && id.size() < 16) id += c;
  }
  if (id.size() < 16) id.append(16 - id.size(), '0');
  return id;
}

bool is_synchronised() {
  timex state{};
  const int status = adjtimex(&state);
  return status >= 0 && status != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace

SystemWallClock::SystemWallClock() : boot_id_(read_boot_id()) {}

WallTime SystemWallClock::build_epoch() {
  return sys_days(year(2026) / October / 1);
}

Uptime SystemWallClock::uptime() const {
  return read_clock(CLOCK_BOOTTIME);
}

WallReading SystemWallClock::now() const {
  if (anchor_) return {anchor_->time + (uptime() - anchor_->at), ClockQuality::ledger};
  const WallTime time(read_clock(CLOCK_REALTIME));
  if (time < build_epoch()) return {time, ClockQuality::unset};
  return {time, is_synchronised() ? ClockQuality::ntp : ClockQuality::stored};
}

void SystemWallClock::attest(WallTime time, Uptime at) {
  anchor_ = Anchor{time, at};
}

}  // namespace yijuan
