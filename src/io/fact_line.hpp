// A device's fact as lines of text, for technicians and for the golden files beside recordings.
#pragma once

#include <string>

#include "ports/device_fact.hpp"

namespace yijuan {

/// One line, or for a CashReport one and an indented one for each event; each with its end.
std::string fact_lines(const DeviceFact& fact);

}  // namespace yijuan
