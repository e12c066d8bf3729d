#include "io/marked_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yijuan {
namespace {

using testing::ElementsAre;

MarkedByte good(int value) {
  return {static_cast<std::uint8_t>(value), false};
}
MarkedByte damaged(int value) {
  return {static_cast<std::uint8_t>(value), true};
}

TEST(MarkedBytes, ADamagedByteIsTold) {
  MarkedBytes bytes;
  EXPECT_THAT(bytes.push(Bytes{0x81, 0xFF, 0x00, 0x10, 0x2F}),
              ElementsAre(good(0x81), damaged(0x10), good(0x2F)));
}

TEST(MarkedBytes, ATrueFFComesOnce) {
  MarkedBytes bytes;
  EXPECT_THAT(bytes.push(Bytes{0xFF, 0xFF, 0x00, 0x10}),
              ElementsAre(good(0xFF), good(0), good(0x10)));
}

TEST(MarkedBytes, AMarkInPiecesIsOneMark) {
  MarkedBytes bytes;
  EXPECT_TRUE(bytes.push(Bytes{0xFF}).empty());
  EXPECT_TRUE(bytes.push(Bytes{0x00}).empty());
  EXPECT_THAT(bytes.push(Bytes{0xFF}), ElementsAre(damaged(0xFF)));
  EXPECT_THAT(bytes.push(Bytes{0x10}), ElementsAre(good(0x10)));
}

TEST(MarkedBytes, AnFFThatBeginsNoMarkIsNoise) {
  MarkedBytes bytes;
  EXPECT_THAT(bytes.push(Bytes{0xFF, 0x10}), ElementsAre(damaged(0xFF), good(0x10)));
}

TEST(MarkedBytes, ANewConnectionForgetsHalfAMark) {
  MarkedBytes bytes;
  EXPECT_TRUE(bytes.push(Bytes{0xFF}).empty());
  bytes.clear();
  EXPECT_THAT(bytes.push(Bytes{0x00}), ElementsAre(good(0)));
}

}  // namespace
}  // namespace yijuan
