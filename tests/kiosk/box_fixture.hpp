// A box with everything around it in memory: a journal whose commits the test releases, clocks that
// it sets, and what the box did to the world.
#pragma once

#include "kiosk/box.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/sim_clock.hpp"
#include "domain/pack.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "tests/support/fake_journal.hpp"

namespace yijuan::kiosk {

using namespace std::chrono_literals;
using domain::Scene;

inline constexpr auto kToday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 1);

struct FakeWall : WallClock {
  explicit FakeWall(Clock& monotonic) : clock(monotonic) {}
  [[nodiscard]] WallReading now() const override { return {kToday + uptime() + step, quality}; }
  [[nodiscard]] std::string boot_id() const override { return "0123456789abcdef"; }
  [[nodiscard]] Uptime uptime() const override {
    return std::chrono::floor<std::chrono::milliseconds>(clock.now());
  }
  Clock& clock;
  std::chrono::milliseconds step{0};
  ClockQuality quality = ClockQuality::ntp;
};

struct Output : BoxOutput {
  void present(const domain::View& shown) override {
    view = shown;
    ++presents;
  }
  void print(Seq gift, std::uint32_t copy) override {
    prints.push_back(fmt::format("{}.{}", gift, copy));
  }
  void accept(bool wanted) override { accepts.push_back(wanted); }
  void decide(const std::string& device, int counter, NoteVerdict verdict) override {
    verdicts.push_back(
        fmt::format("{} {} {}", device, counter, verdict == NoteVerdict::stack ? "stack" : "back"));
  }
  void durable() override {}
  void failed(const Error& error) override { failure = error.message(); }

  std::optional<domain::View> view;
  int presents = 0;
  std::vector<std::string> prints;
  std::vector<bool> accepts;
  std::vector<std::string> verdicts;
  std::string failure;
};

inline domain::CampaignPack sample_pack() {
  auto text = read_file(YIJUAN_SAMPLE_PACK, domain::kLargestPack);
  EXPECT_TRUE(text);
  auto pack = domain::parse_pack(*text);
  EXPECT_TRUE(pack) << pack.error().message();
  pack->hash[0] = 1;
  return *pack;
}

class BoxTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context, 1s};
  FakeWall wall{clock};
  test::FakeJournal journal;
  Output out;
  domain::CampaignPack pack = sample_pack();
  std::optional<Box> box;
  int counter = 0;

  // A box whose pack is in its dates, ready at idle.
  Box& ready(History history = {}, bool clean = true) {
    journal.now = wall.now();
    box.emplace(Box::World{context.get_executor(), journal, clock, wall, out},
                Box::Identity{pack.boxes.begin()->first, "ledger.example/box/b/00000000", "vkey",
                              Bytes(32, 7)},
                std::move(history));
    box->offer_pack(pack);
    box->start(clean);
    journal.commit_all();
    return *box;
  }

  CashReport coin(std::int64_t fen) {
    ++counter;
    return {.mark = {"coin", "1", counter, false},
            .events = {CashAccepted{counter, 1, Fen(fen)}},
            .lost = std::nullopt};
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& kept : journal.entries) {
      if (const auto* body = std::get_if<T>(&kept.body)) found.push_back(*body);
    }
    return found;
  }
};

}  // namespace yijuan::kiosk
