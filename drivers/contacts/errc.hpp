// Errors of the contacts' driver.
#pragma once

#include <system_error>

namespace yijuan::contacts {

enum class ContactsErrc {
  no_lock = 1,  // the configuration names none
  not_open,     // its line is not there
  too_soon,     // the coil must cool
};
std::error_code make_error_code(ContactsErrc code);

}  // namespace yijuan::contacts

template <>
struct std::is_error_code_enum<yijuan::contacts::ContactsErrc> : std::true_type {};
