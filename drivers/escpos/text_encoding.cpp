#include "drivers/escpos/text_encoding.hpp"

#include <iconv.h>

#include <array>
#include <stdexcept>

#include "drivers/escpos/glyph.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::string_view kFullWidthYen = "\uFFE5";
constexpr char32_t kReplacement = 0xFFFD;  // stands for bytes that are no character
constexpr std::array<std::uint8_t, 2> kGap = {0xA1, 0xFE};  // 〓

}  // namespace

class TextEncoder::Converter {
 public:
  Converter() : handle_(iconv_open("GB18030", "UTF-8")), table_(kLastOfPlane + 1) {
    // iconv_open reports failure as (iconv_t)-1.
    if (reinterpret_cast<std::intptr_t>(handle_) == -1) {
      throw std::runtime_error("this system cannot convert text to GB18030 (libc's gconv tables)");
    }
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// How many bytes `one` becomes; 0 if there are none for it.
  std::size_t convert(std::string_view one, std::array<char, 8>& buffer) {
    char* in = const_cast<char*>(one.data());  // iconv's signature; it does not write there
    std::size_t in_left = one.size();
    char* out = buffer.data();
    std::size_t out_left = buffer.size();
    if (iconv(handle_, &in, &in_left, &out, &out_left) == 0) return buffer.size() - out_left;
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    return 0;
  }

  /// Its two bytes as a number; 0 for a character that GB18030 writes otherwise, or not at all.
  std::uint16_t two_bytes(const Glyph& glyph) {
    if (glyph.code > kLastOfPlane || glyph.code == kReplacement) return 0;
    std::uint16_t& known = table_[glyph.code];
    if (known == 0) {
      std::array<char, 8> buffer{};
      const std::size_t length = convert(glyph.utf8, buffer);
      const BytesView bytes = as_bytes({buffer.data(), length});
      known = length == 2 ? static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]) : kNone;
    }
    return known == kNone ? 0 : known;
  }

 private:
  static constexpr char32_t kLastOfPlane = 0xFFFF;
  static constexpr std::uint16_t kNone = 1;

  iconv_t handle_;
  // By code, filled as characters come: to ask iconv for each one took most of a slip's time.
  std::vector<std::uint16_t> table_;
};

TextEncoder::TextEncoder() : converter_(std::make_unique<Converter>()) {}
TextEncoder::~TextEncoder() = default;
TextEncoder::TextEncoder(TextEncoder&&) noexcept = default;
TextEncoder& TextEncoder::operator=(TextEncoder&&) noexcept = default;

Bytes TextEncoder::encode(std::string_view utf8, bool four_byte) const {
  constexpr char32_t kFirstForeign = 0x80;
  constexpr char32_t kYen = 0xA5;
  Bytes encoded;
  encoded.reserve(utf8.size() + 2);
  for (Glyph glyph : to_glyphs(utf8)) {
    if (glyph.code < kFirstForeign) {
      encoded.push_back(static_cast<std::uint8_t>(glyph.code));
      continue;
    }
    if (glyph.code == kYen) glyph = {.code = U'\uFFE5', .columns = 2, .utf8 = kFullWidthYen};
    std::array<char, 8> buffer{};
    if (const std::uint16_t two = converter_->two_bytes(glyph); two != 0) {
      encoded.push_back(static_cast<std::uint8_t>(two >> 8));
      encoded.push_back(static_cast<std::uint8_t>(two & 0xFFU));
    } else if (const auto length = converter_->convert(glyph.utf8, buffer);
               four_byte && length == 4 && glyph.code != kReplacement) {
      const BytesView bytes = as_bytes({buffer.data(), length});
      encoded.insert(encoded.end(), bytes.begin(), bytes.end());
    } else {
      encoded.insert(encoded.end(), kGap.begin(), kGap.end());
    }
  }
  return encoded;
}

}  // namespace yijuan::escpos
