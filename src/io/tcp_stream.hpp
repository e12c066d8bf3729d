// A TCP connection, "tcp:192.0.2.7:9100": network printers.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

/// `clock` outlives the source and its streams. Connecting takes at most `limit`.
std::unique_ptr<StreamSource> make_tcp_source(Clock& clock, std::string host, std::string port,
                                              std::chrono::nanoseconds limit);

}  // namespace yijuan
