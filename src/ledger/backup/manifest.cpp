#include "ledger/backup/manifest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "io/files.hpp"
#include "ledger/errc.hpp"
#include "sync/json_reader.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "yijuan-ledger-backup-v1";
constexpr std::size_t kLargest = std::size_t{256} * 1024 * 1024;
constexpr std::size_t kLongestNote = std::size_t{64} * 1024;

std::optional<Hash> read_hash(std::string_view text) {
  const auto bytes = from_hex(text);
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

std::optional<Manifest::Log> read_log(const json::value& value) {
  if (!value.is_object()) return std::nullopt;
  sync::JsonReader reader(value.get_object());
  Manifest::Log log{
      .origin = reader.text("origin", 512), .size = reader.number("size"), .root = {}, .note = {}};
  const auto root = read_hash(reader.text("root", 64));
  log.note = reader.maybe_text("note", kLongestNote).value_or("");
  if (!reader.ok() || !root) return std::nullopt;
  log.root = *root;
  return log;
}

}  // namespace

std::filesystem::path manifest_file(const std::filesystem::path& folder) {
  return folder / "manifest.json";
}

std::filesystem::path backup_file(const std::filesystem::path& folder) {
  return folder / "ledger.db";
}

std::string write_manifest(const Manifest& manifest) {
  json::array logs;
  for (const Manifest::Log& log : manifest.logs) {
    json::object one{{"origin", log.origin}, {"size", log.size}, {"root", to_hex(log.root)}};
    if (!log.note.empty()) one["note"] = log.note;
    logs.push_back(std::move(one));
  }
  return json::serialize(json::object{{"format", kFormat},
                                      {"made", to_rfc3339(manifest.made)},
                                      {"domain", manifest.domain},
                                      {"bytes", manifest.bytes},
                                      {"sha256", to_hex(manifest.hash)},
                                      {"logs", std::move(logs)}}) +
         "\n";
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  const auto file = manifest_file(folder);
  const Error bad(LedgerErrc::bad_backup, file.string());
  auto text = read_file(file, kLargest);
  if (!text) {
    return {LedgerErrc::bad_backup, "it has no manifest.json: " + text.error().message()};
  }
  const auto object = sync::parse_object(*text);
  if (!object) return bad;
  sync::JsonReader reader(*object);
  Manifest manifest{};
  const bool ours = reader.text("format", 64) == kFormat;
  const auto made = parse_rfc3339(reader.text("made", 40));
  manifest.domain = reader.text("domain", 256);
  manifest.bytes = reader.number("bytes");
  const auto hash = read_hash(reader.text("sha256", 64));
  const json::array* logs = reader.maybe_array("logs");
  if (!reader.ok() || !ours || !made || !hash || logs == nullptr) return bad;
  manifest.made = *made;
  manifest.hash = *hash;
  for (const json::value& value : *logs) {
    auto log = read_log(value);
    if (!log) return bad;
    manifest.logs.push_back(*std::move(log));
  }
  return manifest;
}

}  // namespace yijuan::ledger
