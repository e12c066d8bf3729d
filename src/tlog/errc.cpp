#include "tlog/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(TlogErrc code) {
  static constexpr std::array<ErrcLine, 10> kLines = {{
      {static_cast<int>(TlogErrc::bad_line), "not an entry line"},
      {static_cast<int>(TlogErrc::bad_key), "not a key"},
      {static_cast<int>(TlogErrc::bad_note), "not a signed note"},
      {static_cast<int>(TlogErrc::not_signed), "not signed by the key that it must be signed by"},
      {static_cast<int>(TlogErrc::bad_signature), "the signature does not fit the text"},
      {static_cast<int>(TlogErrc::bad_checkpoint), "not a checkpoint"},
      {static_cast<int>(TlogErrc::wrong_origin), "a checkpoint of another log"},
      {static_cast<int>(TlogErrc::bad_proof), "the proof does not fit"},
      {static_cast<int>(TlogErrc::bad_frontier), "not the frontier of a tree"},
      {static_cast<int>(TlogErrc::bad_tile), "not a tile of a public log"},
  }};
  static const ErrcCategory category("tlog", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
