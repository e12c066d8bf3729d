#include "ledger/public/pages_api.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "ledger/public/public_proof.hpp"
#include "tlog/entry_bundle.hpp"

namespace yijuan::ledger {

struct PagesApi::Content {
  std::string bytes;
  std::string_view type;
  std::string_view cache;
  std::string file_name = {};  // what a browser saves it as; empty: it shows it
};

namespace {

using net::HttpRequest;
using net::HttpResponse;

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kChanges = "public, max-age=5";
constexpr std::string_view kChangesDaily = "public, max-age=300";
constexpr std::string_view kNeverChanges = "public, max-age=31536000, immutable";
constexpr std::string_view kForOneReader = "private, max-age=31536000, immutable";

HttpResponse refuse(unsigned status, std::string text) {
  HttpResponse response = net::respond(status, kText, std::move(text));
  response.fields.emplace_back("cache-control", "no-store");
  return response;
}

std::string entity_tag(std::string_view content) {
  return "\"" + to_hex(sha256(as_bytes(content))).substr(0, 32) + "\"";
}

// RFC 9110, 13.1.2: whether the client has what it asks for.
bool has_already(const HttpRequest& request, std::string_view tag) {
  const auto known = net::field(request.fields, "if-none-match");
  if (!known) return false;
  std::string_view list = *known;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

std::string_view bearer_token(const HttpRequest& request) {
  constexpr std::string_view kBearer = "bearer ";
  const auto field = net::field(request.fields, "authorization");
  if (!field || field->size() < kBearer.size()) return {};
  const bool bearer = std::ranges::equal(
      field->substr(0, kBearer.size()), kBearer,
      [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); });
  return bearer ? field->substr(kBearer.size()) : std::string_view();
}

HttpResponse failed(const HttpRequest& request, const Error& error) {
  log_error("pages", request.target.substr(0, 200) + ": " + error.message());
  return refuse(500, "the server failed\n");
}

}  // namespace

HttpResponse PagesApi::answer(const HttpRequest& request, domain::Day today) const {
  const std::string_view target = request.target;
  const auto resource = parse_public_path(target.substr(0, target.find('?')));
  if (!resource) return refuse(404, "nothing here\n");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = refuse(405, "not this method\n");
    response.fields.emplace_back("allow", "GET, HEAD");
    return response;
  }
  if (std::holds_alternative<published::Bundle>(*resource)) {
    const auto allowed = may_read_entries(request, today);
    if (!allowed) return failed(request, allowed.error());
    if (!*allowed) {
      HttpResponse response = refuse(401, "entries are for auditors\n");
      response.fields.emplace_back("www-authenticate", "Bearer realm=\"entries\"");
      return response;
    }
  }
  auto content = find(*resource);
  if (!content) return failed(request, content.error());
  if (!*content) return refuse(404, "not published\n");
  const std::string tag = entity_tag((*content)->bytes);
  const bool known = has_already(request, tag);
  HttpResponse response = known ? HttpResponse{.status = 304, .fields = {}, .body = {}}
                                : net::respond(200, (*content)->type, std::move((*content)->bytes));
  response.fields.emplace_back("etag", tag);
  response.fields.emplace_back("cache-control", (*content)->cache);
  response.fields.emplace_back("x-content-type-options", "nosniff");
  if (!(*content)->file_name.empty()) {
    response.fields.emplace_back("content-disposition",
                                 "attachment; filename=\"" + (*content)->file_name + "\"");
  }
  return response;
}

Result<bool> PagesApi::may_read_entries(const HttpRequest& request, domain::Day today) const {
  const std::string_view token = bearer_token(request);
  if (token.empty()) return false;
  auto who = auditors_.who(token, today);
  if (!who) return who.error();
  if (!*who) {
    log_warning("pages", "a token that is no auditor's, from " + request.peer.address);
    return false;
  }
  log_debug("pages", **who + " reads " + request.target.substr(0, 200));
  return true;
}

Result<std::optional<PagesApi::Content>> PagesApi::find(const PublicResource& resource) const {
  if (const auto* tile = std::get_if<published::Tile>(&resource)) return find_tile(*tile);
  if (const auto* proof = std::get_if<published::Proof>(&resource)) return find_proof(*proof);
  if (const auto* bundle = std::get_if<published::Bundle>(&resource)) return find_bundle(*bundle);
  auto file = folder_.read(resource);
  if (!file) return file.error();
  if (!*file) return std::optional<Content>();
  const bool fixed = std::holds_alternative<published::Digest>(resource);
  return std::optional(Content{
      .bytes = **std::move(file), .type = kText, .cache = fixed ? kNeverChanges : kChanges});
}

Result<std::optional<PagesApi::Content>> PagesApi::find_tile(const published::Tile& wanted) const {
  const auto size = shown_size(folder_, wanted.log);
  if (!size) return size.error();
  // Tiles of a publication under way are on the disk already; none is shown before its checkpoint.
  const unsigned width = tlog::tile_width(wanted.tile.level, wanted.tile.index, *size);
  if (wanted.tile.width > width) return std::optional<Content>();
  const auto hashes = folder_.tile(wanted.log, wanted.tile);
  if (!hashes && wanted.tile.width < width) return std::optional<Content>();  // of no checkpoint
  if (!hashes) return hashes.error();
  const Bytes bytes = tlog::write_tile(*hashes);
  return std::optional(
      Content{.bytes = std::string(as_text(bytes)), .type = kBytes, .cache = kNeverChanges});
}

Result<std::optional<PagesApi::Content>> PagesApi::find_proof(
    const published::Proof& wanted) const {
  const auto name = public_name(wanted.origin, domain_);
  if (!name) return std::optional<Content>();
  const auto proof = published_proof(folder_, *name, wanted.seq);
  if (!proof) return proof.error();
  if (!*proof) return std::optional<Content>();
  return std::optional(Content{.bytes = tlog::write_tlog_proof(**proof),
                               .type = kText,
                               .cache = kChangesDaily,
                               .file_name = std::to_string(wanted.seq) + ".tlog-proof"});
}

Result<std::optional<PagesApi::Content>> PagesApi::find_bundle(
    const published::Bundle& wanted) const {
  const auto size = shown_size(folder_, wanted.log);
  if (!size) return size.error();
  if (wanted.bundle.width > tlog::tile_width(0, wanted.bundle.index, *size)) {
    return std::optional<Content>();
  }
  const auto lines = store_.lines(domain_ + "/" + wanted.log,
                                  wanted.bundle.index * tlog::kTileWidth, wanted.bundle.width);
  if (!lines) return lines.error();
  if (lines->size() != wanted.bundle.width) {
    return {LedgerErrc::store_damaged, "entries of " + wanted.log + " are missing"};
  }
  auto bundle = tlog::write_bundle(*lines);
  if (!bundle) return bundle.error();
  return std::optional(
      Content{.bytes = *std::move(bundle), .type = kBytes, .cache = kForOneReader});
}

}  // namespace yijuan::ledger
