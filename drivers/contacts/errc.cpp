#include "drivers/contacts/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan::contacts {

std::error_code make_error_code(ContactsErrc code) {
  static constexpr std::array<ErrcLine, 3> kLines = {{
      {static_cast<int>(ContactsErrc::no_lock), "this box has no lock that it can open"},
      {static_cast<int>(ContactsErrc::not_open), "the lock cannot be reached"},
      {static_cast<int>(ContactsErrc::too_soon),
       "the lock was opened a moment ago; wait two seconds and try again"},
  }};
  static const ErrcCategory category("contacts", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan::contacts
