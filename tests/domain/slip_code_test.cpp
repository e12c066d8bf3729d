#include "domain/slip_code.hpp"

#include <gtest/gtest.h>

namespace yijuan::domain {
namespace {

using namespace std::literals;

constexpr std::string_view kOrigin = "ledger.example.org/box/school-1/1a2b3c4d";
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

SlipSignature fake_signature(BytesView payload) {
  const Hash digest = sha256(payload);
  SlipSignature signature{};
  std::copy(digest.begin(), digest.end(), signature.begin());
  std::copy(digest.begin(), digest.end(), signature.begin() + 32);
  return signature;
}
SlipCode sample() {
  return make_slip_code(as_bytes(kKey), kOrigin, 4711, sha256(as_bytes("leaf")), fake_signature);
}

TEST(SlipCode, SecretIsTheHeadOfAnHmac) {
  const std::string message = std::string(kOrigin) + '\0' + "4711";
  const Hash mac = hmac_sha256(as_bytes(kKey), as_bytes(message));
  const SlipSecret secret = slip_secret(as_bytes(kKey), kOrigin, 4711);
  EXPECT_TRUE(std::equal(secret.begin(), secret.end(), mac.begin()));
}

// Made with Python's hmac and hashlib from the same key, origin and seq.
TEST(SlipCode, AgreesWithAnotherImplementation) {
  const SlipSecret secret = slip_secret(as_bytes(kKey), kOrigin, 4711);
  EXPECT_EQ(to_hex(secret), "57b0dc32eead4a901cd5f38a309ddd10");
  EXPECT_EQ(to_hex(slip_claim(secret)),
            "8cdd9fdc77e61ccfd8c85b008dad9450b568b6cabc48643c086b1be3ba1dc858");
}

TEST(SlipCode, EveryGiftAndEveryEpochHasItsOwnSecret) {
  const SlipSecret secret = slip_secret(as_bytes(kKey), kOrigin, 4711);
  EXPECT_NE(secret, slip_secret(as_bytes(kKey), kOrigin, 4712));
  EXPECT_NE(secret, slip_secret(as_bytes(kKey), "ledger.example.org/box/school-1/1a2b3c4e", 4711));
  EXPECT_NE(secret, slip_secret(as_bytes("another key"), kOrigin, 4711));
}

TEST(SlipCode, SignsOriginSeqLeafAndSecret) {
  const SlipCode code = sample();
  const std::string expected = "yijuan-slip-v1\n" + std::string(kOrigin) + "\n4711\n" +
                               to_base64url(code.leaf) + "\n" + to_base64url(code.secret) + "\n";
  EXPECT_EQ(slip_payload(code), expected);
  EXPECT_EQ(code.signature, fake_signature(as_bytes(expected)));
}

TEST(SlipCode, IsReadBackFromItsUrl) {
  const SlipCode code = sample();
  const std::string url = slip_url("https://check.example.org/s", code);
  EXPECT_TRUE(url.starts_with("https://check.example.org/s#v1." + std::string(kOrigin) + ".4711."));
  EXPECT_EQ(parse_slip_code(url), code);
  EXPECT_EQ(parse_slip_code(url.substr(url.find('#') + 1)), code);
}

TEST(SlipCode, FitsTheLargestPayloadThatPrintersTake) {
  const std::string origin =
      std::string(60, 'a') + ".example.org/box/" + std::string(32, 'b') + "/1a2b3c4d";
  const SlipCode code = make_slip_code(as_bytes(kKey), origin, 9'999'999'999,
                                       sha256(as_bytes("leaf")), fake_signature);
  EXPECT_LE(slip_url("https://check.example.org/slips", code).size(), 512u);
}

TEST(SlipCode, RefusesEveryCutAndEveryStrangeByte) {
  const std::string url = slip_url("https://check.example.org/s", sample());
  for (std::size_t size = 0; size < url.size(); ++size) {
    EXPECT_FALSE(parse_slip_code(url.substr(0, size)).has_value()) << size;
  }
  for (const char* tail : {"=", ".", " ", "A", "AAAA"}) {
    EXPECT_FALSE(parse_slip_code(url + tail).has_value()) << tail;
  }
}

TEST(SlipCode, ReadsOnlyTheCanonicalForm) {
  const SlipCode code = sample();
  const std::string tail = "." + to_base64url(code.leaf) + "." + to_base64url(code.secret) + "." +
                           to_base64url(code.signature);
  const auto with = [&](const std::string& head) { return parse_slip_code(head + tail); };
  EXPECT_TRUE(with("v1." + std::string(kOrigin) + ".0").has_value());
  EXPECT_TRUE(with("v1." + std::string(kOrigin) + ".18446744073709551615").has_value());
  EXPECT_FALSE(with("v1." + std::string(kOrigin) + ".18446744073709551616").has_value());
  EXPECT_FALSE(with("v1." + std::string(kOrigin) + ".04711").has_value());
  EXPECT_FALSE(with("v1." + std::string(kOrigin) + ".-1").has_value());
  EXPECT_FALSE(with("v1." + std::string(kOrigin) + ".").has_value());
  EXPECT_FALSE(with("v2." + std::string(kOrigin) + ".4711").has_value());
  EXPECT_FALSE(with("v1.not an origin.4711").has_value());
  EXPECT_FALSE(parse_slip_code(std::string(2000, 'a')).has_value());
}

}  // namespace
}  // namespace yijuan::domain
