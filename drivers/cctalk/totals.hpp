// Totals that every ccTalk acceptor may keep itself, and what DeviceCounters calls them.
#pragma once

#include "drivers/cctalk/protocol.hpp"

namespace yijuan::cctalk {

struct Total {
  Header header{};
  std::string_view name;
};

inline constexpr std::array<Total, 4> kTotals = {{{Header::insertion_counter, "inserted"},
                                                  {Header::accept_counter, "accepted"},
                                                  {Header::reject_counter, "rejected"},
                                                  {Header::fraud_counter, "fraud"}}};

}  // namespace yijuan::cctalk
