// The cable to a simulated device, for tests on one loop: a stream source that can be unplugged.
// The device lives on while the cable is out.
#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "drivers/cctalk/fake_wire.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::cctalk_fake {

class FakePort : public StreamSource {
 public:
  FakePort(const asio::any_io_executor& executor, Clock& clock, FakeDevice& device);

  Task<std::unique_ptr<ByteStream>> open() override;
  [[nodiscard]] std::string name() const override { return "fake:device"; }

  void unplug();
  void plug() { plugged_ = true; }
  [[nodiscard]] int opened() const { return opened_; }

 private:
  class End;

  Clock& clock_;
  FakeDevice& device_;
  Event changed_;  // something was sent, or the cable was pulled
  bool plugged_ = true;
  int opened_ = 0;  // a stream of an earlier opening stays dead
};

}  // namespace yijuan::cctalk_fake
