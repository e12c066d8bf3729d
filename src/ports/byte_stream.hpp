// A stream of bytes to a device, and the way to open it again after it was lost: a serial port, a
// TCP connection, a file. Implementations: io/serial_stream, io/tcp_stream, io/file_stream; a
// recording or a test's pipe stands in the same place.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "async/task.hpp"
#include "base/bytes.hpp"

namespace yijuan {

/// What a USB printer's port says (GET_PORT_STATUS), beside anything that it answers in its own
/// language. Cheap printers say "all is well" whatever happens: only bad news is news.
struct PortStatus {
  bool paper_empty = false;
  bool selected = true;  // false: offline
  bool error = false;
  [[nodiscard]] bool good() const { return !paper_empty && selected && !error; }
  friend bool operator==(const PortStatus&, const PortStatus&) = default;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Waits for at least one byte; the number read, never 0. IoErrc::closed at the end.
  virtual Task<std::size_t> read_some(std::span<std::uint8_t> buffer) = 0;
  /// Writes all of `bytes`, which must outlive the call.
  virtual Task<void> write(BytesView bytes) = 0;
  /// Waits until the device took some of `bytes`; how many, exactly and never 0. Cancelled, or late
  /// under with_timeout, it still ends with the number if any were taken: the rest is sent from
  /// there and nothing twice. A stream that cannot tell takes all or fails.
  virtual Task<std::size_t> write_some(BytesView bytes) {
    auto written = co_await write(bytes);
    if (!written) co_return written.error();
    co_return Result<std::size_t>(bytes.size());
  }
  /// Nothing where the line has no such thing.
  virtual Task<std::optional<PortStatus>> port_status() {
    co_return Result<std::optional<PortStatus>>(std::nullopt);
  }
  /// What the other end calls itself ("XPRINTER XP-58, serial 0001"); empty where the line does not
  /// tell.
  [[nodiscard]] virtual std::string peer() const { return {}; }
  /// Drops what was received and not yet read. Does not wait.
  virtual void discard_input() = 0;
};

class StreamSource;

/// Hears what passes over a stream, in order. Told on the loop; must not wait. Of what is read, and
/// of what write_some sends, after the fact; of what write sends when it begins, so that failed()
/// may follow.
class StreamTap {
 public:
  virtual ~StreamTap() = default;
  virtual void opened() = 0;
  virtual void read(BytesView bytes) = 0;
  virtual void written(BytesView bytes) = 0;
  /// Opening, reading or writing failed; not told of what was cancelled.
  virtual void failed(const Error& error) = 0;
  /// Asked before every read and write. True ends the stream as a pulled cable would
  /// (IoErrc::closed): the driver opens it again, and a recording begins at a beginning.
  virtual bool cuts() { return false; }
  /// What to open in place of the configured port, if anything: a recording that is replayed.
  virtual std::unique_ptr<StreamSource> stand_in();
};

/// Opens a stream to one place, again and again.
class StreamSource {
 public:
  virtual ~StreamSource() = default;

  virtual Task<std::unique_ptr<ByteStream>> open() = 0;
  /// As written in the configuration, for messages: "serial:/dev/kiosk/coin".
  [[nodiscard]] virtual std::string name() const = 0;
};

inline std::unique_ptr<StreamSource> StreamTap::stand_in() {
  return nullptr;
}

}  // namespace yijuan
