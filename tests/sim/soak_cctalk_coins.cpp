// The soak's ccTalk coin acceptor: it counts its events, so every coin that it took is credited or
// counted as lost, exactly, unless the device itself forgot.
#include <fmt/format.h>

#include "drivers/cctalk/coin_acceptor.hpp"
#include "drivers/cctalk/fake.hpp"
#include "soak_cctalk.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::int64_t, 5> kFen = {0, 100, 100, 50, 10};

cctalk::CoinTable table() {
  return {{.position = 1, .id = "CN100A", .amount = Fen(kFen[1])},
          {.position = 2, .id = "CN100B", .amount = Fen(kFen[2])},
          {.position = 3, .id = "CN050A", .amount = Fen(kFen[3])},
          {.position = 4, .id = "CN010A", .amount = Fen(kFen[4])}};
}

class CctalkCoins : public SoakDevice {
 public:
  explicit CctalkCoins(const Surroundings& world) : world_(world) { put_device(); }

  void start(const DriverContext& context, DeviceFacts& facts, const SoakLog& log) override {
    cctalk::AcceptorConfig config;
    config.table = table();
    driver_ = std::make_unique<cctalk::CctalkCoinAcceptor>(
        config,
        std::make_unique<CctalkCable>([this]() -> cctalk_fake::FakePort& { return port(); }),
        context, facts, log.mark("coin"));
  }
  Task<void> run() override { return driver_->run(); }
  void accept(bool wanted) override { driver_->accept(wanted); }
  void end() override { driver_.reset(); }

  // Every event is a coin, so that events that were lost can be counted in coins.
  void offer() override {
    (void)device().drop_coin(world_.clock.now(), 1 + static_cast<int>(world_.below(4)));
  }
  void trouble() override;
  void unplug() override { port().unplug(); }
  void plug() override { port().plug(); }
  void calm() override { plug(); }
  [[nodiscard]] bool at_work() override { return driver_->open(); }

  void compare(const SoakLog& log, const Expect& expect) override;
  [[nodiscard]] std::string describe(const SoakLog& log) override;
  [[nodiscard]] std::size_t taken() override { return truth().coins; }

 private:
  struct Truth {
    std::size_t coins = 0;
    Fen sum;
  };
  [[nodiscard]] cctalk_fake::FakeAcceptor& device() { return *devices_.back(); }
  [[nodiscard]] cctalk_fake::FakePort& port() { return *ports_.back(); }
  void put_device();
  [[nodiscard]] Truth truth() const;

  Surroundings world_;
  std::vector<std::unique_ptr<cctalk_fake::FakeAcceptor>> devices_;
  std::vector<std::unique_ptr<cctalk_fake::FakePort>> ports_;
  std::unique_ptr<cctalk::CctalkCoinAcceptor> driver_;
  Truth last_;
  DeviceSums told_;
  std::size_t doubts_ = 0;  // cuts and swaps in this period
};

void CctalkCoins::put_device() {
  cctalk_fake::Make make{.tells_refusals = false};
  make.serial += static_cast<std::uint32_t>(devices_.size());
  devices_.push_back(std::make_unique<cctalk_fake::FakeAcceptor>(make));
  device().set_faults([this] { return cctalk_line_fault(world_); });
  ports_.push_back(
      std::make_unique<cctalk_fake::FakePort>(world_.executor, world_.clock, device()));
}

void CctalkCoins::trouble() {
  switch (world_.below(3)) {
    case 0:
      ++cuts_;
      ++doubts_;
      return device().cut_power(world_.clock.now(), 500ms * world_.below(4));
    case 1:
      if (!world_.one_in(4)) return;
      ++swaps_;
      ++doubts_;
      unplug();
      return put_device();
    default:
      return unplug();
  }
}

CctalkCoins::Truth CctalkCoins::truth() const {
  Truth now;
  for (const auto& device : devices_) {
    now.coins += device->accepted().size();
    for (const auto& coin : device->accepted()) {
      now.sum += Fen(kFen.at(static_cast<std::size_t>(coin.position)));
    }
  }
  return now;
}

void CctalkCoins::compare(const SoakLog& log, const Expect& expect) {
  const Truth now = truth();
  const DeviceSums sums = log.sums("coin");
  const auto coins = now.coins - last_.coins;
  const auto credited = sums.pieces - told_.pieces;
  const auto lost = sums.lost - told_.lost;
  const auto unknown = sums.unknown - told_.unknown;
  expect(credited + lost <= coins, "more coins than fell");
  expect(credited + lost == coins || unknown > 0, "coins without a word");
  expect(unknown == 0 || doubts_ > 0, "a gap of unknown size, and nothing was forgotten");
  expect(sums.credited - told_.credited <= now.sum - last_.sum, "more coin money than fell");
  last_ = now;
  told_ = sums;
  doubts_ = 0;
}

std::string CctalkCoins::describe(const SoakLog& log) {
  const DeviceSums sums = log.sums("coin");
  return fmt::format("coins {} credited {} lost {} unknown {} doubts {}",
                     truth().coins - last_.coins, sums.pieces - told_.pieces,
                     sums.lost - told_.lost, sums.unknown - told_.unknown, doubts_);
}

}  // namespace

std::unique_ptr<SoakDevice> make_cctalk_coins(const Surroundings& world) {
  return std::make_unique<CctalkCoins>(world);
}

}  // namespace yijuan::sim
