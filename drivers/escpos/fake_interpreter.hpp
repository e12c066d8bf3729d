// The command side of the simulated printer: takes bytes in the order of its receive buffer, one
// at a time, and does on Paper what ESC/POS says. Written from the protocol's facts alone; shares
// nothing with the driver. Never fails: what it does not know it reports as an alarm, as a real
// printer would print rubbish.
#pragma once

#include <iconv.h>
#include <functional>
#include <memory>
#include <string>

#include "drivers/escpos/fake_paper.hpp"

namespace yijuan::escpos_fake {

/// What the simulated model can do.
struct Abilities {
  int dots = 384;
  bool native_qr = false;
  bool four_byte = false;
  bool process_id = false;
  bool cutter = true;
};

class Interpreter {
 public:
  struct Events {
    std::function<void(Slip)> finished;
    std::function<void(Bytes)> answer;
    std::function<std::uint8_t()> paper_bits;  // for GS r 1
    std::function<void(int)> automatic;        // GS a, and its parameter
    std::function<void()> pulse;               // the drawer, in its turn
    std::function<void(std::string)> alarm;
  };

  Interpreter(Abilities abilities, Events events);
  ~Interpreter();

  void take(std::uint8_t byte);
  /// Whether a command or its data is unfinished.
  [[nodiscard]] bool inside_command() const { return !command_.empty() || data_left_ > 0; }
  /// Whether the real-time pulse was switched off by GS ( D, and not on again by ESC @.
  [[nodiscard]] bool pulse_off() const { return pulse_off_; }
  [[nodiscard]] const Paper& paper() const { return paper_; }
  /// Forgets an unfinished command and an unfinished line.
  void drop();
  /// Forgets everything but the paper, as after a power cut.
  void power_cycle();

 private:
  void take_text(std::uint8_t byte);
  void take_data(std::uint8_t byte);
  void begin_data(std::size_t count);
  void run();
  void run_esc();
  void run_fs();
  void run_gs();
  void run_group();  // GS ( x
  void run_code(BytesView data);
  void finish_data();
  void print_code();
  void cut();
  void set_text(const Bytes& encoded);
  void alarm(std::string text);
  [[nodiscard]] int at(std::size_t i) const { return command_[i]; }

  Abilities abilities_;
  Events events_;
  Paper paper_;
  Bytes command_;    // an unfinished command
  Bytes character_;  // an unfinished GB18030 character
  Bytes data_;       // of the command, once its header is complete
  std::size_t data_left_ = 0;
  bool pulse_off_ = false;
  Bytes code_;  // stored by GS ( k
  int code_module_ = 3;
  int code_level_ = '0';
  iconv_t decoder_;
};

}  // namespace yijuan::escpos_fake
