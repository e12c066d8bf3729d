// A simulated acceptor, its cable, the driver and a journal that takes its reports, on simulated
// time: what the driver's tests share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "drivers/cctalk/coin_acceptor.hpp"
#include "drivers/cctalk/fake.hpp"
#include "drivers/cctalk/fake_port.hpp"

namespace yijuan::cctalk {

/// Numbers from a seed.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 56);
  }

 private:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = (state_ ^ state_ >> 30) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBULL;
    return mixed ^ mixed >> 31;
  }
  std::uint64_t state_;
};

inline Task<void> collect(DeviceFacts& facts, std::vector<DeviceFact>& into) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    into.push_back(std::move(*fact));
  }
}

inline CoinTable sample_table() {
  return {{.position = 1, .id = "CN100A", .amount = Fen(100)},
          {.position = 2, .id = "CN100B", .amount = Fen(100)},
          {.position = 3, .id = "CN050A", .amount = Fen(50)},
          {.position = 4, .id = "CN010A", .amount = Fen(10)}};
}

/// Calls from a test: coins, cuts, cables; then what the driver said.
class Bench {
 public:
  explicit Bench(cctalk_fake::Make make = {}, std::size_t queue = 32)
      : device(std::move(make)), port(context.get_executor(), clock, device), queue_(queue) {}
  ~Bench() {
    if (driver) kill();
  }

  /// kioskd starts: the journal's mark is the last one taken.
  void start(bool accept = true) {
    facts = std::make_unique<DeviceFacts>(context.get_executor(), queue_);
    group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    driver = std::make_unique<CctalkCoinAcceptor>(
        config, std::make_unique<PortHandle>(port),
        DriverContext{.executor = context.get_executor(), .clock = clock, .random = random}, *facts,
        mark());
    driver->accept(accept);
    group->spawn("acceptor", driver->run());
    listen();
  }
  /// The kiosk's end of the queue stops taking, and takes again.
  void stall() {
    reader->cancel();
    clock.settle();
    reader.reset();
  }
  void listen() {
    reader = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    reader->spawn("journal", collect(*facts, taken));
  }
  /// An orderly end.
  void stop() {
    group->cancel();
    run_for(std::chrono::seconds(4));
    end();
  }
  /// kill -9: what was not taken from the queue is gone, the device is left as it is.
  void kill() {
    if (reader) reader->cancel();
    clock.settle();
    port.unplug();
    group->cancel();
    run_for(std::chrono::seconds(4));
    end();
    port.plug();
  }
  void run_for(std::chrono::nanoseconds duration) { clock.run_for(duration); }
  /// Long enough to bring the device up.
  void settle_in() { run_for(std::chrono::seconds(2)); }
  void coins(int count, int position = 1,
             std::chrono::milliseconds apart = std::chrono::milliseconds(200)) {
    for (int dropped = 0; dropped < count; ++dropped) {
      (void)device.drop_coin(clock.now(), position);
      run_for(apart);
    }
  }

  [[nodiscard]] std::optional<CounterMark> mark() const {
    std::optional<CounterMark> last;
    for (const auto& fact : taken) {
      if (const auto* report = std::get_if<CashReport>(&fact)) last = report->mark;
    }
    return last;
  }
  [[nodiscard]] std::vector<CashReport> reports() const {
    std::vector<CashReport> found;
    for (const auto& fact : taken) {
      if (const auto* report = std::get_if<CashReport>(&fact)) found.push_back(*report);
    }
    return found;
  }
  [[nodiscard]] std::vector<CashAccepted> credited() const { return events<CashAccepted>(); }
  [[nodiscard]] std::vector<CashReturned> returned() const { return events<CashReturned>(); }
  [[nodiscard]] std::uint32_t lost() const {
    std::uint32_t sum = 0;
    for (const auto& report : reports()) sum += report.lost.value_or(0);
    return sum;
  }
  [[nodiscard]] int restarts() const {
    int count = 0;
    for (const auto& report : reports()) count += report.restarted ? 1 : 0;
    return count;
  }
  [[nodiscard]] int swaps() const {
    int count = 0;
    for (const auto& report : reports()) count += report.swapped ? 1 : 0;
    return count;
  }
  /// The last totals told, as "inserted 3 accepted 2 …"; empty if none were.
  [[nodiscard]] std::string totals() const {
    std::string text;
    for (const auto& fact : taken) {
      const auto* const counters = std::get_if<DeviceCounters>(&fact);
      if (counters == nullptr) continue;
      text.clear();
      for (const auto& [name, total] : counters->totals) {
        text += (text.empty() ? "" : " ") + name + " " + std::to_string(total);
      }
    }
    return text;
  }
  /// What was said with that code of `name`; empty if nothing was.
  [[nodiscard]] std::string words(std::string_view code, std::string_view name = "coin") const {
    std::string text;
    for (const auto& fact : taken) {
      const auto* const state = std::get_if<DeviceState>(&fact);
      if (state != nullptr && state->device == name && state->code == code) text = state->text;
    }
    return text;
  }
  /// The last code told of `name`; "never" if none was.
  [[nodiscard]] std::string state(std::string_view name = "coin") const {
    std::string code = "never";
    for (const auto& fact : taken) {
      const auto* state = std::get_if<DeviceState>(&fact);
      if (state != nullptr && state->device == name) code = state->code;
    }
    return code;
  }

  asio::io_context context;
  SimClock clock{context};
  SeededRandom random{1};
  cctalk_fake::FakeAcceptor device;
  cctalk_fake::FakePort port;
  AcceptorConfig config{.table = sample_table()};
  std::vector<DeviceFact> taken;  // what the journal holds
  std::unique_ptr<DeviceFacts> facts;
  std::unique_ptr<CctalkCoinAcceptor> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;

 private:
  /// The driver owns its source; the port outlives a driver's restart.
  class PortHandle : public StreamSource {
   public:
    explicit PortHandle(cctalk_fake::FakePort& port) : port_(port) {}
    Task<std::unique_ptr<ByteStream>> open() override { return port_.open(); }
    [[nodiscard]] std::string name() const override { return port_.name(); }

   private:
    cctalk_fake::FakePort& port_;
  };

  template <class T>
  [[nodiscard]] std::vector<T> events() const {
    std::vector<T> found;
    for (const auto& report : reports()) {
      for (const auto& event : report.events) {
        if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
      }
    }
    return found;
  }
  void end() {
    if (reader) reader->cancel();
    clock.settle();
    reader.reset();
    group.reset();
    driver.reset();
    facts.reset();
  }

  std::size_t queue_;
};

}  // namespace yijuan::cctalk
