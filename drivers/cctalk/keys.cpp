#include "drivers/cctalk/keys.hpp"

namespace yijuan::cctalk {
namespace {

constexpr std::int64_t kLowestAddress = 2;
constexpr std::int64_t kHighestAddress = 255;

}  // namespace

std::uint8_t read_address(Settings& settings, std::uint8_t fallback) {
  return static_cast<std::uint8_t>(
      settings.integer("address", kLowestAddress, kHighestAddress, fallback));
}

DialectWish read_dialect(Settings& settings) {
  DialectWish wish;
  const auto echo = settings.choice("echo", {"auto", "yes", "no"}, "auto");
  if (echo != "auto") wish.echo = echo == "yes";
  const auto checksum = settings.choice("checksum", {"auto", "simple", "crc16"}, "auto");
  if (checksum == "simple") wish.checksum = Checksum::simple;
  if (checksum == "crc16") wish.checksum = Checksum::crc16;
  return wish;
}

}  // namespace yijuan::cctalk
