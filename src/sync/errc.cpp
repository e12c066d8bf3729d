#include "sync/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(SyncErrc code) {
  static constexpr std::array<ErrcLine, 8> kLines = {{
      {static_cast<int>(SyncErrc::bad_batch), "this is not a batch of entries"},
      {static_cast<int>(SyncErrc::bad_heartbeat), "this is not a heartbeat"},
      {static_cast<int>(SyncErrc::bad_reply), "the ledger's answer makes no sense"},
      {static_cast<int>(SyncErrc::bad_request), "this is not a box's request"},
      {static_cast<int>(SyncErrc::keys_exist), "no keys are made"},
      {static_cast<int>(SyncErrc::bad_identity), "this is not the ledger's answer to this box"},
      {static_cast<int>(SyncErrc::bad_epoch), "this is not the certificate of a new log"},
      {static_cast<int>(SyncErrc::office_forked),
       "the office's log is not the one that this box saw"},
  }};
  static const ErrcCategory category("sync", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
