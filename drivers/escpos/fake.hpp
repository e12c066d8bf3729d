// A simulated ESC/POS printer without a port: bytes in, answers out, slips on paper. Written from
// the protocol's facts; shares no code with the driver. Real-time commands act when they arrive,
// everything else in the order of the receive buffer, and an offline printer keeps its buffer.
//
// Its faults, each switched by a call: paper out (at once or after so many dots), paper near its
// end, cover open, cutter stuck, head hot, held offline; a small buffer that fills up; a clone
// that never answers, answers only when idle, answers GS r never, or is always one answer behind;
// one that lies: its DLE EOT, its port status or both say that all is well, whatever happens.
// Told to drop its buffer by a command that it does not know, or inside another one, it complains.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drivers/escpos/fake_interpreter.hpp"

namespace yijuan::escpos_fake {

/// The real-time command that makes it forget what it has not printed, if it knows one.
enum class Clears { nothing, dle_dc4, dle_enq };

struct Behaviour {
  Abilities abilities;
  std::size_t buffer = 65536;    // bytes that an offline or busy printer takes
  bool silent = false;           // answers nothing
  bool only_idle = false;        // answers DLE EOT when everything is worked off
  bool no_ordered = false;       // does not know GS r
  bool one_behind = false;       // each answer comes with the next question
  bool drops_on_reload = false;  // forgets its buffer when paper is put in, as clones do
  Clears clears = Clears::nothing;
  bool lies = false;            // every DLE EOT answer is "well"
  bool has_automatic = false;   // knows GS a
  bool works_by_itself = true;  // false: only work() prints, so that a test sets the pace
};

class Printer {
 public:
  explicit Printer(Behaviour behaviour);
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;

  /// Takes as many of `bytes` as the buffer holds, and works them off if it can.
  std::size_t receive(BytesView bytes);
  /// Works off at most `most` bytes of the buffer; stops when it goes offline.
  void work(std::size_t most);
  /// What it says, once.
  Bytes take_answers();

  void set_paper(bool present);
  /// Paper runs out after `dots` more of feed.
  void paper_ends_after(int dots) { paper_left_ = paper().fed() + dots; }
  void set_near_end(bool near) {
    near_end_ = near;
    changed();
  }
  void set_cover(bool open);
  void set_cutter_stuck(bool stuck);
  void set_hot(bool hot);
  void set_offline(bool offline);
  /// Power off and on: the buffer and the modes are gone, the paper stays.
  void power_cycle();

  [[nodiscard]] bool online() const;
  /// The honest bits of a USB port status: bit 5 paper empty, 4 selected, 3 no error.
  [[nodiscard]] std::uint8_t port_status() const;
  /// Slips cut so far, oldest first.
  [[nodiscard]] const std::vector<Slip>& slips() const { return slips_; }
  /// Told of every slip when it is cut.
  std::function<void(const Slip&)> on_slip;
  [[nodiscard]] const Paper& paper() const { return interpreter_.paper(); }
  /// What a real printer would have done that nobody wanted: pulses, rubbish, unknown commands.
  [[nodiscard]] const std::vector<std::string>& alarms() const { return alarms_; }
  [[nodiscard]] int pulses() const { return pulses_; }
  [[nodiscard]] std::size_t buffered() const { return buffer_.size(); }

 private:
  Interpreter::Events events();
  void watch(std::uint8_t byte);
  void real_time_question(int n);
  void clear(Clears how);
  void say(const Bytes& answer);
  void say_status(std::uint8_t bits);
  [[nodiscard]] std::uint8_t status(int n) const;
  [[nodiscard]] bool idle() const { return buffer_.empty() && !interpreter_.inside_command(); }
  void resume();
  void pulse(std::string how);
  void changed();

  Behaviour behaviour_;
  Interpreter interpreter_;
  Interpreter arriving_;  // reads along what arrives: whether that is inside a command
  Bytes buffer_;
  Bytes recent_;  // the last bytes received, for real-time commands
  Bytes answers_;
  std::optional<std::uint8_t> held_answer_;
  std::vector<int> waiting_questions_;  // until it is idle
  std::vector<Slip> slips_;
  std::vector<std::string> alarms_;
  int pulses_ = 0;
  bool paper_out_ = false;
  bool near_end_ = false;
  bool cover_open_ = false;
  bool cutter_stuck_ = false;
  bool hot_ = false;
  bool held_offline_ = false;
  bool automatic_ = false;  // GS a is on
  Bytes last_automatic_;
  std::optional<long> paper_left_;
};

}  // namespace yijuan::escpos_fake
