// The box's own keys and what the office answered: read at the start, before anything else. A key
// file that others can read, or an answer that belongs to another box, stops the start.
#pragma once

#include <optional>
#include <string>

#include "domain/pack.hpp"
#include "kiosk/kiosk_config.hpp"
#include "net/http_client.hpp"
#include "tlog/key.hpp"

namespace yijuan::kiosk {

struct BoxKeys {
  std::string origin;        // of the log
  tlog::SigningKey log_key;  // its name is the origin
  Bytes slip_key;
};

/// Made by `boxctl init`.
Result<BoxKeys> load_box_keys(const KioskConfig& config);

/// How to reach the ledger.
struct LedgerAccess {
  net::ServerUrl url;
  net::TlsContext tls;
  tlog::VerifierKey cosigner;
  std::string name;  // for people
};

/// Nothing if no ledger is configured, or the office has not answered yet: the box works alone.
Result<std::optional<LedgerAccess>> load_ledger_access(const KioskConfig& config,
                                                       const BoxKeys& keys);

/// The campaign pack as it lies on the disk now.
Result<domain::CampaignPack> load_pack(const KioskConfig& config);

}  // namespace yijuan::kiosk
