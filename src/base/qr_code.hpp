// A QR code as a square of modules (libqrencode, byte mode, error correction level M). What draws
// it adds a quiet zone of 4 modules and uses whole pixels or dots for a module.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace yijuan {

struct QrCode {
  int size = 0;                       // modules a side
  std::vector<std::uint8_t> modules;  // size * size, row by row; 1 is black

  [[nodiscard]] bool black(int x, int y) const {
    return modules[static_cast<std::size_t>(y * size + x)] != 0;
  }
};

inline constexpr int kQrQuietZone = 4;

/// The smallest code that holds `payload`; nothing if it is empty or too long (2331 bytes).
std::optional<QrCode> make_qr_code(std::string_view payload);

}  // namespace yijuan
