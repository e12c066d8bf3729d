#include "drivers/cctalk/note_keys.hpp"

#include <set>

#include "drivers/cctalk/keys.hpp"
#include "io/stream_source.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kUsualAddress = 40;

NoteRow read_row(Settings& row, std::set<int>& positions) {
  NoteRow note;
  note.position = static_cast<int>(row.integer("position", 1, kMostNotes));
  note.id = row.text("id");
  note.amount = Fen(row.integer("fen", 1, kLargestAmount.count()));
  if (!positions.insert(note.position).second) row.fail("position", "is in the table twice");
  // What the id is worth depends on the device's scaling, which it is asked for.
  if (!NoteId::parse(note.id)) row.fail("id", "is not a note id such as CN0100A");
  return note;
}

NoteConfig read_config(Settings& settings) {
  NoteConfig config;
  config.address = read_address(settings, kUsualAddress);
  config.dialect = read_dialect(settings);
  config.poll_interval = settings.milliseconds("poll_ms", 50ms, 900ms, 200ms);
  config.escrow = settings.flag("escrow", true);
  std::set<int> positions;
  for (Settings& row : settings.rows("table")) config.table.push_back(read_row(row, positions));
  if (config.table.empty()) settings.fail("table", "names no note");
  return config;
}

}  // namespace

std::unique_ptr<NoteAcceptor> make_note_acceptor(Settings& settings, DriverContext context,
                                                 DeviceFacts& facts,
                                                 std::optional<CounterMark> mark) {
  auto config = read_config(settings);
  auto source =
      make_stream_source(settings.text("port"), context.clock, {.baud = kBaud, .tap = context.tap});
  if (!source) settings.fail("port", source.error().detail());
  return std::make_unique<CctalkNoteAcceptor>(std::move(config), std::move(*source), context, facts,
                                              std::move(mark));
}

}  // namespace yijuan::cctalk
