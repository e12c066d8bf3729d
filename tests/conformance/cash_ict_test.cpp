// The ICT note acceptor's driver under the contracts of cash acceptors and of note acceptors.
#include "drivers/ict/fake.hpp"
#include "drivers/ict/note_acceptor.hpp"
#include "tests/conformance/note_acceptor_conformance.hpp"
#include "tests/support/device_cable.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using ict_fake::Fate;

class IctMachine : public NoteMachine {
 public:
  IctMachine(const asio::any_io_executor& executor, SimClock& clock, ict_fake::Make make)
      : executor_(executor), clock_(clock), make_(make), rough_(clock) {
    swap();
  }

  [[nodiscard]] Abilities abilities() const override {
    return {.counts = false, .names = false, .answers = true, .holds = true};
  }
  std::unique_ptr<CashAcceptor> make_driver(DriverContext context, DeviceFacts& facts,
                                            std::optional<CounterMark> mark) override {
    ict::AcceptorConfig config;
    if (make_.shifted) config.codes = ict::Codes::shifted;
    config.table = {{.position = 2, .amount = yuan(5)}};
    return std::make_unique<ict::IctNoteAcceptor>(std::move(config),
                                                  rough_.wrap(std::make_unique<Handle>(*this)),
                                                  context, facts, std::move(mark));
  }

  bool insert() override {
    const bool taken = device().insert(clock_.now(), 2);
    cable().wake();
    return taken;
  }
  [[nodiscard]] Fen amount() const override { return yuan(5); }
  void cut_power(std::chrono::milliseconds off_for) override {
    device().cut_power(clock_.now(), off_for);
    cable().wake();
  }
  void swap() override {
    if (!devices_.empty()) device().cut_power(clock_.now(), 0ms);  // taken out of the box
    devices_.push_back(std::make_unique<ict_fake::FakeNoteAcceptor>(make_));
    cables_.push_back(std::make_unique<Cable>(executor_, clock_, device()));
    if (!plugged_) cable().unplug();
  }
  void unplug() override {
    plugged_ = false;
    cable().unplug();
  }
  void plug() override {
    plugged_ = true;
    cable().plug();
  }
  bool set_line(Line line) override {
    rough_.set(line);
    return true;
  }

  [[nodiscard]] bool takes() const override {
    devices_.back()->tick(clock_.now());
    return devices_.back()->enabled(clock_.now()) && !devices_.back()->busy();
  }
  [[nodiscard]] std::size_t in_the_box() const override { return count(Fate::stacked); }
  [[nodiscard]] std::size_t went_back() const override { return count(Fate::returned); }
  [[nodiscard]] bool waits() const override {
    devices_.back()->tick(clock_.now());
    return devices_.back()->waits();
  }
  std::vector<Fault> faults() override;

 private:
  using Cable = test::DeviceCable<ict_fake::FakeNoteAcceptor>;

  /// The driver owns its source; the place it leads to may change.
  class Handle : public StreamSource {
   public:
    explicit Handle(IctMachine& machine) : machine_(machine) {}
    Task<std::unique_ptr<ByteStream>> open() override {
      const auto source = machine_.cable().source();
      auto stream = co_await source->open();
      co_return stream;
    }
    [[nodiscard]] std::string name() const override { return "fake:note"; }

   private:
    IctMachine& machine_;
  };

  [[nodiscard]] std::size_t count(Fate fate) const {
    std::size_t sum = 0;
    for (const auto& each : devices_) {
      each->tick(clock_.now());
      for (const auto& note : each->notes()) sum += note.fate == fate ? 1U : 0U;
    }
    return sum;
  }
  [[nodiscard]] ict_fake::FakeNoteAcceptor& device() { return *devices_.back(); }
  [[nodiscard]] Cable& cable() { return *cables_.back(); }
  Fault line_fault(const std::string& name, ict_fake::Fault fault);
  Fault make_fault(const std::string& name, const std::function<void(ict_fake::Make&)>& change);
  Fault trouble(const std::string& name, int code);

  asio::any_io_executor executor_;
  SimClock& clock_;
  ict_fake::Make make_;
  RoughLine rough_;
  Dice dice_;
  std::vector<std::unique_ptr<ict_fake::FakeNoteAcceptor>> devices_;
  // Of every device that was here: a stream to one that is gone is dead, not dangling.
  std::vector<std::unique_ptr<Cable>> cables_;
  bool plugged_ = true;
};

NoteMachine::Fault IctMachine::line_fault(const std::string& name, ict_fake::Fault fault) {
  return {name,
          [this, fault] {
            const auto roll = [this, fault] {
              return dice_.roll(5) ? fault : ict_fake::Fault::none;
            };
            device().set_faults(roll, roll);
          },
          [this] { device().set_faults({}); }};
}

NoteMachine::Fault IctMachine::make_fault(const std::string& name,
                                          const std::function<void(ict_fake::Make&)>& change) {
  return {name,
          [this, change] {
            ict_fake::Make make = make_;
            change(make);
            device().remake(make);
          },
          [this] { device().remake(make_); }};
}

NoteMachine::Fault IctMachine::trouble(const std::string& name, int code) {
  return {name, [this, code] { device().trouble(clock_.now(), code); },
          [this] { device().trouble(clock_.now(), 0); }};
}

std::vector<NoteMachine::Fault> IctMachine::faults() {
  constexpr int kMotor = 0x20;
  constexpr int kJam = 0x22;
  constexpr int kOpen = 0x24;
  constexpr int kStacker = 0x28;
  return {line_fault("lose", ict_fake::Fault::lose),
          line_fault("damage", ict_fake::Fault::damage),
          line_fault("noise", ict_fake::Fault::noise),
          line_fault("late", ict_fake::Fault::late),
          trouble("motor", kMotor),
          trouble("jam", kJam),
          trouble("stacker open", kOpen),
          trouble("stacker problem", kStacker),
          make_fault("never says stacked", [](auto& make) { make.tells_stacked = false; }),
          make_fault("never says returned", [](auto& make) { make.tells_returned = false; }),
          make_fault("does not open", [](auto& make) { make.can_open = false; }),
          {"power", [this] { cut_power(1s); }, [] {}}};
}

MachineKind kind(const std::string& name, ict_fake::Make make) {
  return {name, [make](const asio::any_io_executor& executor, SimClock& clock) {
            return std::make_unique<IctMachine>(executor, clock, make);
          }};
}

const auto kKinds =
    testing::Values(kind("Plain", {}), kind("OldFirmware", {.hold = 0x5A,
                                                            .shifted = true,
                                                            .repeats = true,
                                                            .tells_cleared = false,
                                                            .stacks_at_power_cut = true}));
INSTANTIATE_TEST_SUITE_P(Ict, CashAcceptorConformance, kKinds, kind_name);
INSTANTIATE_TEST_SUITE_P(Ict, NoteAcceptorConformance, kKinds, kind_name);

}  // namespace
}  // namespace yijuan::conformance
