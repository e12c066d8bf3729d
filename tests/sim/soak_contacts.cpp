// The soak's door: a switch that bounces, is knocked and chatters, on a wire that may come off. An
// opening that lasted and that was listened to all the time is an entry; nothing is one that never
// was; and at a rest the log says what the door is.
#include <fmt/format.h>

#include "async/task_group.hpp"
#include "drivers/contacts/contacts_door.hpp"
#include "drivers/contacts/fake.hpp"
#include "soak_device.hpp"
#include "tests/support/fake_wire.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;
using contacts_fake::Edge;

constexpr auto kLasts = 400ms;  // far longer than the debounce

class Contacts : public SoakDevice {
 public:
  explicit Contacts(const Surroundings& world)
      : world_(world),
        switch_({.seed = static_cast<std::uint32_t>(world.below(1'000'000))}),
        wire_(world.executor, world.clock, "gpio:DOOR"),
        moves_(world.executor, {}) {}
  ~Contacts() override {
    moves_.cancel();
    world_.clock.settle();
  }

  void start(const DriverContext& context, DeviceFacts& facts, const SoakLog&) override {
    std::vector<contacts::ContactSettings> rows;
    rows.push_back({.name = "door", .line = wire_.source()});
    driver_ = std::make_unique<contacts::ContactsDoor>(std::move(rows), nullptr, context, facts);
  }
  Task<void> run() override { return driver_->run(); }
  // What was not on the disk yet is gone with the process: of this period nothing is certain.
  void end() override {
    driver_.reset();
    dead_ = wire_.openings();
    ++interruptions_;
    certain_ = 0;
  }

  void trouble() override;
  void unplug() override {
    ++interruptions_;
    dead_ = wire_.openings();
    wire_.unplug();
  }
  void plug() override { wire_.plug(); }
  void calm() override { plug(); }
  [[nodiscard]] bool at_work() override { return moves_.empty(); }

  void compare(const SoakLog& log, const Expect& expect) override {
    const auto entries = log.openings() - told_;
    // Said to be restless, it tells only what lasts longer than these openings.
    const bool restless =
        restless_ || log.door_restless() || log.restless_times() != restless_times_;
    expect(restless || entries >= certain_, "a door that was opened without a word");
    expect(entries <= openings_, "a door that was opened more often than it was");
    expect(restless || log.door_open() == switch_.high(), "the log's door is not as it is");
    told_ = log.openings();
    restless_ = log.door_restless();
    restless_times_ = log.restless_times();
    openings_ = certain_ = 0;
  }
  [[nodiscard]] std::string describe(const SoakLog& log) override {
    return fmt::format("door opened {} for certain {} entries {}", openings_, certain_,
                       log.openings() - told_);
  }

 private:
  Task<void> play(std::vector<Edge> edges, bool lasts) {
    const std::size_t before = interruptions_;
    const bool heard = wire_.openings() > dead_;  // the driver has its line again
    for (const Edge edge : edges) {
      auto slept = co_await world_.clock.sleep_until(edge.at);
      if (!slept) co_return slept;
      wire_.set(edge.high);
    }
    auto slept = co_await world_.clock.sleep_for(kLasts);
    if (slept && lasts && heard && interruptions_ == before) ++certain_;
    co_return slept;
  }

  Surroundings world_;
  contacts_fake::FakeSwitch switch_;
  test::FakeInputWire wire_;
  std::unique_ptr<contacts::ContactsDoor> driver_;
  TaskGroup moves_;
  int dead_ = 0;                   // openings of the wire before it came off last
  std::size_t interruptions_ = 0;  // the wire came off, or kioskd ended
  std::size_t openings_ = 0, certain_ = 0;
  std::uint64_t told_ = 0;
  bool restless_ = false;  // at the last rest
  std::uint64_t restless_times_ = 0;
};

void Contacts::trouble() {
  if (world_.one_in(8)) return unplug();
  if (!moves_.empty()) return;
  const Instant now = world_.clock.now();
  switch (world_.below(3)) {
    case 0:
      ++openings_;
      moves_.spawn("knock", play(switch_.knock(now, 10ms * world_.below(40)), false));
      return;
    case 1: {
      constexpr int kChanges = 10;  // an even number: it ends shut
      openings_ += kChanges / 2;
      moves_.spawn("chatter", play(switch_.chatter(now, kChanges, 10ms * world_.below(40)), false));
      return;
    }
    default: {
      ++openings_;
      const auto length = kLasts + 100ms * world_.below(20);
      auto edges = switch_.move(now, true);
      const auto back = switch_.move(now + length, false);
      edges.insert(edges.end(), back.begin(), back.end());
      moves_.spawn("visit", play(std::move(edges), true));
    }
  }
}

}  // namespace

std::unique_ptr<SoakDevice> make_contacts(const Surroundings& world) {
  return std::make_unique<Contacts>(world);
}

}  // namespace yijuan::sim
