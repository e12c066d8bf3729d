#include "tools/fleet/scenarios.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace yijuan::fleet {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr std::uint64_t kMegabyte = 1'000'000;

class StopWatch {
 public:
  [[nodiscard]] double seconds() const {
    return Seconds(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Donors at every box, one after the other, at intervals of chance.
class Donors {
 public:
  Donors(Fleet& fleet, std::chrono::nanoseconds think) : fleet_(fleet), think_(think) {
    for (std::size_t i = 0; i < fleet_.boxes().size(); ++i) {
      next_.push_back(fleet_.pace().now() + pause());
    }
  }
  void come() {
    const Instant now = fleet_.pace().now();
    for (std::size_t i = 0; i < next_.size(); ++i) {
      for (; next_[i] <= now; next_[i] += pause()) fleet_.boxes()[i]->give();
    }
  }

 private:
  Instant pause() {
    constexpr std::uint64_t kSteps = 1'000'000;
    const double chance = static_cast<double>(fleet_.random().below(kSteps) + 1) / kSteps;
    return Instant(
        static_cast<std::int64_t>(-std::log(chance) * static_cast<double>(think_.count())));
  }

  Fleet& fleet_;
  std::chrono::nanoseconds think_;
  std::vector<Instant> next_;
};

/// Of ledgerd, however many boxes there are: what it is by itself, SQLite's two caches of 64 MB and
/// 10,000 sessions of TLS, then each connection and each batch with its entries.
std::uint64_t memory_bound(const ShippedLedger::Options& ledger) {
  constexpr std::uint64_t kItself = 220 * kMegabyte;
  return kItself + ledger.connections * kMegabyte / 8 + ledger.batches_in_hand * 2 * kMegabyte;
}

float quantile(std::vector<float> values, double part) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

void print_tally(const Tally& tally) {
  fmt::print("requests {}, answered {}, refused {}", tally.requests, tally.answered,
             tally.refused());
  for (const auto& [status, count] : tally.other) fmt::print(", {} x {}", count, status);
  for (const auto& [why, count] : tally.failed) fmt::print(", {} x {}", count, why);
  fmt::print("\nanswer took p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms\n",
             quantile(tally.milliseconds, 0.5), quantile(tally.milliseconds, 0.99),
             quantile(tally.milliseconds, 1));
}

/// From begin() on, until all are in sync.
void come_together(Fleet& fleet, const std::string& what, Wrong& wrong) {
  const StopWatch watch;
  const bool heard = fleet.live(what, [&] { return fleet.all_in_sync(); });
  fmt::print(
      "{}: {} of {} in sync after {:.2f} s, at most {} sockets, a box asked in vain at most {} "
      "times in a row (bound {})\n",
      what, fleet.in_sync(), fleet.boxes().size(), watch.seconds(), fleet.peak_sockets(),
      fleet.tally().most_tries, fleet.most_tries());
  if (!heard) wrong.push_back(what + ": a box starves");
}

void first_contact(Fleet& fleet, Wrong& wrong) {
  fleet.ledger().start();
  fleet.begin();
  fleet.start_boxes();
  come_together(fleet, "first contact", wrong);
}

}  // namespace

Wrong storm(Fleet& fleet, const Plan& plan) {
  Wrong wrong;
  for (const auto& box : fleet.boxes()) box->give();
  first_contact(fleet, wrong);
  fleet.ledger().kill();
  const Instant end = fleet.pace().now() + plan.outage;
  for (const auto& box : fleet.boxes()) box->give();
  Donors donors(fleet, plan.outage / 2);
  fleet.live("outage", [&] { return fleet.pace().now() >= end; }, [&] { donors.come(); }, true);
  fmt::print(
      "outage of {} s: {}\n", plan.outage.count(),
      fmt::format("{} requests without an answer",
                  fleet.tally().requests - fleet.tally().answered - fleet.tally().refused()));
  fleet.ledger().start();
  fleet.begin();
  come_together(fleet, "back again", wrong);
  return wrong;
}

Wrong day(Fleet& fleet, const Plan& plan) {
  Wrong wrong;
  first_contact(fleet, wrong);
  const auto length = std::chrono::duration_cast<Instant>(Seconds(plan.hours * 3600));
  const Instant end = fleet.pace().now() + length;
  const StopWatch watch;
  Donors donors(fleet, plan.think);
  const auto busy = fleet.ledger().processor_time();
  const bool heard =
      fleet.live("day", [&] { return fleet.pace().now() >= end; }, [&] { donors.come(); });
  if (!heard) wrong.emplace_back("day: a box starves");
  const Seconds took = fleet.ledger().processor_time() - busy;
  fmt::print("{} hours, {} times faster: {} gifts, ledgerd took {:.0f} % of a core\n", plan.hours,
             fleet.options().faster, fleet.tally().gifts, took.count() * 100 / watch.seconds());
  fleet.begin();
  come_together(fleet, "evening", wrong);
  return wrong;
}

Wrong slow_store(Fleet& fleet, const Plan& /*plan*/) {
  Wrong wrong;
  constexpr int kCoins = 3;
  for (const auto& box : fleet.boxes()) {
    for (int i = 0; i < kCoins; ++i) box->give();
  }
  first_contact(fleet, wrong);
  if (fleet.tally().refused() == 0) wrong.emplace_back("nobody was told to come back: not slow");
  return wrong;
}

Wrong reckon(Fleet& fleet, const Plan& plan) {
  Wrong wrong;
  const Tally& tally = fleet.tally();
  print_tally(tally);
  const std::uint64_t peak = fleet.ledger().memory_peak();
  const std::uint64_t bound = plan.memory > 0 ? plan.memory : memory_bound(fleet.options().ledger);
  fmt::print("ledgerd took at most {} MB (bound {} MB)\n", peak / kMegabyte, bound / kMegabyte);
  if (peak > bound) wrong.emplace_back("ledgerd took more memory than its bound");
  if (tally.early > 0)
    wrong.push_back(fmt::format("{} times Retry-After was not obeyed", tally.early));
  if (tally.undated > 0)
    wrong.push_back(fmt::format("{} refusals without Retry-After", tally.undated));
  if (!fleet.all_in_sync()) wrong.emplace_back("not all boxes are in sync");
  for (const auto& box : fleet.boxes()) {
    if (!box->alarm().empty()) wrong.push_back(box->id() + ": " + box->alarm());
  }
  const Given given = fleet.ledger().given();
  fmt::print("gifts given {}, counted {}; fen given {}, counted {}\n", tally.gifts, given.gifts,
             tally.sum.count(), given.sum.count());
  if (given.gifts != tally.gifts || given.sum != tally.sum) {
    wrong.emplace_back("not every gift is counted once");
  }
  fmt::print("ledgerctl verify: {}", fleet.ledger().ctl("verify"));
  fleet.ledger().check_running();
  return wrong;
}

}  // namespace yijuan::fleet
