// The pulse acceptor's driver under the contract of cash acceptors.
#include "drivers/pulse/test_bench.hpp"
#include "tests/conformance/cash_acceptor_conformance.hpp"

namespace yijuan::conformance {
namespace {

class PulseMachine : public Machine {
 public:
  PulseMachine(const asio::any_io_executor& executor, SimClock& clock, pulse_fake::Make make)
      : rig_(executor, clock, make) {}

  [[nodiscard]] Abilities abilities() const override {
    return {.counts = false, .names = false, .answers = true, .merges = true};
  }
  std::unique_ptr<CashAcceptor> make_driver(DriverContext context, DeviceFacts& facts,
                                            std::optional<CounterMark> mark) override {
    return rig_.make_driver(std::move(context), facts, std::move(mark));
  }
  bool insert() override { return rig_.drop(static_cast<int>(amount().count())); }
  [[nodiscard]] Fen amount() const override { return Fen(10); }
  void cut_power(std::chrono::milliseconds off_for) override { rig_.cut_power(off_for); }
  void swap() override { rig_.cut_power(std::chrono::milliseconds(100)); }
  void unplug() override { rig_.unplug(); }
  void plug() override { rig_.plug(); }
  bool set_line(Line) override { return false; }
  [[nodiscard]] bool takes() const override { return rig_.takes(); }
  [[nodiscard]] std::size_t in_the_box() const override { return rig_.accepted().size(); }

 private:
  pulse::Rig rig_;
};

MachineKind kind(const std::string& name, pulse_fake::Make make) {
  return {name, [make](const asio::any_io_executor& executor, SimClock& clock) {
            return std::make_unique<PulseMachine>(executor, clock, make);
          }};
}

INSTANTIATE_TEST_SUITE_P(Pulse, CashAcceptorConformance,
                         testing::Values(kind("Plain", {}),
                                         kind("Rough", {.jitter_percent = 20, .bounces = true})),
                         kind_name);

}  // namespace
}  // namespace yijuan::conformance
