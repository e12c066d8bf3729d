// Errors of net/.
#pragma once

#include <system_error>

namespace yijuan {

enum class NetErrc {
  unreachable = 1,  // no address, refused, no route
  closed,           // the peer closed, or the connection broke
  untrusted,        // TLS: the peer's certificate, or our own, was not accepted
  bad_message,      // not HTTP, or not what the protocol allows here
  too_large,        // the peer sent more than the limit
  bad_key,          // a key, certificate or request that cannot be read or does not fit
  bad_address,      // a URL or an address that cannot be used
  cannot_listen,    // an address of our own that is in use, not ours, or not allowed
  local_failure,    // a socket, file or library of this machine failed
  refused,          // the other end answered: no
  busy,             // no room for it now
};
std::error_code make_error_code(NetErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::NetErrc> : std::true_type {};
