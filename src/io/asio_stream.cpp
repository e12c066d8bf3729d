#include "io/asio_stream.hpp"

#include <boost/asio/error.hpp>

namespace yijuan {

Error stream_error(const std::string& name, const boost::system::error_code& reason) {
  // A pty or USB serial port that was unplugged reads EIO; a socket ends or is reset.
  const bool gone = reason == asio::error::eof || reason == asio::error::connection_reset ||
                    reason == asio::error::broken_pipe || reason == boost::system::errc::io_error ||
                    reason == boost::system::errc::no_such_device ||
                    reason == boost::system::errc::no_such_device_or_address;
  return io_error(gone ? IoErrc::closed : IoErrc::failed, name, reason);
}

}  // namespace yijuan
