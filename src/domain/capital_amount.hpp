// An amount in Chinese capital figures (大写), as slips and count sheets carry it.
#pragma once

#include <string>

#include "base/fen.hpp"

namespace yijuan::domain {

/// "人民币壹拾万柒仟元零伍角叁分", "人民币伍角整", "人民币零元整". A negative amount begins with
/// 负: "人民币负壹元整". REQUIRES: |amount| below 10,000 亿 yuan (10^14 fen).
std::string capital_amount(Fen amount);

}  // namespace yijuan::domain
