// The daily digest: one line for each published log, so that a newspaper's worth of text pins all
// of them. Its hash goes into the office's log. Pure.
#pragma once

#include <span>
#include <string>

#include "domain/business_day.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan::ledger {

struct Digest {
  domain::Day day;
  std::uint64_t logs = 0;
  std::string text;  // sorted lines "<origin> <size> <root in base64>\n"
  Hash hash{};       // SHA-256 of the text
};

/// In whatever order they come. REQUIRES: each origin once.
Digest make_digest(domain::Day day, std::span<const tlog::Checkpoint> checkpoints);
/// That of a text as it was published.
Digest read_digest(domain::Day day, std::string text);

}  // namespace yijuan::ledger
