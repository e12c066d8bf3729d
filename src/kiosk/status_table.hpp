// `boxctl status` for people: a table of what kioskd said.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace yijuan::kiosk {

std::string status_table(const boost::json::object& status);

}  // namespace yijuan::kiosk
