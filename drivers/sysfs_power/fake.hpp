// A modem's port for commands, as 3GPP TS 27.007 has it: answers AT+CSQ.
//
// Faults: it is not there; it answers nothing (an empty answer), or whatever it is given to say.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "ports/byte_stream.hpp"

namespace yijuan::sysfs_power_fake {

class FakeModem : public StreamSource {
 public:
  struct State {
    bool there = true;
    std::string answer;
    int openings = 0;
  };
  FakeModem(State& state, asio::any_io_executor executor)
      : state_(state), executor_(std::move(executor)) {}

  Task<std::unique_ptr<ByteStream>> open() override;
  [[nodiscard]] std::string name() const override { return "fake:modem"; }

 private:
  State& state_;
  asio::any_io_executor executor_;
};

}  // namespace yijuan::sysfs_power_fake
