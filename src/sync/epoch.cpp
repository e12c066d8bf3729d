#include "sync/epoch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "sync/errc.hpp"
#include "sync/json_reader.hpp"

namespace yijuan::sync {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "yijuan-epochs-v1";
constexpr std::size_t kLongestText = 512;

std::string signed_text(const EpochCertificate& certificate) {
  return fmt::format("yijuan-epoch-v1\n{}\n{}\n{}\n{}\n{}\n", certificate.vkey,
                     certificate.previous.origin, certificate.previous.size,
                     to_base64(certificate.previous.root), certificate.why);
}

std::optional<Hash> read_hash(std::string_view text) {
  const auto bytes = from_base64(text);
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

std::optional<EpochCertificate> read_one(const json::value& value) {
  if (!value.is_object()) return std::nullopt;
  JsonReader reader(value.get_object());
  EpochCertificate certificate{.vkey = reader.text("vkey", kLongestText),
                               .previous = {.origin = reader.text("previous", kLongestText),
                                            .size = reader.number("size"),
                                            .root = {}},
                               .why = {},
                               .signature = {}};
  const auto root = read_hash(reader.text("root", kLongestText));
  certificate.why = reader.text("why", kLongestText);
  certificate.signature = reader.text("signature", kLongestText);
  if (!reader.ok() || !root) return std::nullopt;
  certificate.previous.root = *root;
  return certificate;
}

}  // namespace

EpochCertificate certify_epoch(const tlog::VerifierKey& next,
                               const tlog::Epoch::Predecessor& previous, std::string_view why,
                               const tlog::SigningKey& key) {
  EpochCertificate certificate{next.text(), previous, std::string(why), {}};
  const std::string text = signed_text(certificate);
  certificate.signature = to_base64(key.sign(as_bytes(text)));
  return certificate;
}

Result<void> check_epoch(const EpochCertificate& certificate,
                         const tlog::VerifierKey& previous_key) {
  const auto key = tlog::VerifierKey::parse(certificate.vkey);
  if (!key || key->type != tlog::KeyType::note) return {SyncErrc::bad_epoch, "no key"};
  const auto origin = Origin::parse(key->name);
  const auto before = Origin::parse(certificate.previous.origin);
  if (!origin || !before || origin->domain != before->domain || origin->box != before->box) {
    return {SyncErrc::bad_epoch, "the new log is not of the same box"};
  }
  if (origin->epoch != tlog::epoch_id_of(key->bytes)) {
    return {SyncErrc::bad_epoch, "the new log is not named after its key"};
  }
  if (previous_key.name != certificate.previous.origin) {
    return {SyncErrc::bad_epoch, "the key of another log"};
  }
  const auto bytes = from_base64(certificate.signature);
  tlog::Signature signature{};
  if (!bytes || bytes->size() != signature.size()) {
    return {SyncErrc::bad_epoch, "no signature"};
  }
  std::ranges::copy(*bytes, signature.begin());
  const std::string text = signed_text(certificate);
  if (!previous_key.verifies(as_bytes(text), signature)) {
    return {SyncErrc::bad_epoch, "its signature is not by the log before"};
  }
  return {};
}

std::string write_epochs(std::span<const EpochCertificate> certificates) {
  json::array epochs;
  for (const EpochCertificate& one : certificates) {
    epochs.push_back({{"vkey", one.vkey},
                      {"previous", one.previous.origin},
                      {"size", one.previous.size},
                      {"root", to_base64(one.previous.root)},
                      {"why", one.why},
                      {"signature", one.signature}});
  }
  return json::serialize(json::object{{"format", kFormat}, {"epochs", std::move(epochs)}}) + '\n';
}

Result<std::vector<EpochCertificate>> parse_epochs(std::string_view text) {
  const auto object = text.size() <= kLongestEpochs ? parse_object(text) : std::nullopt;
  if (!object) return {SyncErrc::bad_epoch, "no JSON object"};
  JsonReader reader(*object);
  if (reader.text("format", kLongestText) != kFormat) {
    return {SyncErrc::bad_epoch, "unknown format"};
  }
  const json::array* epochs = reader.maybe_array("epochs");
  if (epochs == nullptr || epochs->size() > kMostEpochs) {
    return {SyncErrc::bad_epoch, "no list of epochs, or one too long"};
  }
  std::vector<EpochCertificate> certificates;
  for (const json::value& one : *epochs) {
    auto certificate = read_one(one);
    if (!certificate) return {SyncErrc::bad_epoch, "one of its certificates"};
    certificates.push_back(*std::move(certificate));
  }
  return certificates;
}

}  // namespace yijuan::sync
