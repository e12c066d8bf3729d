#include "io/errc.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>

#include "async/errc.hpp"

namespace yijuan {

std::error_code make_error_code(IoErrc code) {
  static constexpr std::array<ErrcLine, 11> kLines = {{
      {static_cast<int>(IoErrc::closed), "the connection ended"},
      {static_cast<int>(IoErrc::cannot_open), "cannot be opened"},
      {static_cast<int>(IoErrc::failed), "reading or writing failed"},
      {static_cast<int>(IoErrc::full), "no space is left"},
      {static_cast<int>(IoErrc::locked), "in use by another process"},
      {static_cast<int>(IoErrc::bad_name), "not a port"},
      {static_cast<int>(IoErrc::unsafe_key), "a key file that others can read"},
      {static_cast<int>(IoErrc::exists), "is there already"},
      {static_cast<int>(IoErrc::not_owner), "a folder of another user"},
      {static_cast<int>(IoErrc::bad_recording), "not a recording"},
      {static_cast<int>(IoErrc::differs), "the driver does not do what was recorded"},
  }};
  static const ErrcCategory category("io", kLines);
  return {static_cast<int>(code), category};
}

Error io_error(IoErrc code, std::string_view what, const boost::system::error_code& reason) {
  if (reason == boost::asio::error::operation_aborted) return AsyncErrc::cancelled;
  if (reason == boost::system::errc::no_space_on_device) code = IoErrc::full;
  // A daemon's unit shows it most of the disk so, whatever the disk's own mount allows.
  const bool closed = reason == boost::system::errc::read_only_file_system;
  return {code, fmt::format("{}: {}{}", what, reason.message(),
                            closed ? " (under systemd: ReadWritePaths= of the unit)" : "")};
}

Error io_error(IoErrc code, std::string_view what, int reason) {
  return io_error(code, what, boost::system::error_code(reason, boost::system::system_category()));
}

}  // namespace yijuan
