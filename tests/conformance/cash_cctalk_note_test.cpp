// The ccTalk bill validator's driver under the contracts of cash acceptors and of note acceptors.
#include "drivers/cctalk/fake_port.hpp"
#include "drivers/cctalk/fake_validator.hpp"
#include "drivers/cctalk/note_acceptor.hpp"
#include "tests/conformance/note_acceptor_conformance.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::AfterPower;
using cctalk_fake::FakeValidator;
using cctalk_fake::Jam;
using cctalk_fake::NoteFate;

class CctalkNoteMachine : public NoteMachine {
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
    constexpr auto kForGood = 10'000h;
    if (!devices_.empty()) device().cut_power(clock_.now(), kForGood);  // taken out of the box
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
  [[nodiscard]] std::size_t in_the_box() const override { return count(NoteFate::stacked); }
  [[nodiscard]] std::size_t went_back() const override {
    return count(NoteFate::given_back) + count(NoteFate::taken_out);
  }
  [[nodiscard]] bool waits() const override {
    devices_.back()->tick(clock_.now());
    return devices_.back()->holding();
  }
  std::vector<Fault> faults() override;

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

  [[nodiscard]] std::size_t count(NoteFate fate) const {
    std::size_t sum = 0;
    for (const auto& each : devices_) {
      each->tick(clock_.now());
      sum += each->count(fate);
    }
    return sum;
  }
  Fault line_fault(const std::string& name, cctalk_fake::Fault fault);
  Fault jam_fault(const std::string& name, Jam jam);
  void faulty(bool on);
  [[nodiscard]] FakeValidator& device() { return *devices_.back(); }
  [[nodiscard]] cctalk_fake::FakePort& port() { return *ports_.back(); }

  asio::any_io_executor executor_;
  SimClock& clock_;
  cctalk_fake::ValidatorMake make_;
  bool escrow_;
  RoughLine rough_;
  Dice dice_;
  std::vector<std::unique_ptr<FakeValidator>> devices_;
  // Of every device that was here: a stream to one that is gone is dead, not dangling.
  std::vector<std::unique_ptr<cctalk_fake::FakePort>> ports_;
  bool plugged_ = true;
  bool elsewhere_ = false;
};

NoteMachine::Fault CctalkNoteMachine::line_fault(const std::string& name,
                                                 cctalk_fake::Fault fault) {
  return {name,
          [this, fault] {
            device().set_faults(
                [this, fault] { return dice_.roll(5) ? fault : cctalk_fake::Fault::none; });
          },
          [this] { device().set_faults({}); }};
}

NoteMachine::Fault CctalkNoteMachine::jam_fault(const std::string& name, Jam jam) {
  return {name, [this, jam] { device().jam(clock_.now(), jam); },
          [this] { device().clear_jam(clock_.now()); }};
}

void CctalkNoteMachine::faulty(bool on) {
  constexpr int kStackerFaulty = 13;
  constexpr int kStackerCheck = 38;
  device().set_self_check(on ? kStackerCheck : 0);
  if (on) device().raise(clock_.now(), kStackerFaulty);
}

std::vector<NoteMachine::Fault> CctalkNoteMachine::faults() {
  constexpr int kForEver = 1'000'000;
  const auto nothing = [] {};
  return {line_fault("lose", cctalk_fake::Fault::lose),
          line_fault("flip", cctalk_fake::Fault::flip),
          line_fault("cut", cctalk_fake::Fault::cut),
          line_fault("noise", cctalk_fake::Fault::noise),
          line_fault("stray", cctalk_fake::Fault::stray),
          line_fault("late", cctalk_fake::Fault::late),
          jam_fault("jam within reach", Jam::reachable),
          jam_fault("jam out of reach", Jam::unreachable),
          jam_fault("jam in the stacker", Jam::stacker),
          {"pulled", [this] { device().pull_out(clock_.now(), true); }, nothing},
          {"pulled unseen", [this] { device().pull_out(clock_.now(), false); }, nothing},
          {"unknown", [this] { device().stack_unknown(clock_.now()); }, nothing},
          {"betrayed", [this] { device().betray_next_stack(); }, nothing},
          {"not routed", [this] { device().fail_routes(kForEver); },
           [this] { device().fail_routes(0); }},
          {"full", [this] { device().set_full(clock_.now(), true); },
           [this] { device().set_full(clock_.now(), false); }},
          {"removed", [this] { device().set_removed(clock_.now(), true); },
           [this] { device().set_removed(clock_.now(), false); }},
          {"faulty", [this] { faulty(true); }, [this] { faulty(false); }},
          {"power", [this] { cut_power(1s); }, nothing}};
}

MachineKind kind(const std::string& name, cctalk_fake::ValidatorMake make, bool escrow) {
  make.tells_refusals = false;  // every event is a note's
  make.room = 100'000;
  return {name, [make, escrow](const asio::any_io_executor& executor, SimClock& clock) {
            return std::make_unique<CctalkNoteMachine>(executor, clock, make, escrow);
          }};
}

const auto kHolding = testing::Values(
    kind("Escrow", {}, true),
    kind("WithoutMasterStacksAtPowerUp",
         {.crc = true,
          .echo = false,
          .after_power = AfterPower::stacks,
          .missing = {{228, cctalk_fake::Missing::silent}, {227, cctalk_fake::Missing::nak}}},
         true));
INSTANTIATE_TEST_SUITE_P(CctalkNote, CashAcceptorConformance, kHolding, kind_name);
INSTANTIATE_TEST_SUITE_P(CctalkNote, NoteAcceptorConformance, kHolding, kind_name);
INSTANTIATE_TEST_SUITE_P(CctalkNoteWithoutEscrow, CashAcceptorConformance,
                         testing::Values(kind("Plain", {}, false)), kind_name);

}  // namespace
}  // namespace yijuan::conformance
