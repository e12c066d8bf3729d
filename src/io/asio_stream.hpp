// What the streams over an Asio descriptor or socket have in common. Included by io's own sources
// only: Asio's stream headers are heavy.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "async/cancellation.hpp"
#include "io/errc.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

/// The error of a stream: what says that the other end went away is IoErrc::closed.
Error stream_error(const std::string& name, const boost::system::error_code& reason);

template <class AsioObject>
class AsioStream : public ByteStream {
 public:
  AsioStream(AsioObject object, std::string name)
      : object_(std::move(object)), name_(std::move(name)) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, count] = co_await object_.async_read_some(
        asio::buffer(buffer.data(), buffer.size()), asio::as_tuple(asio::use_awaitable));
    if (count > 0) co_return Result<std::size_t>(count);
    co_return stream_error(name_, error);
  }

  Task<void> write(BytesView bytes) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, count] = co_await asio::async_write(
        object_, asio::buffer(bytes.data(), bytes.size()), asio::as_tuple(asio::use_awaitable));
    if (error) co_return stream_error(name_, error);
    co_return Result<void>();
  }

  Task<std::size_t> write_some(BytesView bytes) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, count] = co_await object_.async_write_some(
        asio::buffer(bytes.data(), bytes.size()), asio::as_tuple(asio::use_awaitable));
    if (count > 0) co_return Result<std::size_t>(count);
    co_return stream_error(name_, error);
  }

 protected:
  AsioObject object_;
  std::string name_;
};

}  // namespace yijuan
