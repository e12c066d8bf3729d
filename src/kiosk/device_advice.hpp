// What a volunteer can do about a device that does not work. A table: the devices' own words say
// what is wrong (DeviceState), this says what to do first.
#pragma once

#include <string_view>

namespace yijuan::kiosk {

/// A sentence for `code` of the section `device` ("coin"), or for any fault of it where the code is
/// not listed; empty for a device nobody knows.
std::string_view advice(std::string_view device, std::string_view code);

}  // namespace yijuan::kiosk
