#include "base/log.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstdio>

namespace yijuan {
namespace {

std::atomic<LogLevel> threshold{LogLevel::info};

struct LevelName {
  int priority;  // systemd reads "<n>" at the start of a line as its priority
  std::string_view name;
};
constexpr std::array<LevelName, 4> kLevels = {
    {{7, "debug"}, {6, "info"}, {4, "warning"}, {3, "error"}}};

}  // namespace

void set_log_level(LogLevel level) {
  threshold = level;
}

void log_line(LogLevel level, std::string_view component, std::string_view message) {
  if (level < threshold) return;
  const LevelName& name = kLevels.at(static_cast<std::size_t>(level));
  const std::string line =
      fmt::format("<{}>{} {}: {}\n", name.priority, name.name, component, message);
  std::fwrite(line.data(), 1, line.size(), stderr);  // one write: lines of threads do not mix
}

}  // namespace yijuan
