// A device of the Linux input layer, taken for us alone so that no console hears it; or, to try
// things out, a FIFO into which somebody writes the same structures.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "io/descriptor.hpp"
#include "io/device_news.hpp"
#include "io/input_events.hpp"

namespace yijuan {

class InputDevice {
 public:
  /// IoErrc::cannot_open; bad_name where it is neither; locked where another program has it alone.
  static Result<std::unique_ptr<InputDevice>> open(const asio::any_io_executor& executor,
                                                   Clock& clock, const std::string& path);

  /// Waits, without a limit, for what comes next: it may be an hour. An error once it is gone.
  Task<InputEvents> read();
  /// What it calls itself.
  [[nodiscard]] DeviceFound identity();
  /// For what else the device can be asked.
  [[nodiscard]] int descriptor() { return stream_.native_handle(); }

 private:
  InputDevice(const asio::any_io_executor& executor, Clock& clock, std::string path,
              Descriptor device, bool pipe);
  Task<std::size_t> read_some(std::span<std::uint8_t> buffer);
  Task<std::size_t> read_pipe(std::span<std::uint8_t> buffer);
  [[nodiscard]] bool has_its_name();

  std::string path_;
  Clock& clock_;
  asio::posix::stream_descriptor stream_;
  bool pipe_;
  InputEventReader reader_;
};

/// Says why the `noun` ("touch panel") cannot be used, as a fault in words: "offline", "in use" by
/// another program, or an "other device".
void tell_failure(DeviceNews& news, std::string_view noun, const Error& error);
/// Says that what came from it is no input events.
void tell_garbage(DeviceNews& news, std::string_view noun, const std::string& path);

}  // namespace yijuan
