// The contract of CashAcceptor (coins and notes), as tests that run against every driver on its
// simulated device. A driver plugs in with one file, tests/conformance/cash_NAME_test.cpp: a
// Machine, and INSTANTIATE_TEST_SUITE_P(…, CashAcceptorConformance, …); see cash_cctalk_test.cpp.
// CMake finds the file and links driver_NAME and driver_NAME_fake.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "ports/driver.hpp"
#include "tests/conformance/rough_line.hpp"

namespace yijuan::conformance {

/// One simulated device, its cable, and how its driver is made.
class Machine {
 public:
  /// What the device can at all; tests ask no more of its driver.
  struct Abilities {
    bool counts = true;   // has an event counter: what happened while unheard is told afterwards
    bool names = true;    // has a serial number: another device is told apart
    bool answers = true;  // says whether it is there
    bool holds = false;   // reports NoteInEscrow and waits for a verdict
    bool merges = false;  // pieces in quick succession are one event, of their sum
  };

  virtual ~Machine() = default;
  [[nodiscard]] virtual Abilities abilities() const = 0;
  /// The driver, over a cable that is this machine's; called again after a kill.
  virtual std::unique_ptr<CashAcceptor> make_driver(DriverContext context, DeviceFacts& facts,
                                                    std::optional<CounterMark> mark) = 0;

  // The world, at the clock's moment.
  /// Offers one piece worth amount(). False: it was refused at the slot.
  virtual bool insert() = 0;
  [[nodiscard]] virtual Fen amount() const = 0;
  virtual void cut_power(std::chrono::milliseconds off_for) = 0;
  /// Puts another device of the same make, with another serial number, in this one's place.
  virtual void swap() = 0;
  virtual void unplug() = 0;
  virtual void plug() = 0;
  /// False: there is no such thing as a line of bytes (a pulse acceptor).
  virtual bool set_line(Line line) = 0;
  /// The device answers as if it were another one on the line; false where there are no addresses.
  virtual bool answer_from_elsewhere(bool /*on*/) { return false; }

  // The truth.
  /// A piece offered now would be taken.
  [[nodiscard]] virtual bool takes() const = 0;
  /// Pieces in the box: accepted coins, stacked notes. All devices of this place together.
  [[nodiscard]] virtual std::size_t in_the_box() const = 0;
};

struct MachineKind {
  std::string name;
  std::function<std::unique_ptr<Machine>(const asio::any_io_executor& executor, SimClock& clock)>
      make;
};

/// A machine, its driver, and a kiosk that takes reports and stacks every note.
class CashAcceptorConformance : public testing::TestWithParam<MachineKind> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// kioskd starts with the mark of the last report taken. `queue`: how many facts wait.
  void start(bool accept, std::size_t queue = 32);
  /// Runs until the device takes pieces, at most `limit`.
  bool comes_up(std::chrono::seconds limit = std::chrono::seconds(30));
  void run_for(std::chrono::nanoseconds duration) { clock.run_for(duration); }
  /// Offers `count` pieces, one after the other, until as many were taken or time is up.
  std::size_t insert(std::size_t count);
  /// An orderly end; false if it takes longer than five seconds.
  bool stop();
  /// kill -9: what the kiosk had not taken is gone, the device is left as it is.
  void kill();
  /// The kiosk stops taking facts, and takes them again.
  void stall();
  void listen();

  [[nodiscard]] std::vector<CashReport> reports() const;
  [[nodiscard]] std::size_t credited() const;
  [[nodiscard]] std::size_t lost() const;
  /// Reports that say that something may be missing, without a number.
  [[nodiscard]] std::size_t doubts() const;
  [[nodiscard]] std::size_t swaps() const;
  [[nodiscard]] std::optional<CounterMark> mark() const;
  /// The last state of the device itself; "never" before the first.
  [[nodiscard]] std::string state() const;
  /// What holds at any time after a moment of rest: nothing invented, nothing counted twice, and
  /// what is missing was told.
  void expect_sound();
  // A line that is bad already: people in front of the box, or a start; then it is good again.
  void suffer_in_mid_course();
  void suffer_from_the_start();
  void recover();
  [[nodiscard]] Machine::Abilities abilities() const { return machine->abilities(); }

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  std::unique_ptr<Random> random;
  std::unique_ptr<Machine> machine;
  std::vector<DeviceFact> taken;
  std::unique_ptr<DeviceFacts> facts;
  std::unique_ptr<CashAcceptor> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;
  std::optional<NoteVerdict> verdict = NoteVerdict::stack;  // nothing: the kiosk says nothing

 private:
  Task<void> take();
  void end();
};

/// For INSTANTIATE_TEST_SUITE_P: the kind's name.
std::string kind_name(const testing::TestParamInfo<MachineKind>& info);

}  // namespace yijuan::conformance
