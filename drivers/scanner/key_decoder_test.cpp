#include "drivers/scanner/key_decoder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace yijuan::scanner {
namespace {

using namespace std::chrono_literals;

class KeyDecoderTest : public testing::Test {
 protected:
  void feed(int type, int code, int value) {
    input_event event{};
    event.type = static_cast<std::uint16_t>(type);
    event.code = static_cast<std::uint16_t>(code);
    event.value = value;
    if (auto text = decoder.feed(event, now)) texts.push_back(*text);
  }
  void tap(int code) {
    feed(EV_KEY, code, 1);
    feed(EV_KEY, code, 0);
    now += 5ms;
  }
  void type(const std::vector<int>& codes) {
    for (const int code : codes) tap(code);
  }

  KeyDecoder decoder;
  Instant now = 1s;
  std::vector<std::string> texts;
};

TEST_F(KeyDecoderTest, WithoutEnterNothingIsTold) {
  type({KEY_A, KEY_B});
  EXPECT_TRUE(texts.empty());
}

TEST_F(KeyDecoderTest, APauseBeginsAnew) {
  type({KEY_1, KEY_2});
  now += 50ms;
  type({KEY_3, KEY_ENTER});
  EXPECT_EQ(texts, (std::vector<std::string>{"3"}));
  type({KEY_1, KEY_2});
  now += 45ms;
  type({KEY_3, KEY_ENTER});
  EXPECT_EQ(texts.back(), "123");
}

TEST_F(KeyDecoderTest, EnterAloneIsNoText) {
  type({KEY_ENTER, KEY_KPENTER});
  EXPECT_TRUE(texts.empty());
}

TEST_F(KeyDecoderTest, ATextTooLongIsDroppedWhole) {
  type(std::vector<int>(65, KEY_7));
  type({KEY_ENTER});
  EXPECT_TRUE(texts.empty());
  type(std::vector<int>(64, KEY_7));
  type({KEY_ENTER});
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].size(), 64U);
}

TEST_F(KeyDecoderTest, AKeyThatIsNoCharacterDropsTheText) {
  type({KEY_1, KEY_F5, KEY_2, KEY_ENTER});
  EXPECT_TRUE(texts.empty());
  type({KEY_1, KEY_ENTER});
  EXPECT_EQ(texts, (std::vector<std::string>{"1"}));
}

TEST_F(KeyDecoderTest, EventsThatTheKernelLostDropTheText) {
  type({KEY_1, KEY_2});
  feed(EV_SYN, SYN_DROPPED, 0);
  type({KEY_3, KEY_ENTER});
  EXPECT_TRUE(texts.empty());
  type({KEY_4, KEY_ENTER});
  EXPECT_EQ(texts, (std::vector<std::string>{"4"}));
}

TEST_F(KeyDecoderTest, RepeatsAndReleasesAreNoKeys) {
  feed(EV_KEY, KEY_A, 1);
  feed(EV_KEY, KEY_A, 2);
  feed(EV_KEY, KEY_A, 2);
  feed(EV_KEY, KEY_A, 0);
  type({KEY_ENTER});
  EXPECT_EQ(texts, (std::vector<std::string>{"a"}));
}

TEST_F(KeyDecoderTest, ShiftIsFollowedOnBothSides) {
  feed(EV_KEY, KEY_LEFTSHIFT, 1);
  type({KEY_Y, KEY_1});
  feed(EV_KEY, KEY_RIGHTSHIFT, 1);
  feed(EV_KEY, KEY_LEFTSHIFT, 0);
  type({KEY_SEMICOLON});
  feed(EV_KEY, KEY_RIGHTSHIFT, 0);
  type({KEY_SLASH, KEY_KP8, KEY_KPENTER});
  EXPECT_EQ(texts, (std::vector<std::string>{"Y!:/8"}));
}

TEST_F(KeyDecoderTest, WhateverComesTextsAreShortAndPrintable) {
  std::mt19937 random(7);
  for (int i = 0; i < 200'000; ++i) {
    now += std::chrono::milliseconds(random() % 8 == 0 ? random() % 100 : 0);
    feed(random() % 16 == 0 ? EV_SYN : EV_KEY,
         random() % 16 == 0 ? KEY_ENTER : static_cast<int>(random() % 128),
         static_cast<int>(random() % 3));
  }
  EXPECT_FALSE(texts.empty());
  for (const auto& text : texts) {
    ASSERT_LE(text.size(), kLongestText);
    for (const char each : text) ASSERT_TRUE(each >= ' ' && each <= '~');
  }
}

}  // namespace
}  // namespace yijuan::scanner
