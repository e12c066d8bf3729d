// Errors of journal/. Every one of them means: take no money until a person or a restart helped.
#pragma once

#include <system_error>

namespace yijuan {

enum class JournalErrc {
  cannot_open = 1,
  in_use,
  absent,
  foreign_file,
  newer_format,
  wrong_origin,
  damaged,
  disk_full,
  write_failed,
  read_failed,
  stopped,
};
std::error_code make_error_code(JournalErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::JournalErrc> : std::true_type {};
