// The ccTalk coin acceptor's driver under the contract of every cash acceptor.
#include "drivers/cctalk/coin_acceptor.hpp"
#include "drivers/cctalk/fake.hpp"
#include "drivers/cctalk/fake_port.hpp"
#include "tests/conformance/cash_acceptor_conformance.hpp"

namespace yijuan::conformance {
namespace {

class CctalkCoinMachine : public Machine {
 public:
  CctalkCoinMachine(const asio::any_io_executor& executor, SimClock& clock, cctalk_fake::Make make)
      : executor_(executor), clock_(clock), make_(std::move(make)), rough_(clock) {
    swap();
  }

  [[nodiscard]] Abilities abilities() const override { return {}; }
  std::unique_ptr<CashAcceptor> make_driver(DriverContext context, DeviceFacts& facts,
                                            std::optional<CounterMark> mark) override {
    cctalk::AcceptorConfig config;
    config.table = {{.position = 1, .id = "CN100A", .amount = Fen(100)}};
    return std::make_unique<cctalk::CctalkCoinAcceptor>(
        std::move(config), rough_.wrap(std::make_unique<Handle>(*this)), context, facts,
        std::move(mark));
  }
  bool insert() override {
    return device().drop_coin(clock_.now(), 1) == cctalk_fake::Fate::accepted;
  }
  [[nodiscard]] Fen amount() const override { return Fen(100); }
  void cut_power(std::chrono::milliseconds off_for) override {
    device().cut_power(clock_.now(), off_for);
  }
  void swap() override {
    make_.serial += 1;
    devices_.push_back(std::make_unique<cctalk_fake::FakeAcceptor>(make_));
    device().set_faults(
        [this] { return elsewhere_ ? cctalk_fake::Fault::stray : cctalk_fake::Fault::none; });
    ports_.push_back(std::make_unique<cctalk_fake::FakePort>(executor_, clock_, device()));
    if (!plugged_) port().unplug();
  }
  void unplug() override {
    plugged_ = false;
    port().unplug();
  }
  void plug() override {
    plugged_ = true;
    port().plug();
  }
  bool set_line(Line line) override {
    rough_.set(line);
    return true;
  }
  bool answer_from_elsewhere(bool on) override {
    elsewhere_ = on;
    return true;
  }
  [[nodiscard]] bool takes() const override { return devices_.back()->enabled(clock_.now(), 1); }
  [[nodiscard]] std::size_t in_the_box() const override {
    std::size_t sum = 0;
    for (const auto& each : devices_) sum += each->accepted().size();
    return sum;
  }

 private:
  /// The driver owns its source; the place it leads to may change.
  class Handle : public StreamSource {
   public:
    explicit Handle(CctalkCoinMachine& machine) : machine_(machine) {}
    Task<std::unique_ptr<ByteStream>> open() override { return machine_.port().open(); }
    [[nodiscard]] std::string name() const override { return "fake:coin"; }

   private:
    CctalkCoinMachine& machine_;
  };

  [[nodiscard]] cctalk_fake::FakeAcceptor& device() { return *devices_.back(); }
  [[nodiscard]] cctalk_fake::FakePort& port() { return *ports_.back(); }

  asio::any_io_executor executor_;
  SimClock& clock_;
  cctalk_fake::Make make_;
  RoughLine rough_;
  std::vector<std::unique_ptr<cctalk_fake::FakeAcceptor>> devices_;
  // Of every device that was here: a stream to one that is gone is dead, not dangling.
  std::vector<std::unique_ptr<cctalk_fake::FakePort>> ports_;
  bool plugged_ = true;
  bool elsewhere_ = false;
};

MachineKind kind(const std::string& name, const cctalk_fake::Make& make) {
  return {name, [make](const asio::any_io_executor& executor, SimClock& clock) {
            return std::make_unique<CctalkCoinMachine>(executor, clock, make);
          }};
}

// Refusals are events too; without them every event is a coin, and the sums can be compared.
INSTANTIATE_TEST_SUITE_P(
    CctalkCoin, CashAcceptorConformance,
    testing::Values(kind("Simple", {.tells_refusals = false}),
                    kind("CrcWithoutEcho", {.crc = true, .echo = false, .tells_refusals = false}),
                    kind("WithoutMaster", {.missing = {{228, cctalk_fake::Missing::silent},
                                                       {227, cctalk_fake::Missing::nak}},
                                           .tells_refusals = false})),
    kind_name);

}  // namespace
}  // namespace yijuan::conformance
