// How a box becomes known to a ledger: `boxctl init` makes the box's keys and a request file,
// `ledgerctl box add` checks it and answers with certificates and verification keys. Both files
// may travel on a USB stick or by mail: no secret is in them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "net/certificate.hpp"
#include "ports/random.hpp"
#include "tlog/key.hpp"

namespace yijuan::sync {

inline constexpr std::size_t kLongestEnrolmentFile = std::size_t{64} * 1024;

/// What a box asks of the office. Signed by the log key, so that key and request belong together.
struct BoxRequest {
  std::string box;
  std::string origin;
  std::string log_vkey;
  std::string certificate_request;  // PKCS #10 PEM
};

std::string write_box_request(const BoxRequest& request, const tlog::SigningKey& log_key);
/// SyncErrc::bad_request: wrong form, signature, name or a request not signed by its own key.
Result<BoxRequest> parse_box_request(std::string_view json);

/// What the office answers; `[ledger] identity` of kiosk.toml names the file.
struct BoxIdentity {
  std::string box;
  std::string origin;
  std::string certificate;  // PEM, of the box
  std::string authority;    // PEM, the ledger's own
  std::string cosigner;     // vkey
  std::string ledger;       // name for people
  std::string office = {};  // vkey of the office's log; empty: the ledger has none (yet)
};

std::string write_box_identity(const BoxIdentity& identity);
/// SyncErrc::bad_identity: wrong form, or parts that do not belong together.
Result<BoxIdentity> parse_box_identity(std::string_view json);
/// Whether the identity is an answer to this box: its log's key and its TLS key.
Result<void> check_box_identity(const BoxIdentity& identity, std::string_view box,
                                const tlog::VerifierKey& log_key, const net::PrivateKey& tls_key);

/// The ledger's side of `box add`: the request must name `box` and a log of `domain`.
struct Office {
  const net::Authority& authority;
  std::string domain;    // [log] domain
  std::string cosigner;  // vkey
  std::string ledger;
  std::string office = {};  // vkey of the office's log
};
Result<BoxIdentity> answer_box_request(const BoxRequest& request, std::string_view box,
                                       const Office& office, net::Validity validity);

/// Where the box's keys lie in its data directory.
struct BoxFiles {
  std::filesystem::path log_key;   // tlog::parse_seed_file
  std::filesystem::path tls_key;   // PEM
  std::filesystem::path slip_key;  // 32 bytes
  std::filesystem::path request;   // what init made for the office
};
BoxFiles box_files(const std::filesystem::path& data);

/// The box's side of `boxctl init`: makes `data`/keys with log.key, tls.key and slip.key (0600) and
/// `data`/request.json, and returns the request; one that a power cut broke off is taken up where
/// it was. Fails, and changes nothing, if the box has its keys.
Result<BoxRequest> make_box_keys(const std::filesystem::path& data, std::string_view box,
                                 std::string_view domain, Random& random);

}  // namespace yijuan::sync
