// The box's own keys and what the office answered: read at the start, before anything else. A key
// file that others can read, or an answer that belongs to another box, stops the start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/pack.hpp"
#include "kiosk/epochs.hpp"
#include "kiosk/kiosk_config.hpp"
#include "net/http_client.hpp"
#include "tlog/key.hpp"

namespace yijuan::kiosk {

struct BoxKeys {
  std::vector<BoxEpoch> epochs;  // the last is in use
  Bytes slip_key;

  [[nodiscard]] const BoxEpoch& epoch() const { return epochs.back(); }
  [[nodiscard]] const std::string& origin() const { return epoch().origin(); }
  [[nodiscard]] const tlog::SigningKey& log_key() const { return epoch().key; }
  /// Of all later epochs, for the ledger; empty if there is none.
  [[nodiscard]] std::string certificates() const;
};

/// Made by `boxctl init`, and by the box itself since.
Result<BoxKeys> load_box_keys(const KioskConfig& config);

/// How to reach the ledger.
struct LedgerAccess {
  net::ServerUrl url;
  net::TlsContext tls;
  tlog::VerifierKey cosigner;
  std::optional<tlog::VerifierKey> office;  // of the office's log
  std::string name;                         // for people
};

/// Nothing if no ledger is configured, or the office has not answered yet: the box works alone.
Result<std::optional<LedgerAccess>> load_ledger_access(const KioskConfig& config,
                                                       const BoxKeys& keys);

/// The campaign pack as it lies on the disk now.
Result<domain::CampaignPack> load_pack(const KioskConfig& config);

}  // namespace yijuan::kiosk
