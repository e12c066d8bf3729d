// The ccTalk bill validator's driver under the contract of every cash acceptor.
#include "drivers/cctalk/fake_port.hpp"
#include "drivers/cctalk/fake_validator.hpp"
#include "drivers/cctalk/note_acceptor.hpp"
#include "tests/conformance/cash_acceptor_conformance.hpp"

namespace yijuan::conformance {
namespace {

using cctalk_fake::FakeValidator;

class CctalkNoteMachine : public Machine {
 public:
  CctalkNoteMachine(const asio::any_io_executor& executor, SimClock& clock,
                    cctalk_fake::ValidatorMake make, bool escrow)
      : executor_(executor), clock_(clock), make_(std::move(make)), escrow_(escrow), rough_(clock) {
    swap();
  }

  [[nodiscard]] Abilities abilities() const override { return {.holds = escrow_}; }
  std::unique_ptr<CashAcceptor> make_driver(DriverContext context, DeviceFacts& facts,
                                            std::optional<CounterMark> mark) override {
    cctalk::NoteConfig config;
    config.escrow = escrow_;
    config.table = {{.position = 1, .id = "CN0001A", .amount = yuan(1)}};
    return std::make_unique<cctalk::CctalkNoteAcceptor>(
        std::move(config), rough_.wrap(std::make_unique<Handle>(*this)), context, facts,
        std::move(mark));
  }
  bool insert() override {
    return device().insert(clock_.now(), 1) == cctalk_fake::NoteEntry::taken;
  }
  [[nodiscard]] Fen amount() const override { return yuan(1); }
  void cut_power(std::chrono::milliseconds off_for) override {
    device().cut_power(clock_.now(), off_for);
  }
  void swap() override {
    make_.serial += 1;
    devices_.push_back(std::make_unique<FakeValidator>(make_));
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
  [[nodiscard]] bool takes() const override {
    devices_.back()->tick(clock_.now());
    return devices_.back()->enabled(clock_.now(), 1) && !devices_.back()->busy();
  }
  [[nodiscard]] std::size_t in_the_box() const override {
    std::size_t sum = 0;
    for (const auto& each : devices_) {
      each->tick(clock_.now());
      sum += each->count(cctalk_fake::NoteFate::stacked);
    }
    return sum;
  }

 private:
  /// The driver owns its source; the place it leads to may change.
  class Handle : public StreamSource {
   public:
    explicit Handle(CctalkNoteMachine& machine) : machine_(machine) {}
    Task<std::unique_ptr<ByteStream>> open() override { return machine_.port().open(); }
    [[nodiscard]] std::string name() const override { return "fake:note"; }

   private:
    CctalkNoteMachine& machine_;
  };

  [[nodiscard]] FakeValidator& device() { return *devices_.back(); }
  [[nodiscard]] cctalk_fake::FakePort& port() { return *ports_.back(); }

  asio::any_io_executor executor_;
  SimClock& clock_;
  cctalk_fake::ValidatorMake make_;
  bool escrow_;
  RoughLine rough_;
  std::vector<std::unique_ptr<FakeValidator>> devices_;
  // Of every device that was here: a stream to one that is gone is dead, not dangling.
  std::vector<std::unique_ptr<cctalk_fake::FakePort>> ports_;
  bool plugged_ = true;
  bool elsewhere_ = false;
};

MachineKind kind(const std::string& name, cctalk_fake::ValidatorMake make, bool escrow) {
  make.tells_refusals = false;  // every event is a note's
  make.room = 100'000;
  return {name, [make, escrow](const asio::any_io_executor& executor, SimClock& clock) {
            return std::make_unique<CctalkNoteMachine>(executor, clock, make, escrow);
          }};
}

INSTANTIATE_TEST_SUITE_P(CctalkNote, CashAcceptorConformance,
                         testing::Values(kind("Escrow", {}, true), kind("WithoutEscrow", {}, false),
                                         kind("Crc", {.crc = true, .echo = false}, true),
                                         kind("WithoutMaster",
                                              {.missing = {{228, cctalk_fake::Missing::silent},
                                                           {227, cctalk_fake::Missing::nak}}},
                                              true)),
                         kind_name);

}  // namespace
}  // namespace yijuan::conformance
