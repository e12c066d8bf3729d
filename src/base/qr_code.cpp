#include "base/qr_code.hpp"

#include <qrencode.h>

#include <memory>

namespace yijuan {

std::optional<QrCode> make_qr_code(std::string_view payload) {
  struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
  };
  const std::unique_ptr<QRcode, Free> code(
      QRcode_encodeData(static_cast<int>(payload.size()),
                        reinterpret_cast<const unsigned char*>(payload.data()), 0, QR_ECLEVEL_M));
  if (!code) return std::nullopt;
  QrCode result{.size = code->width, .modules = {}};
  const auto count = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
  result.modules.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    result.modules.push_back(code->data[i] & 1);  // the low bit is the colour
  }
  return result;
}

}  // namespace yijuan
