#include "sync/heartbeat.hpp"

#include <gtest/gtest.h>

#include "sync/errc.hpp"

namespace yijuan::sync {
namespace {

Heartbeat full() {
  Heartbeat heartbeat;
  heartbeat.version = "0.1.0";
  heartbeat.origin = "ledger.example.org/box/market-01/0123abcd";
  heartbeat.head = 100;
  heartbeat.cosigned = 90;
  heartbeat.unsynced = 4;
  heartbeat.unsynced_sum = Fen(350);
  heartbeat.open = true;
  heartbeat.devices = {{"coin", "", ""}, {"printer", "paper out", "没有纸"}};
  heartbeat.counters = {{"coin", "accepted", 12}, {"coin", "fraud", 1}};
  heartbeat.paper = "out";
  heartbeat.mains = false;
  heartbeat.battery_percent = 77;
  heartbeat.signal_percent = 40;
  heartbeat.pack = 3;
  heartbeat.clock = {parse_rfc3339("2026-10-17T01:02:03.004Z").value(), ClockQuality::ntp};
  heartbeat.up = Uptime(12345);
  heartbeat.alarm = "示例";
  return heartbeat;
}

TEST(Heartbeat, ArrivesAsSent) {
  EXPECT_EQ(parse_heartbeat(write_heartbeat(full())).value(), full());
  Heartbeat bare;
  bare.origin = full().origin;
  EXPECT_EQ(parse_heartbeat(write_heartbeat(bare)).value(), bare);
}

TEST(Heartbeat, TimeAndCoinsAreNoReasonToSendItEarly) {
  Heartbeat later = full();
  later.clock.time += std::chrono::seconds(60);
  later.up += std::chrono::seconds(60);
  later.head += 2;
  later.unsynced_sum += Fen(100);
  later.counters[0].count += 1;
  EXPECT_TRUE(later.same_state(full()));
  later.paper = "ok";
  EXPECT_FALSE(later.same_state(full()));
}

TEST(Heartbeat, LongTextsAreCutBetweenCharacters) {
  Heartbeat heartbeat = full();
  heartbeat.alarm.clear();
  for (int i = 0; i < 200; ++i) heartbeat.alarm += "纸";
  heartbeat.devices.assign(100, {"coin", "offline", heartbeat.alarm});
  const std::string text = write_heartbeat(heartbeat);
  EXPECT_LE(text.size(), kLongestHeartbeat);
  const Heartbeat read = parse_heartbeat(text).value();
  EXPECT_EQ(read.alarm.size(), 240U);
  EXPECT_EQ(read.devices.size(), 32U);
}

TEST(Heartbeat, DeviceNoiseStillMakesAHeartbeatThatTheLedgerCanRead) {
  Heartbeat heartbeat = full();
  heartbeat.devices[0].text = "serial \xff\xfe\x01 \xe7";
  EXPECT_TRUE(parse_heartbeat(write_heartbeat(heartbeat)).has_value());
}

TEST(Heartbeat, NonsenseNamesTheFirstWrongKey) {
  const std::string good = write_heartbeat(full());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse_heartbeat(text);
  };
  EXPECT_TRUE(with("\"open\":true", "\"open\":false,\"new_key\":[1]").has_value());
  EXPECT_EQ(with("\"head\":100", "\"head\":-1").error().detail(), "head");
  EXPECT_EQ(with("\"head\":100", "\"head\":1.5").error().detail(), "head");
  EXPECT_EQ(with("\"head\":100", "\"head\":80").error().detail(), "cosigned");
  EXPECT_EQ(with("\"open\":true", "\"open\":1").error().detail(), "open");
  EXPECT_EQ(with("\"signal\":40", "\"signal\":101").error().detail(), "signal");
  EXPECT_EQ(with("\"battery\":77", "\"battery\":101").error().detail(), "battery");
  EXPECT_TRUE(with(",\"battery\":77", "").has_value());  // of an older box
  EXPECT_EQ(with("\"q\":\"ntp\"", "\"q\":\"sure\"").error().detail(), "q");
  EXPECT_EQ(with("/box/", "/").error().detail(), "origin");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_heartbeat(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(parse_heartbeat(std::string(kLongestHeartbeat + 1, ' ')).has_value());
  EXPECT_FALSE(parse_heartbeat(std::string(1000, '[')).has_value());
}

}  // namespace
}  // namespace yijuan::sync
