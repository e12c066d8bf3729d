// A counting machine on a serial line. It speaks, we listen.
#pragma once

#include <memory>

#include "drivers/counter/model.hpp"
#include "ports/counting_machine.hpp"
#include "ports/driver.hpp"

namespace yijuan::counter {

class SerialCountingMachine : public CountingMachine {
 public:
  SerialCountingMachine(Model model, std::unique_ptr<StreamSource> source, DriverContext context)
      : model_(std::move(model)), source_(std::move(source)), context_(std::move(context)) {}

  /// Opens the line at the first call and keeps it: what is printed between two calls is not lost.
  /// Waits without a limit of its own: nobody knows when the volunteer presses the key.
  Task<std::vector<CountedPieces>> read_total() override;

 private:
  Model model_;
  std::unique_ptr<StreamSource> source_;
  DriverContext context_;
  std::unique_ptr<ByteStream> stream_;
  Bytes heard_;  // and not yet read: what came behind a report's end
};

}  // namespace yijuan::counter
