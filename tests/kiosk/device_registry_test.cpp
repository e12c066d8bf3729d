#include "kiosk/device_registry.hpp"

#include <gtest/gtest.h>

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

class DeviceRegistryTest : public testing::Test {
 protected:
  DeviceRegistry registry;

  DeviceRegistryTest() {
    registry.add("coin", "cctalk", "serial:/dev/kiosk/coin");
    registry.add("note", "none", "");
  }
  static DeviceFound found(std::string device, std::string serial) {
    return {std::move(device), "YJ", "unit", std::move(serial), "1.0"};
  }
  [[nodiscard]] const DeviceRow& coin() const { return *registry.row("coin"); }
};

TEST_F(DeviceRegistryTest, BeforeAnythingIsHeardADeviceNeitherWorksNorFails) {
  ASSERT_EQ(registry.rows().size(), 2U);
  EXPECT_FALSE(coin().state);
  EXPECT_FALSE(coin().works());
  EXPECT_TRUE(coin().configured());
  EXPECT_FALSE(registry.row("note")->configured());
  EXPECT_EQ(registry.row("printer"), nullptr);
}

TEST_F(DeviceRegistryTest, AStateToldAgainKeepsItsSince) {
  registry.hear(DeviceState{"coin", "offline", "no answer"}, Instant(5s));
  registry.hear(DeviceState{"coin", "offline", "no answer at all"}, Instant(9s));
  EXPECT_EQ(coin().since, Instant(5s));
  EXPECT_EQ(coin().state->text, "no answer at all");
  EXPECT_EQ(coin().failures, 1U);
  registry.hear(DeviceState{"coin", "", ""}, Instant(20s));
  EXPECT_EQ(coin().since, Instant(20s));
  EXPECT_TRUE(coin().works());
  registry.hear_state({"coin", "table mismatch", "position 1"}, Instant(30s));
  EXPECT_EQ(coin().failures, 2U);
}

TEST_F(DeviceRegistryTest, FactsOfDevicesThatAreNotConfiguredChangeNothing) {
  registry.hear(DeviceState{"printer", "paper out", "no paper"}, Instant(1s));
  registry.hear(found("printer", "1"), Instant(1s));
  registry.hear(DeviceCounters{"printer", {{"slips", 3}}}, Instant(1s));
  CashReport report;
  report.mark.device = "coins";
  report.events = {CashAccepted{1, 1, Fen(100)}};
  registry.hear(report, Instant(1s));
  EXPECT_EQ(registry.rows().size(), 2U);
}

TEST_F(DeviceRegistryTest, MoneyIsCountedByPiecesAndSum) {
  CashReport report;
  report.mark.device = "coin";
  report.events = {CashAccepted{1, 1, Fen(100)}, CashAccepted{2, 2, Fen(50)},
                   CashReturned{1, "reject coin"}, CashReturned{13, "validation sensor not ready"}};
  registry.hear(report, Instant(1s));
  EXPECT_EQ(coin().pieces, 2U);
  EXPECT_EQ(coin().sum, Fen(150));
  EXPECT_EQ(coin().refused, 2U);
}

TEST_F(DeviceRegistryTest, WhatMayLieInTheBoxIsNotRefused) {
  CashReport report;
  report.mark.device = "coin";
  report.events = {NoteUnclear{"a jam"},
                   CashReturned{20, "coin on a string", /*returned=*/false, /*alarm=*/true},
                   CashReturned{0, "took a coin not in the table", false, true},
                   CashReturned{5, "validation timeout", false}};
  registry.hear(report, Instant(1s));
  EXPECT_EQ(coin().pieces, 0U);
  EXPECT_EQ(coin().refused, 0U);
}

TEST_F(DeviceRegistryTest, AnotherDevicesTotalsAreForgotten) {
  registry.hear(found("coin", "1"), Instant(1s));
  registry.hear(DeviceCounters{"coin", {{"accepted", 900}}}, Instant(1s));
  registry.hear(found("coin", "1"), Instant(2s));
  EXPECT_EQ(coin().counters.size(), 1U);
  registry.hear(found("coin", "2"), Instant(3s));
  EXPECT_TRUE(coin().counters.empty());
}

TEST_F(DeviceRegistryTest, ContactsKeepSinceWhenTheyAreAsTheyAre) {
  registry.hear(ContactChanged{"door", false}, Instant(1s));
  registry.hear(ContactChanged{"door", true}, Instant(4s));
  registry.hear(ContactChanged{"door", true}, Instant(6s));
  registry.hear(BoardReadings{false, 80, std::nullopt}, Instant(7s));
  EXPECT_TRUE(registry.contacts().at("door").active);
  EXPECT_EQ(registry.contacts().at("door").since, Instant(4s));
  EXPECT_EQ(registry.board().battery_percent, 80);
}

}  // namespace
}  // namespace yijuan::kiosk
