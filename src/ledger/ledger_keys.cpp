#include "ledger/ledger_keys.hpp"

#include <sodium.h>

#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} * 1024;
constexpr std::chrono::days kAuthorityLife{365 * 20};
constexpr std::chrono::days kServerLife{365 * 5};
// A box's clock may lag: what is made today must be valid there.
constexpr std::chrono::days kBackdate{1};

net::Validity valid_for(WallTime now, std::chrono::days life) {
  return {.from = now - kBackdate, .to = now + life};
}

Result<void> write_key(const std::filesystem::path& folder, const char* name,
                       const std::string& content) {
  return create_key_file(folder / name, as_bytes(content));
}

Result<void> write_certificate(const std::filesystem::path& folder, const char* name,
                               const net::Certificate& certificate) {
  return create_file(folder / name, certificate.to_pem(), 0644);
}

Result<std::string> read_key(const LedgerConfig& config, const char* name) {
  auto bytes = read_key_file(config.keys() / name);
  if (!bytes) return bytes.error();
  return std::string(as_text(*bytes));
}

Result<std::string> read_certificate(const LedgerConfig& config, const char* name) {
  return read_file(config.keys() / name, kLargestFile);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);  // of a run that was cut
  if (!error) std::filesystem::create_directory(folder, error);
  if (!error) permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return {LedgerErrc::bad_keys, folder.string() + ": " + error.message()};
  return {};
}

Result<void> make_authority_files(const std::filesystem::path& folder, const net::PrivateKey& key,
                                  const net::Certificate& certificate) {
  auto done = write_key(folder, "ca.key", key.to_pem());
  if (done) done = write_certificate(folder, "ca.crt", certificate);
  return done;
}

Result<void> make_server_files(const std::filesystem::path& folder, const net::Authority& authority,
                               std::span<const std::string> hosts, WallTime now) {
  auto key = net::PrivateKey::generate();
  if (!key) return key.error();
  auto request = net::make_request(*key, hosts.front());
  if (!request) return request.error();
  auto certificate =
      net::issue_server_certificate(authority, *request, hosts, valid_for(now, kServerLife));
  if (!certificate) return certificate.error();
  auto done = write_key(folder, "server.key", key->to_pem());
  if (done) done = write_certificate(folder, "server.crt", *certificate);
  return done;
}

Result<void> write_seed(const std::filesystem::path& folder, const char* name, Random& random) {
  tlog::Seed seed;
  random.fill(seed);
  auto done = write_key(folder, name, tlog::write_seed_file(seed));
  sodium_memzero(seed.data(), seed.size());
  return done;
}

Result<tlog::Seed> read_seed(const LedgerConfig& config, const char* name) {
  auto content = read_key(config, name);
  if (!content) return content.error();
  auto seed = tlog::parse_seed_file(*content);
  if (!seed) return {LedgerErrc::bad_keys, name + (": " + seed.error().message())};
  return seed;
}

}  // namespace

Result<void> make_ledger_keys(const LedgerConfig& config, std::span<const std::string> hosts,
                              WallTime now, Random& random) {
  auto key = net::PrivateKey::generate();
  if (!key) return key.error();
  auto certificate =
      net::make_authority(*key, config.name + " " + config.domain, valid_for(now, kAuthorityLife));
  if (!certificate) return certificate.error();
  const net::Authority authority{*certificate, *key};
  const std::filesystem::path folder = config.keys().string() + ".new";
  auto done = make_folder(folder);
  if (done) done = make_authority_files(folder, *key, *certificate);
  if (done) done = make_server_files(folder, authority, hosts, now);
  if (done) done = write_seed(folder, "cosigner.key", random);
  if (done) done = write_seed(folder, "office.key", random);
  return done ? rename_durably(folder, config.keys()) : done;
}

Result<tlog::SigningKey> read_cosigner(const LedgerConfig& config) {
  auto seed = read_seed(config, "cosigner.key");
  if (!seed) return seed.error();
  return tlog::SigningKey(config.domain + "/cosigner", tlog::KeyType::cosignature, *seed);
}

Result<void> make_office_key(const LedgerConfig& config, Random& random) {
  return write_seed(config.keys(), "office.key", random);
}

Result<OfficeKey> read_office_key(const LedgerConfig& config) {
  std::error_code error;
  if (!std::filesystem::exists(config.keys() / "office.key", error) && !error) {
    return LedgerErrc::no_office_key;
  }
  auto seed = read_seed(config, "office.key");
  if (!seed) return seed.error();
  return OfficeKey(config.domain, *seed);
}

Result<net::Authority> read_authority(const LedgerConfig& config) {
  auto key_pem = read_key(config, "ca.key");
  if (!key_pem) return key_pem.error();
  auto certificate_pem = read_certificate(config, "ca.crt");
  if (!certificate_pem) return certificate_pem.error();
  auto key = net::PrivateKey::from_pem(*key_pem);
  if (!key) return key.error();
  auto certificate = net::Certificate::from_pem(*certificate_pem);
  if (!certificate) return certificate.error();
  if (!certificate->belongs_to(*key)) return {LedgerErrc::bad_keys, "ca.key is not of ca.crt"};
  return net::Authority{*std::move(certificate), *std::move(key)};
}

Result<net::TlsContext> read_server_tls(const LedgerConfig& config) {
  auto key = read_key(config, "server.key");
  if (!key) return key.error();
  auto certificate = read_certificate(config, "server.crt");
  if (!certificate) return certificate.error();
  auto authority = read_certificate(config, "ca.crt");
  if (!authority) return authority.error();
  return net::TlsContext::server(
      {.certificate = *certificate, .key = *key, .authority = *authority});
}

}  // namespace yijuan::ledger
