// Builds the gift that closes some cash: shared by a session that ends and by one that a power cut
// ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/session.hpp"

namespace yijuan::domain {

struct GiftParts {
  tlog::Terms terms;
  Fen amount;
  std::vector<Seq> cash;  // ascending
  std::string closed;
  std::uint64_t slip = 0;
};

/// The gift as entry `seq` of the log.
tlog::Gift gift_entry(GiftParts parts, Seq seq, const SessionContext& context);

}  // namespace yijuan::domain
