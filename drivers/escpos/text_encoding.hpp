// Text in the printer's encoding, GB18030 (what Simplified Chinese models take after FS &).
//
// U+00A5 is printed as U+FFE5: its own encoding is four bytes, which a GBK clone prints as
// rubbish. A character of four bytes is replaced by 〓 (A1 FE) where the model lacks them, and so
// is one that is not text at all: the gap shows, and keeps the layout's two columns.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.hpp"

namespace yijuan::escpos {

class TextEncoder {
 public:
  /// Throws std::runtime_error where the system has no GB18030 table (before the loop).
  TextEncoder();
  ~TextEncoder();
  TextEncoder(TextEncoder&&) noexcept;
  TextEncoder& operator=(TextEncoder&&) noexcept;

  /// `utf8` as GB18030, without a byte below 0x20. `four_byte`: the model prints the characters
  /// whose encoding has four bytes.
  [[nodiscard]] Bytes encode(std::string_view utf8, bool four_byte) const;

 private:
  class Converter;
  std::unique_ptr<Converter> converter_;
};

}  // namespace yijuan::escpos
