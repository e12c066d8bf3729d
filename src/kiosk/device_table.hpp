// `boxctl devices` for people: what kioskd said of its devices, one paragraph a device.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace yijuan::kiosk {

std::string device_table(const boost::json::object& report);

/// "closed", "OPEN", "lost" …: a contact in words.
std::string contact_words(const std::string& contact, bool active);
/// "mains, battery 80 %, signal 60 %"; empty where the box has no such sensor.
std::string board_words(const boost::json::object& board);

}  // namespace yijuan::kiosk
