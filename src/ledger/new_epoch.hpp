// Whether a log that a box began by itself is taken: its predecessor's key must have certified it.
#pragma once

#include "ledger/store/ledger_store.hpp"
#include "sync/epoch.hpp"

namespace yijuan::ledger {

struct CheckedEpoch {
  std::optional<LogState> log;  // to be added; nothing if it is known
  std::optional<Alarm> alarm;   // somebody must look why a log had to be left
  std::string refusal;          // empty: none
};

/// `box`: who sent it, as its TLS certificate proved. An error is the store's.
Result<CheckedEpoch> check_epoch(LedgerStore& store, std::string_view box,
                                 const sync::EpochCertificate& certificate, WallTime now);

}  // namespace yijuan::ledger
