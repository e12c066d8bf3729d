// The paper side of the simulated printer: a line of characters that fills up, modes, feeds, and
// the slip that grows. Written from the printer's point of view; knows no command bytes.
#pragma once

#include <string_view>

#include "drivers/escpos/fake_slip.hpp"

namespace yijuan::escpos_fake {

struct Modes {
  int align = 0;  // 0 left, 1 centre, 2 right
  bool bold = false;
  bool kanji = true;  // on by default on Simplified Chinese models
  int width_scale = 1;
  int height_scale = 1;
  int kanji_width_scale = 1;
  int kanji_height_scale = 1;
  int line_spacing = 30;
};

class Paper {
 public:
  explicit Paper(int dots) : dots_(dots) {}

  Modes modes;

  /// Sets a character; a full line is printed first.
  void set(std::string_view utf8, bool wide);
  /// Prints the line and advances.
  void end_line();
  /// Prints what is on the line, without advancing beyond it, then feeds.
  void feed(int dots);
  void place(Picture picture, std::string_view name);
  void add_code(std::string payload) { slip_.codes.push_back(std::move(payload)); }
  void add_raw(BytesView bytes) { slip_.raw.insert(slip_.raw.end(), bytes.begin(), bytes.end()); }
  [[nodiscard]] bool line_empty() const { return line_.empty(); }
  void drop_line() { line_.clear(), line_width_ = 0; }
  Slip cut();

  [[nodiscard]] const Slip& slip() const { return slip_; }
  [[nodiscard]] bool has_ink() const { return !slip_.glyphs.empty() || !slip_.pictures.empty(); }
  /// Dots fed in the printer's life.
  [[nodiscard]] long fed() const { return fed_; }

 private:
  void advance(int dots);

  int dots_;
  std::vector<Glyph> line_;
  int line_width_ = 0;
  Slip slip_;
  long fed_ = 0;
};

}  // namespace yijuan::escpos_fake
