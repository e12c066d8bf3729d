// An office's log over the store of a LedgerFixture, and a clock that tests turn.
#pragma once

#include "ledger/office/office_log.hpp"
#include "tests/ledger/ledger_fixture.hpp"
#include "tests/support/seeded_random.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::ledger {

class OfficeClock : public WallClock {
 public:
  WallTime time = *parse_rfc3339("2026-10-17T09:00:00.000Z");
  [[nodiscard]] WallReading now() const override { return {time, ClockQuality::ntp}; }
  [[nodiscard]] std::string boot_id() const override { return "0123456789abcdef"; }
  [[nodiscard]] Uptime uptime() const override { return Uptime(1); }
};

class OfficeFixture : public LedgerFixture {
 protected:
  OfficeFixture() { office.emplace(parts(*store)); }

  OfficeLog::Parts parts(LedgerStore& over) {
    return {.store = over, .key = key, .cosigner = cosigner, .clock = clock, .random = random};
  }
  // Another daemon on the same store.
  std::unique_ptr<OfficeLog> another() {
    auto made = std::make_unique<OfficeLog>(parts(*store));
    EXPECT_TRUE(made->start().has_value());
    return made;
  }
  static tlog::Digest digest(int day) {
    return {.day = "2026-11-" + std::to_string(10 + day), .logs = 1, .hash = {}};
  }
  OfficeWritten write(OfficeLog& into, int day) {
    const tlog::Body body(digest(day));
    auto written = into.append({&body, 1});
    EXPECT_TRUE(written.has_value()) << written.error().message();
    return *std::move(written);
  }
  Error refused(OfficeLog& into) {
    const tlog::Body body(digest(0));
    const auto written = into.append({&body, 1});
    EXPECT_FALSE(written.has_value());
    return written ? Error(LedgerErrc::bad_argument) : written.error();
  }
  LogState stored(std::uint64_t number = 1) { return **store->log(key.origin(number)); }
  std::string note() { return stored().note; }
  tlog::Entry entry(std::uint64_t number, Seq seq) {
    return *tlog::parse_line(store->lines(key.origin(number), seq, 1)->at(0));
  }

  OfficeKey key{"ledger.example", tlog::Seed{5}};
  OfficeClock clock;
  test::SeededRandom random{7};
  std::optional<OfficeLog> office;
};

}  // namespace yijuan::ledger
