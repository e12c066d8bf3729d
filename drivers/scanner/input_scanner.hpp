// A scanner of the Linux input layer, or a pipe into which somebody writes input events. The
// device is taken for the kiosk alone, so that a badge's number reaches no console.
#pragma once

#include <string>

#include "drivers/scanner/key_decoder.hpp"
#include "io/input_device.hpp"
#include "ports/driver.hpp"
#include "ports/scanner.hpp"

namespace yijuan::scanner {

class InputScanner : public Scanner {
 public:
  InputScanner(std::string path, DriverContext context, Scans& scans, DeviceFacts& facts)
      : path_(std::move(path)),
        executor_(std::move(context.executor)),
        clock_(context.clock),
        scans_(scans),
        news_(executor_, clock_, "scanner", facts) {}

  Task<void> run() override;

 private:
  Task<void> keep_reading();
  Task<void> read_all(InputDevice& device);
  void take(const InputEvents& read, KeyDecoder& decoder);

  std::string path_;
  asio::any_io_executor executor_;
  Clock& clock_;
  Scans& scans_;
  DeviceNews news_;
  bool worked_ = false;  // events came since the last opening
};

}  // namespace yijuan::scanner
