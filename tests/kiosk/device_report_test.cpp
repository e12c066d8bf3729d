#include "kiosk/device_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/device_advice.hpp"
#include "kiosk/device_table.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class DeviceReportTest : public testing::Test {
 protected:
  DeviceRegistry registry;
  domain::DeviceHealth health;

  DeviceReportTest() {
    registry.add("coin", "cctalk", "serial:/dev/kiosk/coin");
    registry.add("note", "none", "");
    registry.add("printer", "escpos", "usb:");
  }
  [[nodiscard]] boost::json::object report(Instant now = Instant(100s)) const {
    return make_devices_report(
        {.registry = registry, .health = health, .now = now, .open = [](std::string_view name) {
           return name == "coin";
         }});
  }
  [[nodiscard]] std::string table(Instant now = Instant(100s)) const {
    return device_table(report(now));
  }
};

TEST_F(DeviceReportTest, ADeviceThatDoesNotWorkSaysWhatIsWrongAndWhatToDo) {
  registry.hear_state({"printer", "the printer has no paper", "no paper"}, Instant(40s));
  EXPECT_THAT(table(), HasSubstr("printer   DOES NOT WORK, since 1 min: no paper\n"));
  EXPECT_THAT(table(), HasSubstr("do: check paper, cover"));
}

TEST_F(DeviceReportTest, ANewAcceptorIsShownWithAllThatItSaid) {
  registry.hear(DeviceFound{"coin", "YJ", "Coin Acceptor", "77", "1.2", "no recovery: one pulse"},
                Instant(1s));
  registry.hear(DeviceState{"coin", "", ""}, Instant(1s));
  registry.hear(DeviceCounters{"coin", {{"accepted", 12}, {"fraud", 1}}}, Instant(2s));
  const std::string text = table(Instant(2h + 61s));
  EXPECT_THAT(text, HasSubstr("coin      works, since 2 h 1 min\n"));
  EXPECT_THAT(text, HasSubstr("driver cctalk on serial:/dev/kiosk/coin\n"));
  EXPECT_THAT(text, HasSubstr("YJ Coin Acceptor, serial 77, firmware 1.2\n"));
  EXPECT_THAT(text, HasSubstr("limits: no recovery: one pulse\n"));
  EXPECT_THAT(text, HasSubstr("open for money; since kioskd's start 0 pieces, 0.00 yuan"));
  EXPECT_THAT(text, HasSubstr("its own counters: accepted 12, fraud 1\n"));
}

TEST_F(DeviceReportTest, ScannerTouchAndBoardAreFaultsWithAdvice) {
  for (const char* device : {"scanner", "touch", "board"}) {
    registry.add(device, "a driver", "/dev/kiosk/x");
    registry.hear(DeviceState{device, "offline", "it is not there"}, Instant(90s));
  }
  EXPECT_THAT(table(), HasSubstr("scanner   DOES NOT WORK, since 10 s: it is not there\n"));
  EXPECT_THAT(table(), HasSubstr("do: check the scanner's cable"));
  EXPECT_THAT(table(), HasSubstr("do: check the touch panel's cable"));
  EXPECT_THAT(table(), HasSubstr("do: mains, battery or signal cannot be read"));
  registry.hear(DeviceFound{"touch", "", "ILI 2510", "", ""}, Instant(95s));
  EXPECT_THAT(table(), HasSubstr("\n          ILI 2510\n"));
}

TEST_F(DeviceReportTest, NoneAndNotHeardAreNotFaults) {
  EXPECT_THAT(table(), HasSubstr("note      none configured\n"));
  EXPECT_THAT(table(), HasSubstr("coin      configured; says nothing"));
  EXPECT_THAT(table(), Not(HasSubstr("do:")));
}

TEST_F(DeviceReportTest, WhatIsToldBesideADeviceStandsWithIt) {
  registry.hear_state({"coin", "", ""}, Instant(1s));
  health.report("coin-table", "table mismatch", "position 2 is CN050B");
  health.report("coins", "other", "no section's");
  EXPECT_THAT(table(), HasSubstr("coin-table: position 2 is CN050B\n"));
  EXPECT_THAT(table(), HasSubstr("positions that agree go on working"));
  EXPECT_THAT(table(), Not(HasSubstr("no section's")));
}

TEST_F(DeviceReportTest, ContactsAndPowerAreInWords) {
  registry.hear(ContactChanged{"door", true}, Instant(90s));
  registry.hear(ContactChanged{"mains", true}, Instant(95s));
  registry.hear(BoardReadings{false, 80, 40}, Instant(95s));
  EXPECT_THAT(table(), HasSubstr("contacts  door: OPEN, since 10 s\n"));
  EXPECT_THAT(table(), HasSubstr("mains: LOST: on battery, since 5 s\n"));
  EXPECT_THAT(table(), HasSubstr("power     NO MAINS: on battery, battery 80 %, signal 40 %\n"));
}

TEST_F(DeviceReportTest, AnAnswerOfAnotherVersionIsNoCrash) {
  EXPECT_EQ(device_table({}), "");
  EXPECT_EQ(device_table({{"devices", 7}, {"contacts", {1, 2}}}), "");
}

TEST(DeviceAdviceTest, EveryDeviceHasSomethingToDoForAnyFault) {
  for (const char* device :
       {"coin", "note", "printer", "door", "board", "scanner", "display", "touch"}) {
    EXPECT_NE(advice(device, "some new fault"), "") << device;
    EXPECT_THAT(std::string(advice(device, "restarting")), HasSubstr("power again")) << device;
  }
  EXPECT_EQ(advice("coffee", "cold"), "");
  EXPECT_NE(advice("coin", "offline"), advice("coin", "jam"));
}

}  // namespace
}  // namespace yijuan::kiosk
