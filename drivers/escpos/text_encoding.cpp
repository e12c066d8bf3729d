#include "drivers/escpos/text_encoding.hpp"

#include <iconv.h>

#include <array>
#include <stdexcept>

#include "drivers/escpos/glyph.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::string_view kFullWidthYen = "\uFFE5";
constexpr std::array<std::uint8_t, 2> kGap = {0xA1, 0xFE};  // 〓

}  // namespace

struct TextEncoder::Converter {
  Converter() : handle(iconv_open("GB18030", "UTF-8")) {
    // iconv_open reports failure as (iconv_t)-1.
    if (reinterpret_cast<std::intptr_t>(handle) == -1) {
      throw std::runtime_error("this system cannot convert text to GB18030 (libc's gconv tables)");
    }
  }
  ~Converter() { iconv_close(handle); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  iconv_t handle;
};

TextEncoder::TextEncoder() : converter_(std::make_unique<Converter>()) {}
TextEncoder::~TextEncoder() = default;
TextEncoder::TextEncoder(TextEncoder&&) noexcept = default;
TextEncoder& TextEncoder::operator=(TextEncoder&&) noexcept = default;

Bytes TextEncoder::encode(std::string_view utf8, bool four_byte) const {
  Bytes encoded;
  for (const Glyph& glyph : to_glyphs(utf8)) {
    std::string_view one = glyph.code == 0xA5 ? kFullWidthYen : glyph.utf8;
    std::array<char, 8> buffer{};
    char* in = const_cast<char*>(one.data());  // iconv's signature; it does not write there
    std::size_t in_left = one.size();
    char* out = buffer.data();
    std::size_t out_left = buffer.size();
    const bool known =
        glyph.code != 0xFFFD && iconv(converter_->handle, &in, &in_left, &out, &out_left) == 0;
    const std::size_t length = buffer.size() - out_left;
    if (known && length > 0 && (length < 4 || four_byte)) {
      const BytesView bytes = as_bytes({buffer.data(), length});
      encoded.insert(encoded.end(), bytes.begin(), bytes.end());
    } else {
      iconv(converter_->handle, nullptr, nullptr, nullptr, nullptr);
      encoded.insert(encoded.end(), kGap.begin(), kGap.end());
    }
  }
  return encoded;
}

}  // namespace yijuan::escpos
