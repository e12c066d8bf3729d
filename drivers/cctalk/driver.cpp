// The driver's name, its keys in the [coin] section, and the making of its devices; the [note]
// section's are in note_keys.
#include "ports/driver.hpp"

#include <set>

#include "drivers/cctalk/coin_acceptor.hpp"
#include "drivers/cctalk/keys.hpp"
#include "drivers/cctalk/note_keys.hpp"
#include "io/stream_source.hpp"

namespace yijuan::drivers {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kUsualAddress = 2;
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
  config.address = cctalk::read_address(settings, kUsualAddress);
  config.dialect = cctalk::read_dialect(settings);
  config.poll_interval = settings.milliseconds("poll_ms", 50ms, 900ms, 200ms);
  std::set<int> positions;
  for (Settings& row : settings.rows("table")) config.table.push_back(read_row(row, positions));
  if (config.table.empty()) settings.fail("table", "names no coin");
  return config;
}

std::unique_ptr<CoinAcceptor> make_acceptor(Settings& settings, DriverContext context,
                                            DeviceFacts& facts, std::optional<CounterMark> mark) {
  auto config = read_config(settings);
  auto source = make_stream_source(settings.text("port"), context.clock,
                                   {.baud = cctalk::kBaud, .tap = context.tap});
  if (!source) settings.fail("port", source.error().detail());
  return std::make_unique<yijuan::cctalk::CctalkCoinAcceptor>(std::move(config), std::move(*source),
                                                              context, facts, std::move(mark));
}

}  // namespace

extern const Driver cctalk;
const Driver cctalk = {.name = "cctalk",
                       .summary = "coin and note acceptors that speak ccTalk on a serial line",
                       .make_coin_acceptor = make_acceptor,
                       .make_note_acceptor = yijuan::cctalk::make_note_acceptor};

}  // namespace yijuan::drivers
