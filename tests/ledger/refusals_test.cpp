// What is refused is told once, whoever repeats it however often.
#include "ledger/refusals.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "async/errc.hpp"
#include "net/errc.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;

class RefusalsTest : public ::testing::Test {
 protected:
  Refusal refusal(const std::string& box, const std::string& code, const std::string& text) const {
    return {.what = {.box = box,
                     .origin = "",
                     .code = code,
                     .text = text,
                     .evidence = "",
                     .first = now,
                     .last = now}};
  }
  WallTime now = *parse_rfc3339("2026-10-17T08:00:00.000Z");
  Refusals refusals;
};

TEST_F(RefusalsTest, TheFirstOfAKindIsToldAndAThousandMoreAreOneLineAnHourLater) {
  EXPECT_TRUE(refusals.tell(refusal("market-01", "revoked", "first")));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(refusals.tell(refusal("market-01", "revoked", "again " + std::to_string(i))));
  }
  now += 59min;
  EXPECT_TRUE(refusals.repeated(now).empty());
  now += 1min;
  const auto again = refusals.repeated(now);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].what.count, 1000U);
  EXPECT_EQ(again[0].what.text, "again 999");
  EXPECT_TRUE(refusals.repeated(now).empty());
}

TEST_F(RefusalsTest, BoxesLogsAndWordsAreKindsOfTheirOwnAndTextsAreNot) {
  EXPECT_TRUE(refusals.tell(refusal("market-01", "revoked", "")));
  EXPECT_TRUE(refusals.tell(refusal("market-02", "revoked", "")));
  EXPECT_TRUE(refusals.tell(refusal("market-01", "slow", "")));
  Refusal of_log = refusal("market-01", "revoked", "");
  of_log.what.origin = "ledger.example/box/market-01/01234567";
  EXPECT_TRUE(refusals.tell(of_log));
  EXPECT_FALSE(refusals.tell(refusal("market-02", "revoked", "in other words")));
  EXPECT_EQ(refusals.kinds(), 4U);
}

TEST_F(RefusalsTest, WhatDidNotComeAgainIsForgottenAndNewsTheNextTime) {
  EXPECT_TRUE(refusals.tell(refusal("market-01", "slow", "")));
  now += kRefusalInterval;
  EXPECT_TRUE(refusals.repeated(now).empty());
  EXPECT_EQ(refusals.kinds(), 0U);
  EXPECT_TRUE(refusals.tell(refusal("market-01", "slow", "")));
}

TEST_F(RefusalsTest, AStopTellsWhatWasCounted) {
  refusals.tell(refusal("market-01", "revoked", ""));
  refusals.tell(refusal("market-01", "revoked", ""));
  const auto again = refusals.repeated(now, true);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].what.count, 1U);
}

TEST_F(RefusalsTest, AClockThatWasSetBackSilencesNothing) {
  refusals.tell(refusal("market-01", "revoked", ""));
  refusals.tell(refusal("market-01", "revoked", ""));
  now -= 24h * 365;
  EXPECT_EQ(refusals.repeated(now).size(), 1U);
}

TEST_F(RefusalsTest, AStrangersLineIsOneLine) {
  const Refusal foul = refusal("", "status-404", "GET /\n<3>ledgerd: all is well\033[2J");
  ::testing::internal::CaptureStderr();
  refusals.tell(foul);
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_EQ(line.find('\033'), std::string::npos);
  EXPECT_NE(line.find("stranger"), std::string::npos) << line;
}

TEST_F(RefusalsTest, OfConnectionsOnlyACertificateIsAnAlarm) {
  const net::Peer nobody{"", "192.0.2.7:50312", {}};
  const net::Peer box{"market-01", "192.0.2.7:50312", {}};
  const auto code = [&](const net::Peer& peer, const Error& why) {
    const Refusal refused = refused_connection(peer, why, now);
    EXPECT_EQ(refused.what.box, peer.box);
    EXPECT_NE(refused.what.text.find("192.0.2.7"), std::string::npos);
    return refused.what.code + (refused.matters ? "!" : "");
  };
  EXPECT_EQ(code(nobody, Error(NetErrc::untrusted, "self-signed certificate")), "certificate!");
  EXPECT_EQ(code(box, Error(NetErrc::untrusted, "certificate has expired")), "certificate!");
  EXPECT_EQ(code(nobody, NetErrc::bad_message), "handshake");
  EXPECT_EQ(code(box, NetErrc::bad_message), "garbled");
  EXPECT_EQ(code(box, NetErrc::too_large), "too-large");
  EXPECT_EQ(code(nobody, AsyncErrc::timed_out), "slow");
  EXPECT_EQ(code(nobody, AsyncErrc::timed_out), "slow");
}

}  // namespace
}  // namespace yijuan::ledger
