// The names of what a public log shows, in its folder and over HTTP alike: public.md lists them.
// Paths come from strangers; only the one form of each is read, so that no path leaves the folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.hpp"
#include "domain/business_day.hpp"
#include "tlog/tile.hpp"

namespace yijuan::ledger {

/// A log's name there: its origin without the ledger's domain, "box/market-01/0123abcd" or
/// "office/1". Nothing for an origin of another domain or form.
std::optional<std::string> public_name(std::string_view origin, std::string_view domain);
bool is_public_name(std::string_view name);

namespace published {

struct Logs {
  friend bool operator==(const Logs&, const Logs&) = default;
};
struct Checkpoint {
  std::string log;  // its name
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};
struct Tile {
  std::string log;
  tlog::Tile tile;
  friend bool operator==(const Tile&, const Tile&) = default;
};
struct Bundle {
  std::string log;
  tlog::Bundle bundle;
  friend bool operator==(const Bundle&, const Bundle&) = default;
};
struct Digest {
  domain::Day day;
  friend bool operator==(const Digest&, const Digest&) = default;
};
struct Proof {
  std::string origin;  // in full: as slips have it
  Seq seq = 0;
  friend bool operator==(const Proof&, const Proof&) = default;
};

}  // namespace published

using PublicResource = std::variant<published::Logs, published::Checkpoint, published::Tile,
                                    published::Bundle, published::Digest, published::Proof>;

/// What a path (without query) names; nothing for any other text.
std::optional<PublicResource> parse_public_path(std::string_view path);
std::string public_path(const PublicResource& resource);

}  // namespace yijuan::ledger
