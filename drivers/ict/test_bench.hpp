// A simulated acceptor, its cable, the driver and a box that takes its reports, on simulated time:
// what the driver's tests share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "drivers/ict/fake.hpp"
#include "drivers/ict/note_acceptor.hpp"
#include "tests/support/device_cable.hpp"

namespace yijuan::ict {

/// Always the same: jitter needs no more.
class FixedRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = 7;
  }
};

inline NoteTable sample_notes() {
  return {{.position = 1, .amount = yuan(1)},
          {.position = 2, .amount = yuan(5)},
          {.position = 3, .amount = yuan(10)},
          {.position = 4, .amount = yuan(20)}};
}

class Bench {
 public:
  explicit Bench(ict_fake::Make make = {}, std::size_t queue = 32)
      : device(make), cable(context.get_executor(), clock, device), queue_(queue) {}
  ~Bench() {
    if (driver) kill();
  }

  /// kioskd starts: the journal's mark is the last one taken.
  void start(bool accept = true) {
    facts = std::make_unique<DeviceFacts>(context.get_executor(), queue_);
    group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    driver = std::make_unique<IctNoteAcceptor>(
        config, cable.source(),
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
    reader->spawn("box", take());
  }
  /// An orderly end.
  void stop() {
    group->cancel();
    run_for(std::chrono::seconds(5));
    end();
  }
  /// kill -9: what was not taken from the queue is gone, the device is left as it is.
  void kill() {
    if (reader) reader->cancel();
    clock.settle();
    cable.unplug();
    group->cancel();
    run_for(std::chrono::seconds(5));
    end();
    (void)device.transmit(clock.now());
    cable.plug();
  }
  void run_for(std::chrono::nanoseconds duration) {
    cable.wake();
    clock.run_for(duration);
    device.tick(clock.now());  // also where nobody listens to it
  }
  /// Long enough to bring the device up and open it.
  void settle_in() { run_for(std::chrono::seconds(2)); }
  bool insert(int position) { return device.insert(clock.now(), position); }

  template <class T>
  [[nodiscard]] std::vector<T> facts_of() const {
    std::vector<T> found;
    for (const auto& fact : taken) {
      if (const auto* one = std::get_if<T>(&fact)) found.push_back(*one);
    }
    return found;
  }
  template <class T>
  [[nodiscard]] std::vector<T> events() const {
    std::vector<T> found;
    for (const auto& report : facts_of<CashReport>()) {
      for (const auto& event : report.events) {
        if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
      }
    }
    return found;
  }
  [[nodiscard]] std::optional<CounterMark> mark() const {
    std::optional<CounterMark> last;
    for (const auto& fact : taken) {
      if (const auto* report = std::get_if<CashReport>(&fact)) last = report->mark;
      if (const auto* held = std::get_if<NoteInEscrow>(&fact)) last = held->mark;
    }
    return last;
  }
  [[nodiscard]] Fen credited() const {
    Fen sum;
    for (const auto& each : events<CashAccepted>()) sum = sum + each.amount;
    return sum;
  }
  [[nodiscard]] int restarts() const {
    int count = 0;
    for (const auto& report : facts_of<CashReport>()) count += report.restarted ? 1 : 0;
    return count;
  }
  [[nodiscard]] std::uint32_t lost() const {
    std::uint32_t sum = 0;
    for (const auto& report : facts_of<CashReport>()) sum += report.lost.value_or(0);
    return sum;
  }
  [[nodiscard]] std::string state() const {
    const auto told = facts_of<DeviceState>();
    return told.empty() ? "never" : told.back().code;
  }
  /// Notes that ended so, as the device itself knows.
  [[nodiscard]] std::size_t notes(ict_fake::Fate fate) const {
    std::size_t count = 0;
    for (const auto& note : device.notes()) count += note.fate == fate ? 1U : 0U;
    return count;
  }

  asio::io_context context;
  SimClock clock{context};
  FixedRandom random;
  ict_fake::FakeNoteAcceptor device;
  test::DeviceCable<ict_fake::FakeNoteAcceptor> cable;
  AcceptorConfig config{.table = sample_notes()};
  std::optional<NoteVerdict> verdict = NoteVerdict::stack;  // the box's answer; nothing: none
  std::vector<DeviceFact> taken;                            // what the journal holds
  std::unique_ptr<DeviceFacts> facts;
  std::unique_ptr<IctNoteAcceptor> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;

 private:
  Task<void> take() {
    while (true) {
      auto fact = co_await facts->pop();
      if (!fact) co_return fact.error();
      taken.push_back(*fact);
      const auto* held = std::get_if<NoteInEscrow>(&taken.back());
      if (held != nullptr && verdict) driver->decide(held->counter, *verdict);
    }
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

}  // namespace yijuan::ict
