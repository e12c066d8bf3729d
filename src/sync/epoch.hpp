// How a box begins a new log by itself: the key of the log before certifies the new one, so that
// the ledger need not ask a person. Signed text and file are in protocol.md. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "tlog/entry.hpp"
#include "tlog/key.hpp"

namespace yijuan::sync {

inline constexpr std::string_view kEpochsPath = "/v2/epochs";
inline constexpr std::string_view kEpochsType = "application/json";
inline constexpr std::size_t kMostEpochs = 64;  // a box has, and a request names
inline constexpr std::size_t kLongestEpochs = std::size_t{128} * 1024;

struct EpochCertificate {
  std::string vkey;  // of the new log; its name is the new origin
  tlog::Epoch::Predecessor previous;
  std::string why;        // "rollback", "fork"
  std::string signature;  // base64, by the key of `previous.origin`
  friend bool operator==(const EpochCertificate&, const EpochCertificate&) = default;
};

/// REQUIRES: `previous` is the log of `key`.
EpochCertificate certify_epoch(const tlog::VerifierKey& next,
                               const tlog::Epoch::Predecessor& previous, std::string_view why,
                               const tlog::SigningKey& key);
/// SyncErrc::bad_epoch unless the key of `previous.origin`, which is `previous_key`, signed it, and
/// the new log is of the same domain and box and is named after its own key.
Result<void> check_epoch(const EpochCertificate& certificate,
                         const tlog::VerifierKey& previous_key);

/// JSON; the oldest first.
std::string write_epochs(std::span<const EpochCertificate> certificates);
/// SyncErrc::bad_epoch.
Result<std::vector<EpochCertificate>> parse_epochs(std::string_view text);

}  // namespace yijuan::sync
