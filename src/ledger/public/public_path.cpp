#include "ledger/public/public_path.hpp"

#include <charconv>

namespace yijuan::ledger {
namespace {

constexpr std::string_view kLogs = "/logs";
constexpr std::string_view kDigest = "/digest/";
constexpr std::string_view kProof = "/proof/";
constexpr std::string_view kCheckpoint = "/checkpoint";
constexpr std::string_view kTile = "/tile/";

std::optional<Seq> parse_seq(std::string_view text) {
  Seq seq = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), seq);
  const bool canonical = text == "0" || (!text.empty() && text.front() != '0');
  if (error != std::errc() || end != text.end() || !canonical) return {};
  return seq;
}

std::optional<PublicResource> parse_digest(std::string_view text) {
  const auto day = domain::parse_day(text);
  if (!day || domain::to_text(*day) != text) return {};
  return published::Digest{*day};
}

std::optional<PublicResource> parse_proof(std::string_view text) {
  const std::size_t last = text.rfind('/');
  const std::size_t first = text.find('/');
  if (last == std::string_view::npos || !is_log_domain(text.substr(0, first))) return {};
  const std::string_view origin = text.substr(0, last);
  const auto seq = parse_seq(text.substr(last + 1));
  if (!seq || first >= last || !is_public_name(origin.substr(first + 1))) return {};
  return published::Proof{.origin = std::string(origin), .seq = *seq};
}

std::optional<PublicResource> parse_of_log(std::string_view path) {
  const std::size_t tile = path.find(kTile);
  if (tile == std::string_view::npos) {
    if (!path.ends_with(kCheckpoint)) return {};
    path.remove_suffix(kCheckpoint.size());
    if (!is_public_name(path)) return {};
    return published::Checkpoint{std::string(path)};
  }
  const std::string log(path.substr(0, tile));
  if (!is_public_name(log)) return {};
  const std::string_view rest = path.substr(tile + 1);
  if (const auto found = tlog::parse_tile_path(rest)) return published::Tile{log, *found};
  if (const auto found = tlog::parse_bundle_path(rest)) return published::Bundle{log, *found};
  return {};
}

struct PathOf {
  std::string operator()(const published::Logs&) const { return std::string(kLogs); }
  std::string operator()(const published::Checkpoint& it) const {
    return "/" + it.log + std::string(kCheckpoint);
  }
  std::string operator()(const published::Tile& it) const {
    return "/" + it.log + "/" + tlog::tile_path(it.tile);
  }
  std::string operator()(const published::Bundle& it) const {
    return "/" + it.log + "/" + tlog::bundle_path(it.bundle);
  }
  std::string operator()(const published::Digest& it) const {
    return std::string(kDigest) + domain::to_text(it.day);
  }
  std::string operator()(const published::Proof& it) const {
    return std::string(kProof) + it.origin + "/" + std::to_string(it.seq);
  }
};

}  // namespace

std::optional<std::string> public_name(std::string_view origin, std::string_view domain) {
  const auto box = Origin::parse(origin);
  const auto office = OfficeOrigin::parse(origin);
  if (!(box && box->domain == domain) && !(office && office->domain == domain)) return {};
  return std::string(origin.substr(domain.size() + 1));
}

bool is_public_name(std::string_view name) {
  constexpr std::string_view kAnyDomain = "ledger.example";
  return public_name(std::string(kAnyDomain) + "/" + std::string(name), kAnyDomain).has_value();
}

std::optional<PublicResource> parse_public_path(std::string_view path) {
  if (path == kLogs) return published::Logs{};
  if (path.starts_with(kDigest)) return parse_digest(path.substr(kDigest.size()));
  if (path.starts_with(kProof)) return parse_proof(path.substr(kProof.size()));
  if (!path.starts_with('/')) return {};
  return parse_of_log(path.substr(1));
}

std::string public_path(const PublicResource& resource) {
  return std::visit(PathOf{}, resource);
}

}  // namespace yijuan::ledger
