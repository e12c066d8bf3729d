#include "sync/enrolment.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "io/files.hpp"
#include "io/key_file.hpp"
#include "net/errc.hpp"
#include "sync/errc.hpp"
#include "sync/json_reader.hpp"

namespace yijuan::sync {
namespace {

namespace json = boost::json;

constexpr std::string_view kRequestFormat = "yijuan-box-request-v1";
constexpr std::string_view kIdentityFormat = "yijuan-box-identity-v1";
constexpr std::size_t kLongestPem = std::size_t{8} * 1024;
constexpr std::size_t kLongestText = 512;
constexpr const char* kRequestCopy = "request.json";  // beside the keys

/// What the log key signs: every field, so that no part can be put into another request.
std::string signed_text(const BoxRequest& request) {
  const Hash hash = sha256(as_bytes(request.certificate_request));
  return std::string(kRequestFormat) + '\n' + request.box + '\n' + request.origin + '\n' +
         request.log_vkey + '\n' + to_hex(hash) + '\n';
}

/// The log's key, if key, origin and box belong together.
Result<tlog::VerifierKey> check_names(const BoxRequest& request) {
  const auto origin = Origin::parse(request.origin);
  if (!origin || !is_box_id(request.box) || origin->box != request.box) {
    return {SyncErrc::bad_request, "origin and box do not belong together"};
  }
  auto key = tlog::VerifierKey::parse(request.log_vkey);
  if (!key) return {SyncErrc::bad_request, "log key: " + key.error().message()};
  if (key->type != tlog::KeyType::note || key->name != request.origin ||
      tlog::epoch_id_of(key->bytes) != origin->epoch) {
    return {SyncErrc::bad_request, "the log key is not this log's"};
  }
  return key;
}

Result<void> check_signature(const BoxRequest& request, const tlog::VerifierKey& key,
                             std::string_view text) {
  const auto bytes = from_base64(text);
  tlog::Signature signature{};
  if (!bytes || bytes->size() != signature.size()) {
    return {SyncErrc::bad_request, "no signature"};
  }
  std::ranges::copy(*bytes, signature.begin());
  if (!key.verifies(as_bytes(signed_text(request)), signature)) {
    return {SyncErrc::bad_request, "the signature is not the log key's"};
  }
  return Result<void>();
}

tlog::Seed new_seed(Random& random) {
  tlog::Seed seed{};
  random.fill(seed);
  return seed;
}

// A folder with all keys and the request, each synced. One that a cut left half-made goes first.
Result<void> fill_key_folder(const std::filesystem::path& folder, std::string_view box,
                             std::string_view domain, Random& random) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder, error);
  if (error) return {NetErrc::local_failure, folder.string() + ": " + error.message()};
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  auto tls_key = net::PrivateKey::generate();
  if (!tls_key) return tls_key.error();
  auto csr = net::make_request(*tls_key, box);
  if (!csr) return csr.error();
  const tlog::Seed seed = new_seed(random);
  const Origin origin{std::string(domain), std::string(box),
                      tlog::epoch_id_of(tlog::public_key_of(seed))};
  const tlog::SigningKey log_key(origin.text(), tlog::KeyType::note, seed);
  const BoxRequest request{std::string(box), origin.text(), log_key.verifier().text(),
                           std::move(*csr)};
  const tlog::Seed slip_key = new_seed(random);
  const std::string log_text = tlog::write_seed_file(seed);
  const std::string tls_text = tls_key->to_pem();
  for (const auto& [name, content] :
       {std::pair("log.key", as_bytes(log_text)), std::pair("tls.key", as_bytes(tls_text)),
        std::pair("slip.key", BytesView(slip_key))}) {
    auto made = create_key_file(folder / name, content);
    if (!made) return made;
  }
  return create_file(folder / kRequestCopy, write_box_request(request, log_key), 0644);
}

}  // namespace

std::string write_box_request(const BoxRequest& request, const tlog::SigningKey& log_key) {
  const tlog::Signature signature = log_key.sign(as_bytes(signed_text(request)));
  return json::serialize(json::object{{"format", kRequestFormat},
                                      {"box", request.box},
                                      {"origin", request.origin},
                                      {"log", request.log_vkey},
                                      {"csr", request.certificate_request},
                                      {"signature", to_base64(signature)}}) +
         '\n';
}

Result<BoxRequest> parse_box_request(std::string_view text) {
  const auto object = text.size() <= kLongestEnrolmentFile ? parse_object(text) : std::nullopt;
  if (!object) return {SyncErrc::bad_request, "no JSON object"};
  JsonReader reader(*object);
  const std::string format = reader.text("format", kLongestText);
  BoxRequest request{reader.text("box", kLongestText), reader.text("origin", kLongestText),
                     reader.text("log", kLongestText), reader.text("csr", kLongestPem)};
  const std::string signature = reader.text("signature", kLongestText);
  if (!reader.ok()) return {SyncErrc::bad_request, reader.bad()};
  if (format != kRequestFormat) return {SyncErrc::bad_request, "unknown format " + format};
  const auto key = check_names(request);
  if (!key) return key.error();
  const auto signed_by_log = check_signature(request, *key, signature);
  if (!signed_by_log) return signed_by_log.error();
  const auto csr = net::check_request(request.certificate_request);
  if (!csr) return {SyncErrc::bad_request, csr.error().message()};
  return request;
}

std::string write_box_identity(const BoxIdentity& identity) {
  json::object object{{"format", kIdentityFormat},       {"box", identity.box},
                      {"origin", identity.origin},       {"certificate", identity.certificate},
                      {"authority", identity.authority}, {"cosigner", identity.cosigner},
                      {"ledger", identity.ledger}};
  if (!identity.office.empty()) object["office"] = identity.office;
  return json::serialize(object) + '\n';
}

Result<BoxIdentity> parse_box_identity(std::string_view text) {
  const auto object = text.size() <= kLongestEnrolmentFile ? parse_object(text) : std::nullopt;
  if (!object) return {SyncErrc::bad_identity, "no JSON object"};
  JsonReader reader(*object);
  const std::string format = reader.text("format", kLongestText);
  BoxIdentity identity{reader.text("box", kLongestText),
                       reader.text("origin", kLongestText),
                       reader.text("certificate", kLongestPem),
                       reader.text("authority", kLongestPem),
                       reader.text("cosigner", kLongestText),
                       reader.text("ledger", kLongestText),
                       reader.maybe_text("office", kLongestText).value_or("")};
  if (!reader.ok()) return {SyncErrc::bad_identity, reader.bad()};
  if (format != kIdentityFormat) return {SyncErrc::bad_identity, "unknown format " + format};
  const auto origin = Origin::parse(identity.origin);
  if (!origin || origin->box != identity.box) {
    return {SyncErrc::bad_identity, "origin and box do not belong together"};
  }
  const auto certificate = net::Certificate::from_pem(identity.certificate);
  if (!certificate) return {SyncErrc::bad_identity, certificate.error().message()};
  const auto authority = net::Certificate::from_pem(identity.authority);
  if (!authority) return {SyncErrc::bad_identity, authority.error().message()};
  if (certificate->box() != identity.box || !certificate->signed_by(*authority)) {
    return {SyncErrc::bad_identity, "the certificate is not this box's, or not the authority's"};
  }
  const auto cosigner = tlog::VerifierKey::parse(identity.cosigner);
  if (!cosigner || cosigner->type != tlog::KeyType::cosignature) {
    return {SyncErrc::bad_identity, "no cosigner's key"};
  }
  const auto office = tlog::VerifierKey::parse(identity.office);
  if (!identity.office.empty() && (!office || !OfficeOrigin::parse(office->name))) {
    return {SyncErrc::bad_identity, "the office's key"};
  }
  return identity;
}

Result<void> check_box_identity(const BoxIdentity& identity, std::string_view box,
                                const tlog::VerifierKey& log_key, const net::PrivateKey& tls_key) {
  if (identity.box != box) {
    return {SyncErrc::bad_identity, "it is for box " + identity.box};
  }
  if (identity.origin != log_key.name) {
    return {SyncErrc::bad_identity, "it is for another log key: " + identity.origin};
  }
  const auto certificate = net::Certificate::from_pem(identity.certificate);
  if (!certificate) return certificate.error();
  if (!certificate->belongs_to(tls_key)) {
    return {SyncErrc::bad_identity, "its certificate is for another TLS key"};
  }
  return Result<void>();
}

Result<BoxIdentity> answer_box_request(const BoxRequest& request, std::string_view box,
                                       const Office& office, net::Validity validity) {
  const auto key = check_names(request);
  if (!key) return key.error();
  if (request.box != box) return {SyncErrc::bad_request, "it is from box " + request.box};
  const auto origin = Origin::parse(request.origin);
  if (origin->domain != office.domain) {
    return {SyncErrc::bad_request, "it is for a ledger of " + origin->domain};
  }
  auto certificate = net::issue_box_certificate(office.authority, request.certificate_request,
                                                request.box, validity);
  if (!certificate) return certificate.error();
  return BoxIdentity{
      request.box,     request.origin, certificate->to_pem(), office.authority.certificate.to_pem(),
      office.cosigner, office.ledger,  office.office};
}

BoxFiles box_files(const std::filesystem::path& data) {
  return {data / "keys" / "log.key", data / "keys" / "tls.key", data / "keys" / "slip.key",
          data / "request.json"};
}

Result<BoxRequest> make_box_keys(const std::filesystem::path& data, std::string_view box,
                                 std::string_view domain, Random& random) {
  if (!is_box_id(box)) return {SyncErrc::bad_request, "not a box id: " + std::string(box)};
  if (!is_log_domain(domain))
    return {SyncErrc::bad_request, "not a domain: " + std::string(domain)};
  const BoxFiles files = box_files(data);
  const auto keys = files.log_key.parent_path();
  std::error_code error;
  if (std::filesystem::exists(files.request, error) || error) {
    return {SyncErrc::keys_exist,
            files.request.string() + " is there already: this box has its keys"};
  }
  if (!std::filesystem::exists(keys, error)) {
    auto filled = fill_key_folder(keys.string() + ".new", box, domain, random);
    if (!filled) return filled.error();
    std::filesystem::rename(keys.string() + ".new", keys, error);
    if (error) return {NetErrc::local_failure, keys.string() + ": " + error.message()};
  }
  // Also after a cut between the two: the keys are whole, only the office's copy is missing.
  auto text = read_file(keys / kRequestCopy, kLongestEnrolmentFile);
  if (!text) {
    return {SyncErrc::keys_exist, keys.string() + " is there already: this box has its keys"};
  }
  auto request = parse_box_request(*text);
  if (!request) return request;
  if (request->box != box) return {SyncErrc::bad_request, "these are keys of " + request->box};
  auto written = create_file(files.request, *text, 0644);
  if (!written) return written.error();
  return request;
}

}  // namespace yijuan::sync
