// The driver's name, its keys in the [note] section, and the making of its device.
#include "ports/driver.hpp"

#include <set>

#include "drivers/ict/note_acceptor.hpp"
#include "io/stream_source.hpp"

namespace yijuan::drivers {
namespace {

using namespace std::chrono_literals;

constexpr int kBaud = 9600;
constexpr std::int64_t kMostPositions = 10;

ict::AcceptorConfig read_config(Settings& settings) {
  ict::AcceptorConfig config;
  config.poll_interval = settings.milliseconds("poll_ms", 500ms, 4000ms, 500ms);
  const auto codes = settings.choice("codes", {"standard", "shifted"}, "standard");
  if (codes == "shifted") config.codes = ict::Codes::shifted;
  std::set<int> positions;
  for (Settings& row : settings.rows("table")) {
    ict::NoteRow note;
    note.position = static_cast<int>(row.integer("position", 1, kMostPositions));
    note.amount = Fen(row.integer("fen", 1, kLargestAmount.count()));
    if (!positions.insert(note.position).second) row.fail("position", "is in the table twice");
    config.table.push_back(note);
  }
  if (config.table.empty()) settings.fail("table", "names no note");
  return config;
}

std::unique_ptr<NoteAcceptor> make_acceptor(Settings& settings, DriverContext context,
                                            DeviceFacts& facts, std::optional<CounterMark> mark) {
  auto config = read_config(settings);
  auto source = make_stream_source(settings.text("port"), context.clock,
                                   {.baud = kBaud, .parity = Parity::even, .tap = context.tap});
  if (!source) settings.fail("port", source.error().detail());
  return std::make_unique<yijuan::ict::IctNoteAcceptor>(std::move(config), std::move(*source),
                                                        context, facts, std::move(mark));
}

}  // namespace

extern const Driver ict;
const Driver ict = {.name = "ict",
                    .summary = "note acceptors of ICT's 104/106/L series on RS-232 (no recovery)",
                    .make_note_acceptor = make_acceptor};

}  // namespace yijuan::drivers
