// A box's life on simulated time: coins and notes fall, doors open, and everything fails that the
// simulated devices can fail in, at every rate; power of box and devices goes at any moment. From
// time to time the world rests, and what the log says is held against what the devices know that
// they took: credited = accepted, or a recorded gap or dispute for the difference. What is true of
// each device says its soak_NAME.cpp. One seed gives one life.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "soak_device.hpp"
#include "soak_journal.hpp"
#include "tests/kiosk/box_fixture.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::sim {

/// What is built into the box.
enum class SoakBox {
  counting,  // ccTalk: devices that count their events
  plain      // pulse and ICT: devices that cannot recover
};

struct SoakTally {
  std::size_t events = 0;  // coins and notes that were offered
  std::size_t coins = 0;   // accepted
  std::size_t notes = 0;   // stacked
  std::uint64_t lost = 0;
  std::uint64_t unknown = 0;
  std::uint64_t disputed = 0;
  std::uint64_t returned = 0;
  std::size_t cuts = 0;  // of the box
  std::size_t device_cuts = 0;
  std::size_t swaps = 0;
  std::uint64_t openings = 0;  // of the door, in the log
  std::size_t rests = 0;
  std::uint64_t entries = 0;
  std::vector<std::string> wrong;  // nothing, if all is well
};

class Soak : private kiosk::BoxOutput {
 public:
  Soak(std::uint64_t seed, SoakBox kind);
  ~Soak() override;
  /// Lives until so many coins and notes were offered, or something is wrong.
  SoakTally live(std::size_t events);

 private:
  // kiosk::BoxOutput
  void present(const domain::View&) override {}
  void print(Seq, std::uint32_t) override {}
  void accept(bool wanted) override;
  void decide(const std::string& device, int counter, NoteVerdict verdict) override;
  void durable() override;
  void failed(const Error&) override { failed_ = true; }

  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  void start();
  void kill();
  Task<void> take_facts();
  void pass(std::chrono::milliseconds span);
  void offer();
  void trouble();
  void rest();
  void compare();
  /// What is known of the devices in this period, for people.
  std::string describe();
  void expect(bool holds, const std::string& what, const std::string& period);

  std::mt19937_64 random_;
  asio::io_context context_;
  SimClock clock_{context_, std::chrono::seconds(100)};
  kiosk::FakeWall wall_{clock_};
  test::SeededRandom jitter_;
  SoakJournal journal_;
  unsigned line_rate_ = 0;  // one word on a line in so many is broken; 0: none
  std::unique_ptr<SoakDevice> coins_, notes_, door_;
  std::vector<SoakDevice*> devices_;  // all of them
  domain::CampaignPack pack_ = kiosk::sample_pack();

  std::unique_ptr<DeviceFacts> facts_;
  std::unique_ptr<TaskGroup> drivers_, reader_;
  std::optional<kiosk::Box> box_;

  SoakTally tally_;
  bool failed_ = false;  // the journal
  bool slow_ = false;    // a stalled disk
};

}  // namespace yijuan::sim
