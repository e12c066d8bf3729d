// A scanner of the Linux input layer, or a pipe into which somebody writes input events. The
// device is taken for the kiosk alone, so that a badge's number reaches no console.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <span>
#include <string>

#include "async/clock.hpp"
#include "base/bytes.hpp"
#include "drivers/scanner/key_decoder.hpp"
#include "io/descriptor.hpp"
#include "ports/scanner.hpp"

namespace yijuan::scanner {

class InputScanner : public Scanner {
 public:
  InputScanner(std::string path, asio::any_io_executor executor, Clock& clock, Scans& scans)
      : path_(std::move(path)), executor_(std::move(executor)), clock_(clock), scans_(scans) {}

  Task<void> run() override;

 private:
  struct Opened {
    Descriptor device;
    bool pipe = false;
  };
  Result<Opened> open() const;
  Task<void> read_all(Opened opened);
  std::size_t take(BytesView bytes, KeyDecoder& decoder);

  std::string path_;
  asio::any_io_executor executor_;
  Clock& clock_;
  Scans& scans_;
  bool worked_ = false;  // events came since the last opening
};

}  // namespace yijuan::scanner
