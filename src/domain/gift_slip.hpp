// The slip of a gift as a document: every field that the law and the office ask for, in the order
// of a hand-held receipt. It is not the finance ticket and says so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/pack.hpp"
#include "domain/slip_document.hpp"

namespace yijuan::domain {

/// "BOX-EPOCH4-NNNNNN": the number on paper, unique for this box and epoch.
std::string slip_number(const Origin& origin, std::uint64_t number);

struct SlipFacts {
  const CampaignPack& pack;
  Origin origin;
  const tlog::Gift& gift;
  WallReading at;          // of the gift's entry
  std::string code;        // slip_url()
  std::uint32_t copy = 1;  // 2 and more are marked 补打
};

SlipDocument make_gift_slip(const SlipFacts& facts);

/// "一元捐", "一日捐", "自由捐".
Text activity_name(tlog::Activity activity);

}  // namespace yijuan::domain
