#include "io/tapped_stream.hpp"

#include "async/errc.hpp"
#include "io/errc.hpp"

namespace yijuan {
namespace {

bool was_cancelled(const Error& error) {
  return error == AsyncErrc::cancelled || error == AsyncErrc::timed_out;
}

class TappedStream : public ByteStream {
 public:
  TappedStream(std::unique_ptr<ByteStream> stream, StreamTap& tap)
      : stream_(std::move(stream)), tap_(tap) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    if (ended()) co_return Error(IoErrc::closed, "a recording begins");
    auto count = co_await stream_->read_some(buffer);
    if (count) {
      tap_.read(BytesView(buffer).first(*count));
    } else if (!was_cancelled(count.error())) {
      tap_.failed(count.error());
    }
    co_return count;
  }

  Task<void> write(BytesView bytes) override {
    if (ended()) co_return Error(IoErrc::closed, "a recording begins");
    // Before, not after: what the kiosk tells the driver meanwhile came after the driver had chosen
    // these bytes, and a replay must hear it in that order.
    tap_.written(bytes);
    auto written = co_await stream_->write(bytes);
    if (!written && !was_cancelled(written.error())) tap_.failed(written.error());
    co_return written;
  }

  Task<std::size_t> write_some(BytesView bytes) override {
    if (ended()) co_return Error(IoErrc::closed, "a recording begins");
    auto count = co_await stream_->write_some(bytes);
    if (count) {
      tap_.written(bytes.first(*count));
    } else if (!was_cancelled(count.error())) {
      tap_.failed(count.error());
    }
    co_return count;
  }

  Task<std::optional<PortStatus>> port_status() override { return stream_->port_status(); }
  [[nodiscard]] std::string peer() const override { return stream_->peer(); }
  void discard_input() override { stream_->discard_input(); }

 private:
  bool ended() {
    cut_ = cut_ || tap_.cuts();
    return cut_;
  }

  std::unique_ptr<ByteStream> stream_;
  StreamTap& tap_;
  bool cut_ = false;
};

class TappedSource : public StreamSource {
 public:
  TappedSource(std::unique_ptr<StreamSource> source, StreamTap& tap)
      : source_(std::move(source)), tap_(tap) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    auto stream = co_await source_->open();
    if (!stream) {
      if (!was_cancelled(stream.error())) tap_.failed(stream.error());
      co_return stream.error();
    }
    tap_.opened();
    std::unique_ptr<ByteStream> tapped = std::make_unique<TappedStream>(std::move(*stream), tap_);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(tapped));
  }

  [[nodiscard]] std::string name() const override { return source_->name(); }

 private:
  std::unique_ptr<StreamSource> source_;
  StreamTap& tap_;
};

}  // namespace

std::unique_ptr<StreamSource> make_tapped_source(std::unique_ptr<StreamSource> source,
                                                 StreamTap& tap) {
  return std::make_unique<TappedSource>(std::move(source), tap);
}

}  // namespace yijuan
