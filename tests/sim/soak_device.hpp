// One device of the soak: the simulated device, its cable, the driver that kioskd runs for it, the
// faults that it may have, and what must be true of it whenever the world rests. A rest ends one
// period and begins the next; what a device took and what the log says is compared over a period.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>

#include "async/sim_clock.hpp"
#include "ports/driver.hpp"
#include "ports/note_acceptor.hpp"
#include "soak_journal.hpp"

namespace yijuan::sim {

/// What the devices of one life share.
struct Surroundings {
  asio::any_io_executor executor;
  SimClock& clock;
  std::mt19937_64& random;
  const unsigned& line_rate;  // one word on a line in so many is broken; 0: none

  [[nodiscard]] std::uint64_t below(std::uint64_t n) const { return random() % n; }
  [[nodiscard]] bool one_in(std::uint64_t n) const { return below(n) == 0; }
  [[nodiscard]] bool line_breaks() const { return line_rate != 0 && one_in(line_rate); }
};

class SoakDevice {
 public:
  /// Called with what must hold, and what is wrong if it does not.
  using Expect = std::function<void(bool holds, const std::string& what)>;

  virtual ~SoakDevice() = default;

  // kioskd.
  virtual void start(const DriverContext& context, DeviceFacts& facts, const SoakLog& log) = 0;
  virtual Task<void> run() = 0;
  virtual void accept(bool /*wanted*/) {}
  virtual void decide(int /*counter*/, NoteVerdict /*verdict*/) {}
  /// Its process is gone, and the driver with it.
  virtual void end() = 0;

  // The world.
  /// Somebody puts a piece in.
  virtual void offer() {}
  /// One of the device's own faults.
  virtual void trouble() = 0;
  virtual void unplug() = 0;
  virtual void plug() = 0;
  /// Something outside it may keep a piece from its end.
  virtual void disturb() {}
  /// Everything works again.
  virtual void calm() = 0;
  /// It works, and nothing is under way in it.
  [[nodiscard]] virtual bool at_work() = 0;

  // The truth.
  /// A period ends: what the device knows against what the log says. Then the next one begins.
  virtual void compare(const SoakLog& log, const Expect& expect) = 0;
  /// Once the line's rate of faults in the new period is known.
  virtual void begin() {}
  /// What is known of this period, for people.
  [[nodiscard]] virtual std::string describe(const SoakLog& log) = 0;
  /// Pieces that are in the box, since the beginning.
  [[nodiscard]] virtual std::size_t taken() { return 0; }
  [[nodiscard]] std::size_t cuts() const { return cuts_; }
  [[nodiscard]] std::size_t swaps() const { return swaps_; }

 protected:
  std::size_t cuts_ = 0;
  std::size_t swaps_ = 0;
};

std::unique_ptr<SoakDevice> make_cctalk_coins(const Surroundings& world);
std::unique_ptr<SoakDevice> make_cctalk_notes(const Surroundings& world);
std::unique_ptr<SoakDevice> make_pulse_coins(const Surroundings& world);
std::unique_ptr<SoakDevice> make_ict_notes(const Surroundings& world);
std::unique_ptr<SoakDevice> make_contacts(const Surroundings& world);

}  // namespace yijuan::sim
