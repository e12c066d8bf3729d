// The ledger's own keys, made once by `ledgerctl init` in [ledger] data/keys: an authority for its
// server's and its boxes' certificates (ca.key, ca.crt), the server's (server.key, server.crt), the
// cosigner's (cosigner.key) and the office's log's (office.key). Blocking.
#pragma once

#include <span>
#include <string>

#include "ledger/errc.hpp"
#include "ledger/ledger_config.hpp"
#include "ledger/office/office_key.hpp"
#include "net/certificate.hpp"
#include "net/tls_context.hpp"
#include "ports/random.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

/// Makes them all in a folder beside, and then puts it in its place: cut at any moment there are
/// all of them or none. REQUIRES: the data folder, and no keys in it. `hosts`: the names and
/// addresses under which boxes reach the server.
Result<void> make_ledger_keys(const LedgerConfig& config, std::span<const std::string> hosts,
                              WallTime now, Random& random);

/// Name: "<log domain>/cosigner". IoErrc::unsafe_key if others can read the file.
Result<tlog::SigningKey> read_cosigner(const LedgerConfig& config);
/// Makes office.key where it is missing: an installation of before has none. IoErrc::exists.
Result<void> make_office_key(const LedgerConfig& config, Random& random);
/// LedgerErrc::no_office_key if there is no such file.
Result<OfficeKey> read_office_key(const LedgerConfig& config);
Result<net::Authority> read_authority(const LedgerConfig& config);
Result<net::TlsContext> read_server_tls(const LedgerConfig& config);

}  // namespace yijuan::ledger
