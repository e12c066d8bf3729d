#include "io/serial_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>

#include "io/asio_stream.hpp"
#include "io/descriptor.hpp"

namespace yijuan {
namespace {

class SerialStream : public AsioStream<asio::posix::stream_descriptor> {
 public:
  using AsioStream::AsioStream;
  void discard_input() override { tcflush(object_.native_handle(), TCIFLUSH); }
};

speed_t speed_of(int baud) {
  switch (baud) {
    case 4800:
      return B4800;
    case 19200:
      return B19200;
    case 38400:
      return B38400;
    case 57600:
      return B57600;
    case 115200:
      return B115200;
    default:
      return B9600;
  }
}

/// One has no parity to set, and refuses whoever asks for nothing else.
bool is_pseudo_terminal(int fd) {
  constexpr unsigned kFirstMajor = 136;  // of Unix98 terminals (Linux, devices.txt)
  constexpr unsigned kLastMajor = 143;
  struct stat status{};
  if (fstat(fd, &status) != 0) return false;
  return major(status.st_rdev) >= kFirstMajor && major(status.st_rdev) <= kLastMajor;
}

void check_parity(int fd, termios& settings) {
  // A byte whose parity is wrong is read as FF 00 byte, and a true FF as FF FF: dropping it, or
  // reading it as 0, would hide the damage from a protocol that has no checksum.
  if (!is_pseudo_terminal(fd)) settings.c_cflag |= PARENB;
  settings.c_cflag &= ~static_cast<tcflag_t>(PARODD);
  settings.c_iflag |= INPCK | PARMRK;
  settings.c_iflag &= ~static_cast<tcflag_t>(IGNPAR | ISTRIP);
}

Result<void> configure(int fd, int baud, Parity parity, const std::string& name) {
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) {
    return io_error(IoErrc::cannot_open, fmt::format("{}: not a serial port", name), errno);
  }
  // Raw, no flow control; DTR and RTS stay as they are, since some converters take
  // their power or their direction from them (CLOCAL, no HUPCL).
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS | CSTOPB | HUPCL);
  settings.c_iflag &= ~static_cast<tcflag_t>(IXON | IXOFF | IXANY);
  if (parity == Parity::even) check_parity(fd, settings);
  settings.c_cc[VMIN] = 1;  // with 0 a port without bytes reads as if it were at its end
  settings.c_cc[VTIME] = 0;
  const speed_t speed = speed_of(baud);
  if (cfsetispeed(&settings, speed) != 0 || cfsetospeed(&settings, speed) != 0 ||
      tcsetattr(fd, TCSANOW, &settings) != 0) {
    return io_error(IoErrc::cannot_open, fmt::format("{}: cannot set {} baud", name, baud), errno);
  }
  if (ioctl(fd, TIOCEXCL) != 0) {
    return io_error(IoErrc::cannot_open, fmt::format("{}: cannot be had alone", name), errno);
  }
  tcflush(fd, TCIOFLUSH);
  return {};
}

class SerialSource : public StreamSource {
 public:
  SerialSource(std::string path, int baud, Parity parity)
      : path_(std::move(path)), name_("serial:" + path_), baud_(baud), parity_(parity) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    const auto executor = co_await asio::this_coro::executor;
    Descriptor port(::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!port.valid()) co_return io_error(IoErrc::cannot_open, name_, errno);
    auto configured = configure(port.get(), baud_, parity_, name_);
    if (!configured) co_return configured.error();
    asio::posix::stream_descriptor descriptor(executor);
    boost::system::error_code error;
    descriptor.assign(port.get(), error);
    if (error) co_return io_error(IoErrc::cannot_open, name_, error);
    port.release();
    std::unique_ptr<ByteStream> stream =
        std::make_unique<SerialStream>(std::move(descriptor), name_);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
  }

  [[nodiscard]] std::string name() const override { return name_; }

 private:
  std::string path_;
  std::string name_;
  int baud_;
  Parity parity_;
};

}  // namespace

std::unique_ptr<StreamSource> make_serial_source(std::string path, int baud, Parity parity) {
  return std::make_unique<SerialSource>(std::move(path), baud, parity);
}

}  // namespace yijuan
