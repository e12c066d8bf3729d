#include "net/certificate.hpp"

#include <gtest/gtest.h>

#include "net/errc.hpp"

namespace yijuan::net {
namespace {

WallTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}

const Validity kYears{at("2026-01-01T00:00:00.000Z"), at("2036-01-01T00:00:00.000Z")};

PrivateKey new_key() {
  return PrivateKey::generate().value();
}

Authority new_authority() {
  const PrivateKey key = new_key();
  return {make_authority(key, "示例 ledger", kYears).value(), key};
}

TEST(Certificate, ABoxCertificateNamesItsBoxAndCarriesTheRequestsKey) {
  const Authority authority = new_authority();
  const PrivateKey key = new_key();
  const std::string request = make_request(key, "whatever the box says").value();

  const Certificate issued = issue_box_certificate(authority, request, "market-01", kYears).value();

  EXPECT_EQ(issued.box(), "market-01");
  EXPECT_TRUE(issued.belongs_to(key));
  EXPECT_FALSE(issued.belongs_to(new_key()));
  EXPECT_EQ(issued.key_fingerprint(), check_request(request).value());
  EXPECT_TRUE(issued.signed_by(authority.certificate));
  EXPECT_FALSE(issued.signed_by(new_authority().certificate));
  EXPECT_EQ(issued.validity().from, kYears.from);
  EXPECT_EQ(issued.validity().to, kYears.to);
}

TEST(Certificate, SurvivesPemUnchanged) {
  const Authority authority = new_authority();
  const Certificate again = Certificate::from_pem(authority.certificate.to_pem()).value();
  EXPECT_EQ(again.to_pem(), authority.certificate.to_pem());
  EXPECT_TRUE(again.belongs_to(PrivateKey::from_pem(authority.key.to_pem()).value()));
}

TEST(Certificate, ARequestWhoseSignatureIsNotItsKeysIsRefused) {
  std::string request = make_request(new_key(), "box").value();
  // The signature is at the end of the DER: change a character of the last full base64 line.
  const std::size_t end = request.rfind("\n-----END");
  char& character = request[end - 8];
  character = character == 'A' ? 'B' : 'A';
  EXPECT_EQ(check_request(request).error(), make_error_code(NetErrc::bad_key));
}

TEST(Certificate, WhatIsNoP256KeyIsRefused) {
  EXPECT_EQ(PrivateKey::from_pem("").error(), make_error_code(NetErrc::bad_key));
  EXPECT_EQ(PrivateKey::from_pem(std::string(100'000, 'A')).error(),
            make_error_code(NetErrc::bad_key));
  EXPECT_EQ(
      PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n"
                           "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
                           "-----END PRIVATE KEY-----\n")
          .error()
          .message(),
      "a key or certificate cannot be used: the key is not P-256");
}

TEST(Certificate, TwoCertificatesInOneTextAreRefused) {
  const std::string pem = new_authority().certificate.to_pem();
  EXPECT_FALSE(Certificate::from_pem(pem + pem).has_value());
  EXPECT_FALSE(Certificate::from_pem(pem.substr(0, pem.size() / 2)).has_value());
}

TEST(Certificate, HostsAndBoxNamesCannotSmuggleOtherNames) {
  const Authority authority = new_authority();
  const std::string request = make_request(new_key(), "ledger").value();
  for (const std::string& host : {std::string("a,URI:urn:yijuan:box:x"), std::string("a\nb"),
                                  std::string(), std::string(300, 'a')}) {
    const std::vector<std::string> hosts{host};
    EXPECT_FALSE(issue_server_certificate(authority, request, hosts, kYears).has_value()) << host;
  }
  EXPECT_FALSE(issue_box_certificate(authority, request, "a,URI:x", kYears).has_value());
  const std::vector<std::string> good{"ledger.example.org", "127.0.0.1", "::1"};
  const Certificate server = issue_server_certificate(authority, request, good, kYears).value();
  EXPECT_EQ(server.box(), std::nullopt);
}

}  // namespace
}  // namespace yijuan::net
