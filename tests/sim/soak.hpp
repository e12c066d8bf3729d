// A box's life on simulated time: coins and notes fall, and everything fails that the simulated
// devices can fail in, at every rate; power of box and devices goes at any moment. From time to
// time the world rests, and what the log says is held against what the devices know that they
// took: credited = accepted, or a recorded gap or dispute for the difference, exactly. One seed
// gives one life.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "drivers/cctalk/coin_acceptor.hpp"
#include "drivers/cctalk/fake.hpp"
#include "drivers/cctalk/fake_port.hpp"
#include "drivers/cctalk/fake_validator.hpp"
#include "drivers/cctalk/note_acceptor.hpp"
#include "soak_journal.hpp"
#include "tests/kiosk/box_fixture.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::sim {

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
  std::size_t rests = 0;
  std::uint64_t entries = 0;
  std::vector<std::string> wrong;  // nothing, if all is well
};

class Soak : private kiosk::BoxOutput {
 public:
  explicit Soak(std::uint64_t seed);
  ~Soak() override;
  /// Lives until so many coins and notes were offered, or something is wrong.
  SoakTally live(std::size_t events);

 private:
  // What the devices knew and the log said at the last rest.
  struct Truth {
    std::size_t coins = 0;
    Fen coin_sum;
    std::size_t notes = 0;
    Fen note_sum;
    DeviceSums coin, note;
  };

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
  void put_coin_acceptor();
  [[nodiscard]] Truth truth();
  void compare(const Truth& now);
  void expect(bool holds, const std::string& what);
  cctalk_fake::Fault line_fault();

  std::mt19937_64 random_;
  asio::io_context context_;
  SimClock clock_{context_, std::chrono::seconds(100)};
  kiosk::FakeWall wall_{clock_};
  test::SeededRandom jitter_;
  SoakJournal journal_;
  std::vector<std::unique_ptr<cctalk_fake::FakeAcceptor>> coins_;
  std::vector<std::unique_ptr<cctalk_fake::FakePort>> coin_ports_;
  cctalk_fake::FakeValidator notes_;
  cctalk_fake::FakePort note_port_;
  domain::CampaignPack pack_ = kiosk::sample_pack();

  std::unique_ptr<DeviceFacts> facts_;
  std::unique_ptr<cctalk::CctalkCoinAcceptor> coin_;
  std::unique_ptr<cctalk::CctalkNoteAcceptor> note_;
  std::unique_ptr<TaskGroup> drivers_, reader_;
  std::optional<kiosk::Box> box_;

  SoakTally tally_;
  Truth last_;
  unsigned line_rate_ = 0;                         // one reply in so many is broken; 0: none
  bool failed_ = false;                            // the journal
  bool slow_ = false;                              // a stalled disk
  std::size_t coin_doubts_ = 0, note_doubts_ = 0;  // cuts and swaps since the last rest
  bool disturbed_ = false;                         // something stood between a note and its end
};

}  // namespace yijuan::sim
