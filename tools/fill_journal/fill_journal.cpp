// fill_journal: makes a journal as a box has it after years: cash and the gifts that close it. For
// benches that need a long log and cannot wait for the coins.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>

#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"

namespace {

using namespace yijuan;

struct Wanted {
  std::string path;
  std::string origin;
  std::string key;
  std::uint64_t entries = 100'000;
};

constexpr std::uint64_t kTogether = 1000;

const tlog::Terms kTerms{
    .activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};

// Entry `seq`: the epoch, a boot, then cash and its gift in turn.
tlog::Body body_at(Seq seq, const std::string& key) {
  if (seq == 0) return tlog::Epoch{.key = key, .previous = {}, .why = "first"};
  if (seq == 1) return tlog::Boot{.version = YIJUAN_VERSION, .clean = false};
  const std::uint64_t gift = seq / 2;
  if (seq % 2 == 0) {
    return tlog::Cash{.device = "coin",
                      .serial = "0",
                      .counter = static_cast<int>(gift % 255) + 1,
                      .amount = yuan(1),
                      .session = gift,
                      .terms = kTerms,
                      .purpose = tlog::Purpose::gift};
  }
  return tlog::Gift{.terms = kTerms,
                    .channel = tlog::Channel::cash,
                    .amount = yuan(1),
                    .campaign = "bench",
                    .people = 1,
                    .slip = gift,
                    .cash = {seq - 1},
                    .claim = sha256(as_bytes(std::to_string(gift))),
                    .closed = "done"};
}

Result<void> fill(const Wanted& wanted) {
  asio::io_context loop;
  SystemWallClock clock;
  SystemRandom random;
  JournalOptions options;
  options.path = wanted.path;
  options.origin = wanted.origin;
  options.create = true;
  auto journal = SqliteJournal::open(loop.get_executor(), clock, random, std::move(options));
  if (!journal) return journal.error();
  Result<void> result;
  while (result && (*journal)->next_seq() < wanted.entries) {
    Append append;
    const Seq first = (*journal)->next_seq();
    const Seq end = std::min(wanted.entries, first + kTogether);
    for (Seq seq = first; seq < end; ++seq) append.bodies.push_back(body_at(seq, wanted.key));
    (*journal)->append(std::move(append), [&result](const Result<void>& done) { result = done; });
    loop.restart();
    loop.run();
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes a journal with many entries.");
  Wanted wanted;
  app.add_option("path", wanted.path, "the journal to make")->required();
  app.add_option("--origin", wanted.origin, "name of its log")->required();
  app.add_option("--key", wanted.key, "vkey of its log")->required();
  app.add_option("--entries", wanted.entries, "how many");
  CLI11_PARSE(app, argc, argv);
  const auto filled = fill(wanted);
  if (!filled) fmt::print(stderr, "fill_journal: {}\n", filled.error().message());
  return filled ? 0 : 1;
}
