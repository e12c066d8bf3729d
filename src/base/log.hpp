// Log lines for operators, on standard error, where journald adds the time:
//   <level> component: message
// Nothing that a log line says replaces an entry of the box's log.
#pragma once

#include <string_view>

namespace yijuan {

enum class LogLevel { debug, info, warning, error };

/// Lines below `level` are left out. The default is info.
void set_log_level(LogLevel level);
void log_line(LogLevel level, std::string_view component, std::string_view message);

inline void log_debug(std::string_view component, std::string_view message) {
  log_line(LogLevel::debug, component, message);
}
inline void log_info(std::string_view component, std::string_view message) {
  log_line(LogLevel::info, component, message);
}
inline void log_warning(std::string_view component, std::string_view message) {
  log_line(LogLevel::warning, component, message);
}
inline void log_error(std::string_view component, std::string_view message) {
  log_line(LogLevel::error, component, message);
}

}  // namespace yijuan
