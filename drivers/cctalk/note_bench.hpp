// A simulated bill validator, its cable, the driver and a journal that takes its reports and
// decides on its notes as the kiosk does, on simulated time: what the note tests share.
#pragma once

#include "drivers/cctalk/fake_validator.hpp"
#include "drivers/cctalk/note_acceptor.hpp"
#include "drivers/cctalk/test_bench.hpp"

namespace yijuan::cctalk {

inline NoteTable sample_notes() {
  return {{.position = 1, .id = "CN0001A", .amount = yuan(1)},
          {.position = 2, .id = "CN0005A", .amount = yuan(5)},
          {.position = 3, .id = "CN0010A", .amount = yuan(10)},
          {.position = 4, .id = "CN0020A", .amount = yuan(20)},
          {.position = 5, .id = "CN0050A", .amount = yuan(50)},
          {.position = 6, .id = "CN0100A", .amount = yuan(100)}};
}

/// The money that a journal makes of the facts, by the rules of the kiosk: one open intent, which
/// the next credit, return or doubt settles.
struct NoteLedger {
  std::vector<CashAccepted> credited;
  std::vector<CashReturned> returned;
  std::vector<int> disputed;  // counters of intents
  std::optional<NoteInEscrow> intent;
  std::uint32_t lost = 0;
  int restarts = 0;
  int swaps = 0;
  int given_back = 0;   // intents that ended so
  int unexplained = 0;  // "unclear" without an intent

  void dispute() {
    if (!intent) ++unexplained;
    if (intent) disputed.push_back(intent->counter);
    intent.reset();
  }
  void take(const NoteInEscrow& held) {
    if (intent && intent->counter == held.counter) return;
    if (intent) dispute();
    intent = held;
  }
  void take(const CashReport& report) {
    lost += report.lost.value_or(0);
    restarts += report.restarted ? 1 : 0;
    swaps += report.swapped ? 1 : 0;
    const bool broken = report.restarted || report.swapped;
    if (broken && intent) dispute();
    for (const CashEvent& event : report.events) {
      if (const auto* note = std::get_if<CashAccepted>(&event)) {
        credited.push_back(*note);
        intent.reset();
      } else if (const auto* back = std::get_if<CashReturned>(&event)) {
        returned.push_back(*back);
        if (back->from_escrow) given_back += intent ? 1 : 0;
        if (back->from_escrow) intent.reset();
      } else {
        dispute();
      }
    }
    if (report.lost && intent) dispute();
  }
};

class NoteBench {
 public:
  explicit NoteBench(cctalk_fake::ValidatorMake make = {}, std::size_t queue = 32)
      : device(std::move(make)), port(context.get_executor(), clock, device), queue_(queue) {}
  ~NoteBench() {
    if (driver) kill();
  }

  /// kioskd starts: the journal's mark is the last one taken.
  void start(bool accept = true) {
    facts = std::make_unique<DeviceFacts>(context.get_executor(), queue_);
    group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    driver = std::make_unique<CctalkNoteAcceptor>(
        config, std::make_unique<Cable>(port),
        DriverContext{.executor = context.get_executor(), .clock = clock, .random = random}, *facts,
        mark);
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
    reader->spawn("journal", keep(*this));
  }
  /// An orderly end.
  void stop() {
    group->cancel();
    run_for(std::chrono::seconds(6));
    end();
  }
  /// kill -9: what was not taken from the queue is gone, the device is left as it is.
  void kill() {
    if (reader) reader->cancel();
    clock.settle();
    port.unplug();
    group->cancel();
    run_for(std::chrono::seconds(6));
    device.tick(clock.now());
    end();
    port.plug();
  }
  void run_for(std::chrono::nanoseconds duration) { clock.run_for(duration); }
  /// Long enough to bring the device up.
  void settle_in() { run_for(std::chrono::seconds(3)); }
  /// Inserts a note and waits until it must be where it goes.
  cctalk_fake::NoteEntry note(int position = 1,
                              std::chrono::milliseconds wait = std::chrono::milliseconds(2500)) {
    const auto entry = device.insert(clock.now(), position);
    run_for(wait);
    return entry;
  }

  [[nodiscard]] std::vector<NoteInEscrow> held() const {
    std::vector<NoteInEscrow> found;
    for (const auto& fact : taken) {
      if (const auto* one = std::get_if<NoteInEscrow>(&fact)) found.push_back(*one);
    }
    return found;
  }
  [[nodiscard]] std::vector<CashReport> reports() const {
    std::vector<CashReport> found;
    for (const auto& fact : taken) {
      if (const auto* report = std::get_if<CashReport>(&fact)) found.push_back(*report);
    }
    return found;
  }
  [[nodiscard]] const DeviceFound* found() const {
    const DeviceFound* last = nullptr;
    for (const auto& fact : taken) {
      if (const auto* one = std::get_if<DeviceFound>(&fact)) last = one;
    }
    return last;
  }
  /// The last state told of `name`; code "never" if none was.
  [[nodiscard]] DeviceState told(std::string_view name = "note") const {
    DeviceState last{.device = std::string(name), .code = "never", .text = ""};
    for (const auto& fact : taken) {
      const auto* state = std::get_if<DeviceState>(&fact);
      if (state != nullptr && state->device == name) last = *state;
    }
    return last;
  }
  [[nodiscard]] std::string state(std::string_view name = "note") const { return told(name).code; }
  [[nodiscard]] std::size_t stacked() const { return device.count(cctalk_fake::NoteFate::stacked); }

  asio::io_context context;
  SimClock clock{context};
  SeededRandom random{1};
  cctalk_fake::FakeValidator device;
  cctalk_fake::FakePort port;
  NoteConfig config{.table = sample_notes()};
  std::optional<NoteVerdict> verdict = NoteVerdict::stack;  // of the kiosk; nothing: none comes
  std::chrono::milliseconds thinking{0};                    // until the intent is durable
  std::vector<DeviceFact> taken;                            // what the journal holds
  std::optional<CounterMark> mark;
  NoteLedger ledger;
  std::unique_ptr<DeviceFacts> facts;
  std::unique_ptr<CctalkNoteAcceptor> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;

 private:
  /// The driver owns its source; the port outlives a driver's restart.
  class Cable : public StreamSource {
   public:
    explicit Cable(cctalk_fake::FakePort& port) : port_(port) {}
    Task<std::unique_ptr<ByteStream>> open() override { return port_.open(); }
    [[nodiscard]] std::string name() const override { return port_.name(); }

   private:
    cctalk_fake::FakePort& port_;
  };

  static Task<void> keep(NoteBench& bench) {
    while (true) {
      auto fact = co_await bench.facts->pop();
      if (!fact) co_return fact.error();
      bench.taken.push_back(*fact);
      if (const auto* report = std::get_if<CashReport>(&*fact)) {
        bench.mark = report->mark;
        bench.ledger.take(*report);
      }
      const auto* const held = std::get_if<NoteInEscrow>(&*fact);
      if (held == nullptr) continue;
      bench.mark = held->mark;
      bench.ledger.take(*held);
      if (!bench.verdict) continue;
      auto thought = co_await bench.clock.sleep_for(bench.thinking);
      if (!thought) co_return thought.error();
      bench.driver->decide(held->counter, *bench.verdict);
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

}  // namespace yijuan::cctalk
