// The driver's name, its keys in the [coin] section, and the making of its device.
#include "ports/driver.hpp"

#include <set>

#include "drivers/cctalk/coin_acceptor.hpp"
#include "io/stream_source.hpp"

namespace yijuan::drivers {
namespace {

using namespace std::chrono_literals;

constexpr int kBaud = 9600;
constexpr std::int64_t kLowestAddress = 2;
constexpr std::int64_t kHighestAddress = 255;
constexpr std::int64_t kMostPaths = 8;

cctalk::CoinRow read_row(Settings& row, std::set<int>& positions) {
  cctalk::CoinRow coin;
  coin.position = static_cast<int>(row.integer("position", 1, cctalk::kMostPositions));
  coin.id = row.text("id");
  coin.amount = Fen(row.integer("fen", 1, kLargestAmount.count()));
  coin.path = static_cast<int>(row.integer("path", 0, kMostPaths, 0));
  if (!positions.insert(coin.position).second) row.fail("position", "is in the table twice");
  const auto id = cctalk::CoinId::parse(coin.id);
  if (!id) row.fail("id", "is not a coin id such as CN100A");
  // The id does not decide what a coin is worth, but a table that contradicts it is a slip.
  constexpr std::int64_t kThousandths = 1000;
  if (id->country == "CN" && id->thousandths != coin.amount.count() * kThousandths) {
    row.fail("fen", "is not what the id says");
  }
  return coin;
}

cctalk::AcceptorConfig read_config(Settings& settings) {
  cctalk::AcceptorConfig config;
  config.address = static_cast<std::uint8_t>(
      settings.integer("address", kLowestAddress, kHighestAddress, kLowestAddress));
  const auto echo = settings.choice("echo", {"auto", "yes", "no"}, "auto");
  if (echo != "auto") config.dialect.echo = echo == "yes";
  const auto checksum = settings.choice("checksum", {"auto", "simple", "crc16"}, "auto");
  if (checksum == "simple") config.dialect.checksum = cctalk::Checksum::simple;
  if (checksum == "crc16") config.dialect.checksum = cctalk::Checksum::crc16;
  config.poll_interval = settings.milliseconds("poll_ms", 50ms, 900ms, 200ms);
  std::set<int> positions;
  for (Settings& row : settings.rows("table")) config.table.push_back(read_row(row, positions));
  if (config.table.empty()) settings.fail("table", "names no coin");
  return config;
}

std::unique_ptr<CoinAcceptor> make_acceptor(Settings& settings, DriverContext context,
                                            DeviceFacts& facts, std::optional<CounterMark> mark) {
  auto config = read_config(settings);
  auto source =
      make_stream_source(settings.text("port"), context.clock, {.baud = kBaud, .tap = context.tap});
  if (!source) settings.fail("port", source.error().detail());
  return std::make_unique<yijuan::cctalk::CctalkCoinAcceptor>(std::move(config), std::move(*source),
                                                              context, facts, std::move(mark));
}

}  // namespace

extern const Driver cctalk;
const Driver cctalk = {.name = "cctalk",
                       .summary = "coin acceptors that speak ccTalk on a serial line",
                       .make_coin_acceptor = make_acceptor};

}  // namespace yijuan::drivers
