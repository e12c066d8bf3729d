// Names of things that cross module borders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yijuan {

/// Position of an entry in its log: 0, 1, 2 … without gaps.
using Seq = std::uint64_t;

/// 1 to 32 of a-z, 0-9 and '-', beginning with a letter or digit.
bool is_box_id(std::string_view text);
/// 8 hex digits: the first of SHA-256 of the epoch's public key.
bool is_epoch_id(std::string_view text);
/// A host name: the domain under which the ledger's logs are named.
bool is_log_domain(std::string_view text);

/// Name of a box's log: "<ledger domain>/box/<box id>/<epoch id>".
struct Origin {
  std::string domain;
  std::string box;
  std::string epoch;

  static std::optional<Origin> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Name of the office's log: "<ledger domain>/office/<number>", from 1 on. Another number is
/// another log: the one before was not whole any more.
struct OfficeOrigin {
  std::string domain;
  std::uint64_t number = 1;

  static std::optional<OfficeOrigin> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  friend bool operator==(const OfficeOrigin&, const OfficeOrigin&) = default;
};

}  // namespace yijuan
