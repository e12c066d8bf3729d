#include "drivers/cctalk/protocol.hpp"

#include <gtest/gtest.h>

#include <set>

#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

CreditBuffer buffer(int counter, std::array<RawEvent, 5> newest_first = {}) {
  return {.counter = counter, .newest_first = newest_first};
}

struct Row {
  int last, counter, readable, lost;
  bool restarted;
};
class EventCounter : public testing::TestWithParam<Row> {};

TEST_P(EventCounter, TellsWhatIsNewAndWhatIsLost) {
  const Row& row = GetParam();
  const auto found = new_events(buffer(row.counter), row.last);
  EXPECT_EQ(static_cast<int>(found.events.size()), row.readable);
  EXPECT_EQ(found.lost, row.lost);
  EXPECT_EQ(found.restarted, row.restarted);
}

INSTANTIATE_TEST_SUITE_P(Specification, EventCounter,
                         testing::Values(Row{23, 23, 0, 0, false}, Row{102, 104, 2, 0, false},
                                         Row{255, 1, 1, 0, false}, Row{253, 3, 5, 0, false},
                                         Row{48, 54, 5, 1, false}, Row{12, 0, 0, 0, true},
                                         Row{0, 0, 0, 0, false}, Row{0, 1, 1, 0, false},
                                         Row{0, 5, 5, 0, false}, Row{0, 6, 5, 1, false},
                                         Row{255, 255, 0, 0, false}, Row{254, 1, 2, 0, false},
                                         Row{250, 1, 5, 1, false}, Row{2, 1, 5, 249, false}));

TEST(EventCounter, EveryPairOfCountersIsAccountedFor) {
  for (int last = 1; last <= 255; ++last) {
    for (int count = 0; count < 255; ++count) {
      const int counter = (last - 1 + count) % 255 + 1;
      const auto found = new_events(buffer(counter), last);
      ASSERT_EQ(static_cast<int>(found.events.size()) + found.lost, count);
    }
  }
}

TEST(EventCounter, EventsComeOldestFirstWithTheirCounters) {
  const auto found = new_events(
      buffer(2, {RawEvent{5, 1}, RawEvent{0, 1}, RawEvent{1, 5}, RawEvent{9, 9}, RawEvent{8, 8}}),
      254);
  const std::vector<CountedEvent> expected = {{255, {1, 5}}, {1, {0, 1}}, {2, {5, 1}}};
  EXPECT_EQ(found.events, expected);
}

TEST(CreditBuffer, ReadsAPublishedReply) {
  const auto read = CreditBuffer::parse(from_hex("0606040014001706040d02").value());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->counter, 6);
  EXPECT_EQ(read->newest_first[0], (RawEvent{6, 4}));
  EXPECT_EQ(read->newest_first[1], (RawEvent{0, 20}));
  EXPECT_EQ(read->newest_first[4], (RawEvent{13, 2}));
}

TEST(CreditBuffer, AnotherLengthIsNoReply) {
  EXPECT_FALSE(CreditBuffer::parse({}));
  EXPECT_FALSE(CreditBuffer::parse(Bytes(10)));
  EXPECT_FALSE(CreditBuffer::parse(Bytes(12)));
}

TEST(Reply, OnlyTheAskedDeviceIsHeard) {
  Frame frame{.destination = 1, .source = 2, .header = 0, .data = {7}};
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).value(), Bytes{7});
  frame.source = 3;
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).error(), CctalkErrc::bad_reply);
  EXPECT_TRUE(read_reply(frame, 2, Checksum::crc16));
  frame = {.destination = 40, .source = 2, .header = 0, .data = {}};
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).error(), CctalkErrc::bad_reply);
}

TEST(Reply, NakAndBusyAreAnswersToo) {
  Frame frame{.destination = 1, .source = 2, .header = 5, .data = {}};
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).error(), CctalkErrc::not_supported);
  frame.header = 6;
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).error(), CctalkErrc::busy);
  frame.header = 229;  // somebody's request, heard
  EXPECT_EQ(read_reply(frame, 2, Checksum::simple).error(), CctalkErrc::bad_reply);
}

TEST(CoinId, ReadsEveryFormOfAValue) {
  const auto thousandths = [](std::string_view value) {
    const auto id = CoinId::parse("CN" + std::string(value) + "A");
    return id ? id->thousandths : -1;
  };
  EXPECT_EQ(thousandths("100"), 100'000);
  EXPECT_EQ(thousandths("050"), 50'000);
  EXPECT_EQ(thousandths("000"), 0);
  EXPECT_EQ(thousandths("5m0"), 5);
  EXPECT_EQ(thousandths("10m"), 10);
  EXPECT_EQ(thousandths(".01"), 10);
  EXPECT_EQ(thousandths("25m"), 25);
  EXPECT_EQ(thousandths(".25"), 250);
  EXPECT_EQ(thousandths("2.5"), 2'500);
  EXPECT_EQ(thousandths("1K0"), 1'000'000);
  EXPECT_EQ(thousandths("2K5"), 2'500'000);
  EXPECT_EQ(thousandths("10K"), 10'000'000);
  EXPECT_EQ(thousandths("M10"), 100'000'000);
  EXPECT_EQ(thousandths("1M0"), 1'000'000'000);
  EXPECT_EQ(thousandths("G10"), 100'000'000'000);
}

TEST(CoinId, WhatIsNoIdIsNothing) {
  for (const auto* const text : {"......", "", "CN100", "CN100AA", "cn100A", "CN1 0A", "CN1..A",
                                 "Token ", "CN100a", "5N100A", "CNMMMA", "CN5m5A"}) {
    EXPECT_FALSE(CoinId::parse(text)) << text;
  }
  EXPECT_EQ(CoinId::parse("TK000A")->country, "TK");
  EXPECT_EQ(CoinId::parse("CN100B")->issue, 'B');
}

TEST(ErrorCode, TheClassesOfTheSpecification) {
  const std::set<int> benign = {0, 1, 2, 3, 8, 9, 10, 11, 12, 24, 25, 33, 37, 38};
  const std::set<int> hardware = {4,  5,  6,  7,  13, 14, 15, 21, 26,
                                  27, 28, 29, 30, 31, 32, 35, 36, 39};
  const std::set<int> fraud = {16, 17, 18, 19, 20, 22, 23, 34, 40};
  for (int code = 0; code <= 255; ++code) {
    auto expected = ErrorClass::other;
    if (benign.contains(code) || (code >= 128 && code <= 159)) expected = ErrorClass::benign;
    if (hardware.contains(code)) expected = ErrorClass::hardware;
    const bool cancels = code >= 160 && code <= 191;  // a credit is taken back
    if (fraud.contains(code) || cancels) expected = ErrorClass::fraud;
    if (code == 254) expected = ErrorClass::person;
    EXPECT_EQ(error_code(code).kind, expected) << code;
    EXPECT_FALSE(error_code(code).name.empty());
  }
}

TEST(ErrorCode, WhetherThePieceCameBack) {
  EXPECT_EQ(error_code(1).back, PieceBack::yes);
  EXPECT_EQ(error_code(6).back, PieceBack::possibly);
  EXPECT_EQ(error_code(20).back, PieceBack::no);
  EXPECT_EQ(error_code(130).back, PieceBack::yes);
  EXPECT_EQ(error_code(36).name, "swallowed coin");
}

TEST(SelfCheck, EveryResultOfTheSpecificationHasAName) {
  for (int code = 0; code <= 57; ++code) EXPECT_NE(self_check_name(code), "unknown fault") << code;
  EXPECT_NE(self_check_name(255), "unknown fault");
  EXPECT_EQ(self_check_name(99), "unknown fault");
}

TEST(ErrorCode, InhibitedCoins) {
  EXPECT_TRUE(is_inhibited_coin(2));
  EXPECT_TRUE(is_inhibited_coin(128));
  EXPECT_TRUE(is_inhibited_coin(159));
  EXPECT_FALSE(is_inhibited_coin(1));
  EXPECT_FALSE(is_inhibited_coin(160));
}

TEST(PositionMask, BitZeroOfTheFirstByteIsCoinOne) {
  PositionMask mask;
  mask.add(1);
  mask.add(9);
  mask.add(16);
  EXPECT_EQ(mask.data(), (Bytes{0x01, 0x81}));
  EXPECT_EQ(PositionMask::parse(mask.data()), mask);
  EXPECT_TRUE(mask.has(9));
  EXPECT_FALSE(mask.has(2));
  EXPECT_FALSE(PositionMask::parse({}));
  EXPECT_FALSE(PositionMask::parse(Bytes(3)));
}

TEST(Details, SerialNumbersAndIntervals) {
  EXPECT_EQ(serial_text(from_hex("4e61bc").value()), "12345678");
  EXPECT_FALSE(serial_text({}));
  EXPECT_EQ(poll_milliseconds(Bytes{2, 20}), 200);
  EXPECT_EQ(poll_milliseconds(Bytes{1, 50}), 50);
  EXPECT_FALSE(poll_milliseconds(Bytes{0, 255}));
  EXPECT_FALSE(poll_milliseconds(Bytes{9, 1}));
  EXPECT_FALSE(poll_milliseconds(Bytes{2}));
  EXPECT_EQ(printable(as_bytes("STD01   ")), "STD01");
  EXPECT_EQ(printable(from_hex("4100ff1b42").value()), "AB");
}

}  // namespace
TEST(CreditBuffer, IsMoneylessOnlyWhileNothingWasTakenSinceThePowerUp) {
  CreditBuffer buffer;
  EXPECT_TRUE(buffer.moneyless());
  buffer.counter = 1;  // the dummy event of some devices
  buffer.newest_first[0] = {0, 2};
  EXPECT_TRUE(buffer.moneyless());
  buffer.newest_first[0] = {3, 0};
  EXPECT_FALSE(buffer.moneyless());
  buffer.newest_first[0] = {0, 2};
  buffer.newest_first[1] = {0, 2};  // before the first event of this round
  EXPECT_FALSE(buffer.moneyless());
  CreditBuffer old;
  old.counter = 6;
  EXPECT_FALSE(old.moneyless());
}

}  // namespace yijuan::cctalk
