#include "drivers/escpos/fake_interpreter.hpp"

#include <fmt/format.h>
#include <qrencode.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace yijuan::escpos_fake {
namespace {

constexpr std::uint8_t kDle = 0x10;
constexpr std::uint8_t kEsc = 0x1B;
constexpr std::uint8_t kFs = 0x1C;
constexpr std::uint8_t kGs = 0x1D;
constexpr std::size_t kMostData = std::size_t{4}
                                  << 20;  // a printer would hang; the simulation reports

// Length of a command without its data, as far as its first bytes tell; nothing while they do not.
// 0: not a command that this printer knows.
std::optional<std::size_t> length_of(const Bytes& c) {
  const auto is_one_of = [](std::uint8_t byte, std::string_view set) {
    return set.find(static_cast<char>(byte)) != std::string_view::npos;
  };
  if (c.size() < 2) return std::nullopt;
  const std::uint8_t lead = c[0];
  const std::uint8_t name = c[1];
  if (lead == kDle) {
    if (name == 0x04 || name == 0x05) return 3;
    if (name != 0x14) return 0;
    if (c.size() < 3) return std::nullopt;
    return c[2] == 8 ? 10 : 5;
  }
  if (lead == kEsc) {
    if (is_one_of(name, "@2")) return 2;
    if (is_one_of(name, " !-3EGJMRVadrt{")) return 3;
    if (is_one_of(name, "$\\c")) return 4;
    if (name == 'p' || name == '*') return 5;
    return 0;
  }
  if (lead == kFs) {
    if (is_one_of(name, "&.")) return 2;
    if (is_one_of(name, "!-")) return 3;
    return name == 'S' ? 4 : 0;
  }
  if (is_one_of(name, "!BHIafhrw")) return 3;
  if (is_one_of(name, "LWP")) return 4;
  if (name == '(') return 5;
  if (name == 'v') return 8;
  if (name != 'V') return 0;
  if (c.size() < 3) return std::nullopt;
  return c[2] == 'A' || c[2] == 'B' ? 4 : 3;
}

}  // namespace

Interpreter::Interpreter(Abilities abilities, Events events)
    : abilities_(abilities),
      events_(std::move(events)),
      paper_(abilities.dots),
      decoder_(iconv_open("UTF-8", "GB18030")) {}

Interpreter::~Interpreter() {
  iconv_close(decoder_);
}

void Interpreter::drop() {
  command_.clear();
  character_.clear();
  data_.clear();
  data_left_ = 0;
  paper_.drop_line();
}

void Interpreter::power_cycle() {
  drop();
  code_.clear();
  pulse_off_ = false;
  paper_.modes = {};
}

void Interpreter::alarm(std::string text) {
  events_.alarm(std::move(text));
}

void Interpreter::take(std::uint8_t byte) {
  if (data_left_ > 0) {
    take_data(byte);
    return;
  }
  if (command_.empty() && byte != kDle && byte != kEsc && byte != kFs && byte != kGs) {
    take_text(byte);
    return;
  }
  if (command_.empty() && !character_.empty()) {
    alarm("a command inside a character");
    character_.clear();
  }
  command_.push_back(byte);
  const auto length = length_of(command_);
  if (!length || command_.size() < *length) return;
  if (*length == 0) {
    alarm("unknown command " + to_hex(command_));
  } else {
    run();
  }
  if (data_left_ == 0) command_.clear();
}

void Interpreter::take_text(std::uint8_t byte) {
  if (byte < 0x20 && character_.empty()) {
    if (byte == 0) return;  // ignored by every printer
    const std::array<std::uint8_t, 1> raw = {byte};
    paper_.add_raw(raw);
    if (byte == '\n') paper_.end_line();
    return;
  }
  character_.push_back(byte);
  const bool wide = paper_.modes.kanji && character_[0] >= 0x81;
  const bool four = abilities_.four_byte && character_.size() > 1 && character_[1] >= 0x30 &&
                    character_[1] <= 0x39;
  if (wide && character_.size() < (four ? 4 : 2)) return;
  set_text(character_);
  character_.clear();
}

void Interpreter::set_text(const Bytes& encoded) {
  paper_.add_raw(encoded);
  const bool wide = encoded[0] >= 0x80 && paper_.modes.kanji;
  std::array<char, 16> utf8{};
  Bytes source = encoded;
  char* in = reinterpret_cast<char*>(source.data());
  std::size_t in_left = source.size();
  char* out = utf8.data();
  std::size_t out_left = utf8.size();
  iconv(decoder_, nullptr, nullptr, nullptr, nullptr);
  const bool good = encoded[0] < 0x80 || (wide && iconv(decoder_, &in, &in_left, &out, &out_left) !=
                                                      static_cast<std::size_t>(-1));
  if (!good) {
    alarm("prints rubbish for " + to_hex(encoded));
    paper_.set("\uFFFD", wide);
  } else if (encoded[0] < 0x80) {
    paper_.set(as_text(encoded), false);
  } else {
    paper_.set({utf8.data(), utf8.size() - out_left}, true);
  }
}

void Interpreter::run() {
  const bool question = at(0) == kDle || (at(0) == kGs && (at(1) == 'r' || at(1) == 'I'));
  if (!question && !(at(0) == kGs && at(1) == '(' && at(2) == 'H')) paper_.add_raw(command_);
  if (at(0) == kEsc) run_esc();
  if (at(0) == kFs) run_fs();
  if (at(0) == kGs) run_gs();
  // Real-time commands were obeyed when they arrived.
}

void Interpreter::run_esc() {
  Modes& modes = paper_.modes;
  switch (at(1)) {
    case '@':
      // A printer without a cutter: the slip before was torn off.
      if (!abilities_.cutter && paper_.has_ink()) events_.finished(paper_.cut());
      paper_.drop_line();
      modes = {};
      pulse_off_ = false;
      break;
    case '!':
      modes.bold = (at(2) & 8) != 0;
      modes.height_scale = (at(2) & 16) != 0 ? 2 : 1;
      modes.width_scale = (at(2) & 32) != 0 ? 2 : 1;
      break;
    case '2':
      modes.line_spacing = 30;
      break;
    case '3':
      modes.line_spacing = at(2);
      break;
    case 'E':
    case 'G':
      modes.bold = (at(2) & 1) != 0;
      break;
    case 'a':
      if (!paper_.line_empty()) alarm("alignment in the middle of a line is ignored");
      if (paper_.line_empty()) modes.align = at(2) % 48 % 3;
      break;
    case 'J':
      paper_.feed(at(2));
      break;
    case 'd':
      for (int i = 0; i < std::min(at(2), 4); ++i) paper_.end_line();  // clones clamp it
      break;
    case 'p':
      events_.pulse();
      break;
    case '*':
      begin_data(static_cast<std::size_t>(at(3) + at(4) * 256) * (at(2) >= 32 ? 3 : 1));
      break;
    default:
      break;  // no effect that can be seen here
  }
}

void Interpreter::run_fs() {
  Modes& modes = paper_.modes;
  if (at(1) == '&') modes.kanji = true;
  if (at(1) == '.') modes.kanji = false;
  if (at(1) == '!') {
    modes.kanji_width_scale = (at(2) & 4) != 0 ? 2 : 1;
    modes.kanji_height_scale = (at(2) & 8) != 0 ? 2 : 1;
  }
}

void Interpreter::run_gs() {
  Modes& modes = paper_.modes;
  switch (at(1)) {
    case '!':
      modes.width_scale = modes.kanji_width_scale = (at(2) >> 4 & 7) + 1;
      modes.height_scale = modes.kanji_height_scale = (at(2) & 7) + 1;
      break;
    case 'r':
      events_.answer({at(2) == 1 ? events_.paper_bits() : std::uint8_t{0}});
      break;
    case 'a':
      events_.automatic(at(2));
      break;
    case 'V':
      cut();
      break;
    case 'v':
      begin_data(static_cast<std::size_t>(at(4) + at(5) * 256) *
                 static_cast<std::size_t>(at(6) + at(7) * 256));
      break;
    case '(':
      begin_data(static_cast<std::size_t>(at(3) + at(4) * 256));
      break;
    default:
      break;
  }
}

void Interpreter::begin_data(std::size_t count) {
  if (count > kMostData) {
    alarm("a picture too large to be meant");
    count = 0;
  }
  data_.clear();
  data_left_ = count;
  if (count == 0) alarm("a command without its data");
}

void Interpreter::take_data(std::uint8_t byte) {
  if (!data_.empty() && data_.back() == kDle && (byte == 4 || byte == 5 || byte == 0x14)) {
    alarm("a real-time command inside data: " + to_hex(Bytes{kDle, byte}));
  }
  data_.push_back(byte);
  if (--data_left_ > 0) return;
  finish_data();
  command_.clear();
}

void Interpreter::finish_data() {
  if (at(0) == kGs && at(1) == '(') {
    run_group();
    return;
  }
  paper_.add_raw(data_);
  if (at(0) == kEsc) {
    alarm("a column picture, not drawn here");
    return;
  }
  const int row_bytes = at(4) + at(5) * 256;
  const int rows = at(6) + at(7) * 256;
  const int across = (at(3) & 1) + 1;
  const int down = (at(3) >> 1 & 1) + 1;
  Picture picture{.x = 0,
                  .y = 0,
                  .width = std::min(row_bytes * 8 * across, abilities_.dots),
                  .height = rows * down,
                  .dots = {}};
  if (row_bytes * 8 * across > abilities_.dots) alarm("a picture wider than the paper");
  picture.dots.reserve(static_cast<std::size_t>(picture.width) *
                       static_cast<std::size_t>(picture.height));
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const auto byte = static_cast<std::size_t>(y / down * row_bytes + x / across / 8);
      picture.dots.push_back(data_[byte] >> (7 - x / across % 8) & 1);
    }
  }
  paper_.place(std::move(picture), "picture");
}

void Interpreter::run_group() {
  switch (at(2)) {
    case 'D':
      if (data_.size() >= 3 && data_[0] == 0x14 && data_[1] == 1) pulse_off_ = data_[2] == 0;
      break;
    case 'H':
      if (abilities_.process_id && data_.size() == 6 && data_[0] == '0' && data_[1] == '0') {
        events_.answer({0x37, 0x22, data_[2], data_[3], data_[4], data_[5], 0});
      }
      return;
    case 'k':
      run_code(data_);
      break;
    default:
      alarm(fmt::format("unknown group GS ( {:02x}", at(2)));
  }
  paper_.add_raw(data_);
}

void Interpreter::run_code(BytesView data) {
  if (!abilities_.native_qr) {
    alarm("has no codes of its own");
    return;
  }
  if (data.size() < 3 || data[0] != '1') return;
  if (data[1] == 'C') code_module_ = std::clamp<int>(data[2], 1, 16);
  if (data[1] == 'E') code_level_ = data[2];
  if (data[1] == 'P') code_.assign(data.begin() + 3, data.end());
  if (data[1] == 'Q') print_code();
}

void Interpreter::print_code() {
  constexpr std::array kLevels = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
  const auto level = kLevels[static_cast<std::size_t>(std::clamp(code_level_ - '0', 0, 3))];
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(code_.size()), code_.data(), 0, level), QRcode_free);
  if (!code || code->width * code_module_ > abilities_.dots) {
    alarm("a code that does not fit the paper");
    return;
  }
  Picture picture{.x = 0,
                  .y = 0,
                  .width = code->width * code_module_,
                  .height = code->width * code_module_,
                  .dots = {}};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const int module = y / code_module_ * code->width + x / code_module_;
      picture.dots.push_back(code->data[module] & 1);
    }
  }
  const std::string payload(as_text(code_));
  paper_.place(std::move(picture), "qr " + payload);
  paper_.add_code(payload);
}

void Interpreter::cut() {
  if (!abilities_.cutter) return;
  if (at(2) == 'A' || at(2) == 'B') paper_.feed(at(3));
  Slip slip = paper_.cut();
  slip.cut = true;
  events_.finished(std::move(slip));
}

}  // namespace yijuan::escpos_fake
