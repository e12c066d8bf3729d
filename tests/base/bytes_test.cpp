#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace yijuan {
namespace {

struct Case {
  const char* text;
  const char* base64;
  const char* base64url;
  const char* hex;
};
// RFC 4648 section 10, and one whose base64 needs the two last letters.
constexpr Case kCases[] = {
    {"", "", "", ""},
    {"f", "Zg==", "Zg", "66"},
    {"fo", "Zm8=", "Zm8", "666f"},
    {"foo", "Zm9v", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
    {"\xfb\xff\xfe", "+//+", "-__-", "fbfffe"},
};

TEST(Bytes, AreWrittenAndReadInEachForm) {
  for (const Case& c : kCases) {
    const BytesView bytes = as_bytes(c.text);
    const Bytes expected(bytes.begin(), bytes.end());
    EXPECT_EQ(to_base64(bytes), c.base64);
    EXPECT_EQ(to_base64url(bytes), c.base64url);
    EXPECT_EQ(to_hex(bytes), c.hex);
    EXPECT_EQ(from_base64(c.base64), expected);
    EXPECT_EQ(from_base64url(c.base64url), expected);
    EXPECT_EQ(from_hex(c.hex), expected);
  }
}

TEST(Bytes, OnlyTheCanonicalFormIsRead) {
  for (const char* bad : {"Z", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm 8=", "-__-"}) {
    EXPECT_FALSE(from_base64(bad).has_value()) << bad;
  }
  for (const char* bad : {"Z", "Zg==", "Zh", "Zm9", "+//+", "Zm8 "}) {
    EXPECT_FALSE(from_base64url(bad).has_value()) << bad;
  }
  for (const char* bad : {"6", "6G", "AB", "0x"}) EXPECT_FALSE(from_hex(bad).has_value()) << bad;
}

}  // namespace
}  // namespace yijuan
