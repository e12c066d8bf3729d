// The soak's pulse coin acceptor. It has no memory and no voice: coins that run together are one
// piece of their sum, so sums are compared; what fell while nobody listened is a gap. What a cut of
// its own power takes out of a coin's pulses nobody can tell.
#include <fmt/format.h>

#include <array>

#include "drivers/pulse/test_bench.hpp"
#include "soak_device.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kWidth = 25ms;

pulse_fake::Make make(const Surroundings& world) {
  pulse_fake::Make made{.width = kWidth, .gap = kWidth};
  made.jitter_percent = world.one_in(2) ? 20 : 0;
  made.bounces = world.one_in(2);
  made.seed = static_cast<std::uint32_t>(world.below(1'000'000));
  return made;
}

class PulseCoins : public SoakDevice {
 public:
  explicit PulseCoins(const Surroundings& world)
      : world_(world),
        inhibits_(!world.one_in(4)),
        rig_(world.executor, world.clock, make(world), inhibits_) {}

  void start(const DriverContext& context, DeviceFacts& facts, const SoakLog& log) override {
    driver_ = rig_.make_driver(context, facts, log.mark("coin"),
                               {.shape = pulse::shape_of(kWidth, kWidth)});
  }
  Task<void> run() override { return driver_->run(); }
  void accept(bool wanted) override { driver_->accept(wanted); }
  void end() override {
    driver_.reset();
    unheard_ = true;
  }

  void offer() override {
    constexpr std::array kFen = {10, 50};
    (void)rig_.drop(kFen.at(world_.below(kFen.size())));
  }
  void trouble() override {
    if (world_.one_in(2)) return unplug();
    ++cuts_;
    cut_ = true;
    rig_.cut_power(500ms * world_.below(4));
  }
  void unplug() override {
    unheard_ = true;
    rig_.unplug();
  }
  void plug() override { rig_.plug(); }
  void calm() override { plug(); }
  [[nodiscard]] bool at_work() override { return driver_->open(); }

  void compare(const SoakLog& log, const Expect& expect) override;
  [[nodiscard]] std::string describe(const SoakLog& log) override;
  [[nodiscard]] std::size_t taken() override { return rig_.accepted().size(); }

 private:
  [[nodiscard]] Fen truth() const {
    std::int64_t sum = 0;
    for (const int fen : rig_.accepted()) sum += fen;
    return Fen(sum);
  }

  Surroundings world_;
  bool inhibits_;  // without, it takes coins whenever it has power
  pulse::Rig rig_;
  std::unique_ptr<pulse::PulseAcceptor> driver_;
  Fen last_;
  DeviceSums told_;
  bool unheard_ = false;  // nobody listened for a time in this period
  bool cut_ = false;      // its power, in this period
};

void PulseCoins::compare(const SoakLog& log, const Expect& expect) {
  const Fen now = truth();
  const DeviceSums sums = log.sums("coin");
  const Fen fell = now - last_;
  const Fen credited = sums.credited - told_.credited;
  const auto lost = sums.lost - told_.lost;
  const auto unknown = sums.unknown - told_.unknown;
  expect(credited <= fell, "more coin money than fell");
  expect(credited == fell || lost + unknown > 0 || cut_, "coins without a word");
  expect(unknown == 0 || unheard_, "a gap of unknown size, and it was always listened to");
  last_ = now;
  told_ = sums;
  unheard_ = cut_ = false;
}

std::string PulseCoins::describe(const SoakLog& log) {
  const DeviceSums sums = log.sums("coin");
  return fmt::format("coin fen {} credited {} lost {} unknown {} inhibits {} unheard {} cut {}",
                     (truth() - last_).count(), (sums.credited - told_.credited).count(),
                     sums.lost - told_.lost, sums.unknown - told_.unknown, inhibits_, unheard_,
                     cut_);
}

}  // namespace

std::unique_ptr<SoakDevice> make_pulse_coins(const Surroundings& world) {
  return std::make_unique<PulseCoins>(world);
}

}  // namespace yijuan::sim
