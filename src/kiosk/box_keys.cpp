#include "kiosk/box_keys.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "net/certificate.hpp"
#include "sync/enrolment.hpp"

namespace yijuan::kiosk {

Result<BoxKeys> load_box_keys(const KioskConfig& config) {
  auto epochs = load_epochs(config);
  if (!epochs) return epochs.error();
  auto slip_key = read_key_file(config.keys() / "slip.key");
  if (!slip_key) return slip_key.error();
  return BoxKeys{*std::move(epochs), *std::move(slip_key)};
}

std::string BoxKeys::certificates() const {
  std::vector<sync::EpochCertificate> all;
  for (const BoxEpoch& epoch : epochs) {
    if (epoch.certificate) all.push_back(*epoch.certificate);
  }
  return all.empty() ? std::string() : sync::write_epochs(all);
}

Result<std::optional<LedgerAccess>> load_ledger_access(const KioskConfig& config,
                                                       const BoxKeys& keys) {
  if (config.ledger_url.empty()) return std::optional<LedgerAccess>();
  if (!std::filesystem::exists(config.identity)) {
    log_warning("ledger", fmt::format("{}: no answer of the office yet; nothing is synced until "
                                      "ledgerctl box add made it and kioskd is started again",
                                      config.identity.string()));
    return std::optional<LedgerAccess>();
  }
  auto url = net::ServerUrl::parse(config.ledger_url);
  if (!url) return url.error();
  auto text = read_file(config.identity, sync::kLongestEnrolmentFile);
  if (!text) return text.error();
  auto identity = sync::parse_box_identity(*text);
  if (!identity) return identity.error();
  auto key_file = read_key_file(config.keys() / "tls.key");
  if (!key_file) return key_file.error();
  const std::string key_pem(as_text(*key_file));
  auto tls_key = net::PrivateKey::from_pem(key_pem);
  if (!tls_key) return tls_key.error();
  auto checked =
      sync::check_box_identity(*identity, config.box, keys.epochs.front().key.verifier(), *tls_key);
  if (!checked) return checked.error();
  auto cosigner = tlog::VerifierKey::parse(identity->cosigner);
  if (!cosigner) return cosigner.error();
  std::optional<tlog::VerifierKey> office;
  if (!identity->office.empty()) office = tlog::VerifierKey::parse(identity->office).value();
  auto tls = net::TlsContext::client({identity->certificate, key_pem, identity->authority});
  if (!tls) return tls.error();
  return std::optional(LedgerAccess{std::move(*url), std::move(*tls), std::move(*cosigner),
                                    std::move(office), identity->ledger});
}

Result<domain::CampaignPack> load_pack(const KioskConfig& config) {
  if (!std::filesystem::exists(config.pack)) {
    return {DomainErrc::pack_missing, config.pack.string()};
  }
  auto file = read_file(config.pack, domain::kLargestPack);
  if (!file) return file.error();
  return domain::open_pack(*file, config.pack_key);
}

}  // namespace yijuan::kiosk
