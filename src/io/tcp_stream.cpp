#include "io/tcp_stream.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "async/with_timeout.hpp"
#include "io/asio_stream.hpp"

namespace yijuan {
namespace {

using Tcp = asio::ip::tcp;

class TcpStream : public AsioStream<Tcp::socket> {
 public:
  using AsioStream::AsioStream;
  void discard_input() override {
    std::array<std::uint8_t, 512> dropped{};
    while (recv(object_.native_handle(), dropped.data(), dropped.size(), MSG_DONTWAIT) > 0) {
    }
  }
};

class TcpSource : public StreamSource {
 public:
  TcpSource(Clock& clock, std::string host, std::string port, std::chrono::nanoseconds limit)
      : clock_(clock),
        host_(std::move(host)),
        port_(std::move(port)),
        name_("tcp:" + host_ + ":" + port_),
        limit_(limit) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    auto socket = co_await with_timeout(clock_, limit_, connect());
    if (!socket) co_return Error(socket.error().code(), name_);
    std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(std::move(*socket), name_);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
  }

  [[nodiscard]] std::string name() const override { return name_; }

 private:
  Task<Tcp::socket> connect() {
    const bool too_late = co_await is_cancelled();
    if (too_late) co_return AsyncErrc::cancelled;
    const auto executor = co_await asio::this_coro::executor;
    Tcp::resolver resolver(executor);
    const auto [unresolved, endpoints] =
        co_await resolver.async_resolve(host_, port_, asio::as_tuple(asio::use_awaitable));
    if (unresolved) co_return io_error(IoErrc::cannot_open, name_, unresolved);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    Tcp::socket socket(executor);
    const auto [refused, endpoint] =
        co_await asio::async_connect(socket, endpoints, asio::as_tuple(asio::use_awaitable));
    if (refused) co_return io_error(IoErrc::cannot_open, name_, refused);
    boost::system::error_code ignored;  // a slower connection is no reason to have none
    socket.set_option(Tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    co_return Result<Tcp::socket>(std::move(socket));
  }

  Clock& clock_;
  std::string host_;
  std::string port_;
  std::string name_;
  std::chrono::nanoseconds limit_;
};

}  // namespace

std::unique_ptr<StreamSource> make_tcp_source(Clock& clock, std::string host, std::string port,
                                              std::chrono::nanoseconds limit) {
  return std::make_unique<TcpSource>(clock, std::move(host), std::move(port), limit);
}

}  // namespace yijuan
