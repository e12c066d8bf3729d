// `ledgerctl pack`: makes the pack key, signs a campaign pack, checks one. It needs no ledger: the
// pack key lives on an office person's machine only, so that a broken ledgerd cannot change the
// payee on every box.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "ledger/errc.hpp"
#include "ports/random.hpp"

namespace yijuan::ledger {

/// Makes a key file and returns the vkey that kiosk.toml names.
Result<std::string> make_pack_key(const std::filesystem::path& key, const std::string& name,
                                  Random& random);
/// Signs the JSON document in `json` into `out`. LedgerErrc::bad_argument if it is no pack.
Result<void> sign_pack(const std::filesystem::path& key, const std::string& name,
                       const std::filesystem::path& json, const std::filesystem::path& out);
/// What the signed pack in `file` says of itself, in a line, if `vkey` signed it.
Result<std::string> check_pack(const std::filesystem::path& file, const std::string& vkey);

}  // namespace yijuan::ledger
