// A line to the simulated printer for tests: a StreamSource in memory, in the time of a Clock.
//
// It may have a USB port's status: an honest one, or one that is always good or always bad. Its
// faults: it cannot be opened; a write is refused once (a halted endpoint); it breaks for good
// after so many bytes, openly or in silence; bytes wait in it that an earlier job left; what the
// printer does not take makes the writer wait, as a full buffer does on a real port.
#pragma once

#include <limits>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "drivers/escpos/fake.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::escpos_fake {

/// What the line's GET_PORT_STATUS says.
enum class Port { none, honest, always_good, always_out };

struct LineFaults {
  Port port = Port::none;
  bool refused = false;
  std::size_t breaks_after = std::numeric_limits<std::size_t>::max();  // bytes to the printer
  bool swallows = false;  // a broken line takes bytes and loses them, instead of failing
  Bytes stale;            // received at the first read of every opening
  Bytes noise;            // added before every answer
  std::size_t stalls_after = std::numeric_limits<std::size_t>::max();  // bytes, once
  std::size_t pace = 0;  // bytes that the printer works off every 10 ms; 0: at once
};

class Line : public StreamSource {
 public:
  /// Both outlive the line and its streams.
  Line(asio::any_io_executor executor, Clock& clock, Printer& printer)
      : executor_(std::move(executor)), clock_(clock), printer_(printer) {}

  LineFaults faults;

  Task<std::unique_ptr<ByteStream>> open() override;
  [[nodiscard]] std::string name() const override { return "fake:printer"; }
  /// Bytes that reached the printer over all openings.
  [[nodiscard]] std::size_t passed() const { return passed_; }

 private:
  friend class LineStream;
  [[nodiscard]] std::chrono::milliseconds tick() const;

  asio::any_io_executor executor_;
  Clock& clock_;
  Printer& printer_;
  std::size_t passed_ = 0;
};

/// A source that hands out another's streams: for an owner that wants one of its own.
class SharedLine : public StreamSource {
 public:
  explicit SharedLine(Line& line) : line_(line) {}
  Task<std::unique_ptr<ByteStream>> open() override { return line_.open(); }
  [[nodiscard]] std::string name() const override { return line_.name(); }

 private:
  Line& line_;
};

}  // namespace yijuan::escpos_fake
