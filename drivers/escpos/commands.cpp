#include "drivers/escpos/commands.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/assert.hpp"

namespace yijuan::escpos {
namespace {

constexpr int kAutomatic = 0x0E;  // GS a: offline, errors, paper; not the drawer
constexpr int kEsc = 0x1B;
constexpr int kFs = 0x1C;
constexpr int kGs = 0x1D;
constexpr int kLineSpacing = 34;  // 24 dots of character and 10 of air

void put(Bytes& bytes, std::initializer_list<int> values) {
  constexpr std::size_t kMostOfACommand = 16;  // one allocation, not five
  bytes.reserve(std::max(bytes.size() + values.size(), kMostOfACommand));
  for (const int value : values) bytes.push_back(static_cast<std::uint8_t>(value));
}

Bytes command(std::initializer_list<int> values) {
  Bytes bytes;
  put(bytes, values);
  return bytes;
}

}  // namespace

Bytes preamble(const Model& model) {
  Bytes bytes;
  put(bytes, {kEsc, '@'});
  // Before any picture: Epson can switch off the real-time pulse that a picture might contain.
  // After ESC @, which switches it on again.
  if (model.pulse_off_switch) put(bytes, {kGs, '(', 'D', 3, 0, 0x14, 1, 0});
  if (model.automatic) put(bytes, {kGs, 'a', kAutomatic});
  put(bytes, {kFs, '&', kFs, 'S', 0, 0});
  put(bytes, {kEsc, 'R', 0, kEsc, '3', kLineSpacing});
  return bytes;
}

Bytes style(int scale, bool bold, domain::Align align) {
  YIJUAN_ASSERT(scale >= 1 && scale <= 4, "no such character size");
  const int kanji = scale == 2 ? 0x0C : 0;  // FS ! knows single and double only
  Bytes bytes;
  put(bytes, {kEsc, 'a', static_cast<int>(align)});
  // Some clones size hanzi by FS ! only, so it goes first; GS ! then rules where both count.
  put(bytes, {kFs, '!', kanji, kGs, '!', (scale - 1) << 4 | (scale - 1)});
  put(bytes, {kEsc, 'E', bold ? 1 : 0});
  return bytes;
}

Bytes line_feed() {
  return command({'\n'});
}

Bytes feed(int dots) {
  YIJUAN_ASSERT(dots >= 0 && dots <= 255, "a feed is one byte");
  return command({kEsc, 'J', dots});
}

Bytes raster(const Bitmap& picture, int first, int rows) {
  YIJUAN_ASSERT(first >= 0 && rows > 0 && first + rows <= picture.height(), "no such rows");
  const int width = picture.row_bytes();
  Bytes bytes = command({kGs, 'v', '0', 0, width & 0xFF, width >> 8, rows & 0xFF, rows >> 8});
  for (int y = first; y < first + rows; ++y) {
    const BytesView row = picture.row(y);
    bytes.insert(bytes.end(), row.begin(), row.end());
  }
  return bytes;
}

Bytes native_qr(std::string_view payload, int module) {
  YIJUAN_ASSERT(module >= 1 && module <= 16, "a module is 1 to 16 dots");
  YIJUAN_ASSERT(!payload.empty() && payload.size() <= 512, "payload out of range");
  const int stored = static_cast<int>(payload.size()) + 3;
  Bytes bytes = command({kGs, '(', 'k', 4, 0, '1', 'A', '2', 0});          // model 2
  put(bytes, {kGs, '(', 'k', 3, 0, '1', 'C', module});                     // dots a module
  put(bytes, {kGs, '(', 'k', 3, 0, '1', 'E', '1'});                        // level M
  put(bytes, {kGs, '(', 'k', stored & 0xFF, stored >> 8, '1', 'P', '0'});  // store
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  put(bytes, {kGs, '(', 'k', 3, 0, '1', 'Q', '0'});  // print
  return bytes;
}

Bytes cut(Cutter cutter) {
  switch (cutter) {
    case Cutter::partial:
      return command({kGs, 'V', 'B', 0});
    case Cutter::full:
      return command({kGs, 'V', 'A', 0});
    case Cutter::none:
      break;
  }
  // Single line feeds, since clones clamp ESC d.
  return command({'\n', '\n', '\n', '\n', '\n'});
}

Bytes ask_status(int n) {
  YIJUAN_ASSERT(n >= 1 && n <= 4, "DLE EOT has four questions that all printers know");
  return command({0x10, 0x04, n});
}

Bytes drop_buffer(Clears how) {
  YIJUAN_ASSERT(how != Clears::nothing, "the model has no such command");
  if (how == Clears::dle_enq) return command({0x10, 0x05, 2});
  return command({0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8});
}

Bytes ask_paper_in_order() {
  return command({kGs, 'r', 1});
}

Bytes ask_process_id(std::string_view id) {
  YIJUAN_ASSERT(id.size() == 4, "a process id is four characters");
  Bytes bytes = command({kGs, '(', 'H', 6, 0, '0', '0'});
  bytes.insert(bytes.end(), id.begin(), id.end());
  return bytes;
}

}  // namespace yijuan::escpos
