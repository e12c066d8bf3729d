// The slip that `boxctl test printer` prints: clearly no gift's.
#pragma once

#include <string>

#include "base/time.hpp"
#include "domain/slip_document.hpp"

namespace yijuan::kiosk {

/// Everything that a gift's slip may hold once (mark, sizes, fields, code), and no slip number.
domain::SlipDocument make_test_slip(const std::string& box, WallReading at);

}  // namespace yijuan::kiosk
