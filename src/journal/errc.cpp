#include "journal/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(JournalErrc code) {
  using enum JournalErrc;
  static constexpr std::array<ErrcLine, 11> kLines = {{
      {static_cast<int>(cannot_open), "the journal cannot be opened"},
      {static_cast<int>(in_use), "another process uses this journal"},
      {static_cast<int>(absent), "there is no journal here"},
      {static_cast<int>(foreign_file), "this file is not a journal of Yijuan"},
      {static_cast<int>(newer_format), "the journal was written by a newer version"},
      {static_cast<int>(wrong_origin), "the journal belongs to another log"},
      {static_cast<int>(damaged), "the journal is damaged"},
      {static_cast<int>(disk_full), "the journal's disk is full"},
      {static_cast<int>(write_failed),
       "the journal could not be written: memory and disk may differ"},
      {static_cast<int>(read_failed), "the journal could not be read"},
      {static_cast<int>(stopped), "the journal takes no more entries after a failed write"},
  }};
  static const ErrcCategory category("journal", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
