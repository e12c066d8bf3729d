// fill_journal: makes a journal as a box has it after years: cash and the gifts that close it, with
// their slips if wanted. For benches that need a long log and cannot wait for the coins.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
  bool slips = false;
  std::uint64_t days = 0;

  [[nodiscard]] std::uint64_t together() const { return slips ? 3 : 2; }
  /// Of seq 2 and after: 0 cash, 1 its gift, 2 the gift's slip.
  [[nodiscard]] std::uint64_t part(Seq seq) const { return (seq - 2) % together(); }
};

constexpr std::uint64_t kTogether = 1000;

const tlog::Terms kTerms{
    .activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};

// Donors come a few seconds apart, never evenly: times are part of what is packed and sent. Begins
// long ago, so that the newest entry is not ahead of the real clock.
class DonorsClock : public WallClock {
 public:
  /// Begins that many days ago; 0: in 2020.
  explicit DonorsClock(std::uint64_t days) {
    if (days > 0) start_ = SystemWallClock().now().time - std::chrono::days(days);
  }
  [[nodiscard]] WallReading now() const override {
    return {.time = start_ + passed_, .quality = ClockQuality::ntp};
  }
  [[nodiscard]] std::string boot_id() const override { return "0123456789abcdef"; }
  [[nodiscard]] Uptime uptime() const override { return passed_; }
  /// From `least` to `least + spread`, by chance.
  void pass(std::uint64_t least, std::uint64_t spread) {
    chance_ = chance_ * 6364136223846793005U + 1442695040888963407U;
    passed_ += std::chrono::milliseconds(least + (chance_ >> 33U) % spread);
  }

 private:
  WallTime start_ = *parse_rfc3339("2020-01-01T00:00:00.000Z");
  Uptime passed_{std::chrono::minutes(1)};
  std::uint64_t chance_ = 7;
};

// Entry `seq`: the epoch, a boot, then cash, its gift and its slip (or no slip) in turn.
tlog::Body body_at(Seq seq, const Wanted& wanted) {
  if (seq == 0) return tlog::Epoch{.key = wanted.key, .previous = {}, .why = "first"};
  if (seq == 1) return tlog::Boot{.version = YIJUAN_VERSION, .clean = false};
  const std::uint64_t gift = (seq - 2) / wanted.together() + 1;
  const std::uint64_t part = wanted.part(seq);
  if (part == 2) return tlog::Slip{seq - 1, 1, tlog::SlipOutcome::printed, ""};
  if (part == 0) {
    return tlog::Cash{.device = "coin",
                      .serial = "480123",
                      .counter = static_cast<int>(gift % 255) + 1,
                      .amount = yuan(1),
                      .session = gift,
                      .terms = kTerms,
                      .purpose = tlog::Purpose::gift};
  }
  return tlog::Gift{.terms = kTerms,
                    .channel = tlog::Channel::cash,
                    .amount = yuan(1),
                    .campaign = "sample-2026",
                    .people = 1,
                    .slip = gift,
                    .cash = {seq - 1},
                    .claim = sha256(as_bytes(std::to_string(gift))),
                    .closed = "done"};
}

Result<void> fill(const Wanted& wanted) {
  asio::io_context loop;
  DonorsClock clock(wanted.days);
  SystemRandom random;
  JournalOptions options;
  options.path = wanted.path;
  options.origin = wanted.origin;
  options.create = true;
  auto journal = SqliteJournal::open(loop.get_executor(), clock, random, std::move(options));
  if (!journal) return journal.error();
  Result<void> result;
  const std::uint64_t step = wanted.days * 86'400'000 / std::max<std::uint64_t>(wanted.entries, 1);
  while (result && (*journal)->next_seq() < wanted.entries) {
    const Seq first = (*journal)->next_seq();
    const Seq end = std::min(wanted.entries, first + kTogether);
    for (Seq seq = first; seq < end; ++seq) {
      if (wanted.days > 0) {
        clock.pass(step, 1);
      } else if (seq >= 2 && wanted.part(seq) == 0) {
        clock.pass(500, 9000);
      } else if (seq >= 2 && wanted.part(seq) == 2) {
        clock.pass(1800, 200);
      }
      (*journal)->append({.bodies = {body_at(seq, wanted)}, .marks = {}},
                         [&result](const Result<void>& done) {
                           if (!done) result = done;
                         });
    }
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
  app.add_flag("--slips", wanted.slips, "a slip after every gift");
  app.add_option(
      "--days", wanted.days,
      "spread evenly from so many days ago until now; else as donors come, from 2020 on");
  CLI11_PARSE(app, argc, argv);
  const auto filled = fill(wanted);
  if (!filled) fmt::print(stderr, "fill_journal: {}\n", filled.error().message());
  return filled ? 0 : 1;
}
