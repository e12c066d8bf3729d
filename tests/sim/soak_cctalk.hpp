// What the soak's two ccTalk devices share: faults of the line, and a cable that outlives drivers.
#pragma once

#include <array>

#include "drivers/cctalk/fake_port.hpp"
#include "soak_device.hpp"

namespace yijuan::sim {

inline cctalk_fake::Fault cctalk_line_fault(const Surroundings& world) {
  using cctalk_fake::Fault;
  constexpr std::array kAll = {Fault::lose,  Fault::flip,  Fault::cut,
                               Fault::noise, Fault::stray, Fault::late};
  return world.line_breaks() ? kAll.at(world.below(kAll.size())) : Fault::none;
}

/// The driver owns its source; the place it leads to may change.
class CctalkCable : public StreamSource {
 public:
  explicit CctalkCable(std::function<cctalk_fake::FakePort&()> port) : port_(std::move(port)) {}
  Task<std::unique_ptr<ByteStream>> open() override { return port_().open(); }
  [[nodiscard]] std::string name() const override { return "fake:soak"; }

 private:
  std::function<cctalk_fake::FakePort&()> port_;
};

}  // namespace yijuan::sim
