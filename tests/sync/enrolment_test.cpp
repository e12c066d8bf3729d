#include "sync/enrolment.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "io/files.hpp"
#include "io/key_file.hpp"
#include "io/system_random.hpp"
#include "sync/errc.hpp"
#include "tests/net/tls_fixture.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/sync/fakes.hpp"

namespace yijuan::sync {
namespace {

constexpr const char* kDomain = "ledger.example.org";

class Enrolment : public ::testing::Test {
 protected:
  BoxRequest init(const std::string& name = "box", const std::string& box = "market-01") {
    return make_box_keys(folder_ / name, box, kDomain, random_).value();
  }
  std::string request_text(const std::string& name = "box") {
    return read_file(folder_ / name / "request.json", kLongestEnrolmentFile).value();
  }
  Result<BoxIdentity> answer(const BoxRequest& request, std::string_view box = "market-01",
                             const std::string& domain = kDomain) {
    const Office office{office_.authority, domain, cosigner_.verifier().text(), "示例账房"};
    return answer_box_request(request, box, office, office_.years);
  }
  tlog::SigningKey log_key(const std::string& name, const std::string& origin) {
    const Bytes file = read_key_file(box_files(folder_ / name).log_key).value();
    return {origin, tlog::KeyType::note, tlog::parse_seed_file(as_text(file)).value()};
  }
  net::PrivateKey tls_key(const std::string& name) {
    const Bytes file = read_key_file(box_files(folder_ / name).tls_key).value();
    return net::PrivateKey::from_pem(as_text(file)).value();
  }

  yijuan::test::TemporaryDirectory directory_;
  const std::filesystem::path folder_ = directory_.path();
  SystemRandom random_;
  net::TestAuthority office_;
  tlog::SigningKey cosigner_{"cosigner.example.org", tlog::KeyType::cosignature, test::seed_of(99)};
};

TEST_F(Enrolment, ABoxIsMadeAskedForAndAnswered) {
  const BoxRequest made = init();
  const BoxRequest request = parse_box_request(request_text()).value();
  EXPECT_EQ(request.origin, made.origin);
  const BoxIdentity identity =
      parse_box_identity(write_box_identity(answer(request).value())).value();
  const tlog::SigningKey key = log_key("box", identity.origin);
  EXPECT_TRUE(
      check_box_identity(identity, "market-01", key.verifier(), tls_key("box")).has_value());
  EXPECT_EQ(key.verifier().text(), request.log_vkey);
  EXPECT_EQ(identity.ledger, "示例账房");
}

/// The bytes between the BEGIN and END lines of the first PEM block in `text`.
std::string der_of(std::string_view text) {
  const std::size_t begin = text.find("-----\n") + 6;
  std::string base64(text.substr(begin, text.find("-----END") - begin));
  std::erase(base64, '\n');
  return std::string(as_text(from_base64(base64).value()));
}

TEST_F(Enrolment, NoPrivateKeyTravels) {
  const BoxRequest request = init();
  const BoxIdentity identity = answer(request).value();
  // All that leaves the box or comes back to it, as text and as what the text encodes.
  const std::string sent = request_text() + write_box_identity(identity) +
                           der_of(request.certificate_request) + der_of(identity.certificate) +
                           der_of(identity.authority);
  EXPECT_EQ(sent.find("PRIVATE"), std::string::npos);

  const tlog::Seed seed =
      tlog::parse_seed_file(as_text(read_key_file(box_files(folder_ / "box").log_key).value()))
          .value();
  const Bytes slip_key = read_key_file(box_files(folder_ / "box").slip_key).value();
  const std::string pkcs8 = der_of(tls_key("box").to_pem());
  const std::size_t scalar = pkcs8.find(std::string("\x02\x01\x01\x04\x20", 5)) + 5;
  ASSERT_LT(scalar + 32, pkcs8.size());
  const std::string tls_secret = pkcs8.substr(scalar, 32);
  for (const BytesView secret : {BytesView(seed), BytesView(slip_key), as_bytes(tls_secret)}) {
    EXPECT_EQ(sent.find(as_text(secret)), std::string::npos);
    EXPECT_EQ(sent.find(to_hex(secret)), std::string::npos);
    EXPECT_EQ(sent.find(to_base64(secret)), std::string::npos);
    EXPECT_EQ(sent.find(to_base64url(secret)), std::string::npos);
  }
}

TEST_F(Enrolment, KeysAreReadableByTheirOwnerAlone) {
  init();
  const BoxFiles files = box_files(folder_ / "box");
  for (const auto& path : {files.log_key, files.tls_key, files.slip_key}) {
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << path;
  }
  EXPECT_EQ(std::filesystem::file_size(files.slip_key), 32U);
}

TEST_F(Enrolment, ASecondInitChangesNothing) {
  init();
  const Bytes before = read_key_file(box_files(folder_ / "box").log_key).value();
  const auto again = make_box_keys(folder_ / "box", "market-01", kDomain, random_);
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().message().find("this box has its keys"), std::string::npos);
  EXPECT_EQ(read_key_file(box_files(folder_ / "box").log_key).value(), before);
}

TEST_F(Enrolment, AnInitThatWasCutShortIsTakenUpAgain) {
  namespace fs = std::filesystem;
  fs::create_directories(folder_ / "box" / "keys.new");  // before the keys were whole
  ASSERT_TRUE(create_key_file(folder_ / "box" / "keys.new" / "log.key", Bytes(3)).has_value());
  const BoxRequest first = init();
  const BoxFiles files = box_files(folder_ / "box");
  fs::remove(files.request);  // after it, before the office's copy
  const auto again = make_box_keys(folder_ / "box", "market-01", kDomain, random_);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->log_vkey, first.log_vkey);
  EXPECT_TRUE(fs::exists(files.request));
  fs::remove(files.request);
  EXPECT_FALSE(make_box_keys(folder_ / "box", "market-02", kDomain, random_).has_value());
}

TEST_F(Enrolment, BadNamesMakeNoKeys) {
  EXPECT_FALSE(make_box_keys(folder_ / "x", "Market 01", kDomain, random_).has_value());
  EXPECT_FALSE(make_box_keys(folder_ / "x", "market-01", "no domain", random_).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

TEST_F(Enrolment, AChangedRequestIsRefused) {
  init();
  init("other", "market-02");
  const std::string good = request_text();
  const BoxRequest other = parse_box_request(request_text("other")).value();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
    EXPECT_NE(text, good);
    return parse_box_request(text);
  };
  EXPECT_FALSE(with("market-01", "market-03").has_value());
  EXPECT_FALSE(with(kDomain, "evil.example.org").has_value());
  EXPECT_FALSE(with("request-v1", "request-v2").has_value());
  // Another box's certificate request under this box's name.
  BoxRequest mixed = parse_box_request(good).value();
  mixed.certificate_request = other.certificate_request;
  const std::string forged =
      write_box_request(mixed, log_key("other", parse_box_request(good).value().origin));
  EXPECT_EQ(parse_box_request(forged).error().detail(), "the signature is not the log key's");
  for (std::size_t size = 0; size + 2 < good.size(); size += 7) {
    EXPECT_FALSE(parse_box_request(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(parse_box_request("[]").has_value());
  EXPECT_FALSE(parse_box_request(std::string(kLongestEnrolmentFile + 1, ' ')).has_value());
}

TEST_F(Enrolment, TheOfficeAnswersOnlyTheBoxItMeansToAdd) {
  const BoxRequest request = init();
  EXPECT_EQ(answer(request, "market-02").error().detail(), "it is from box market-01");
  EXPECT_FALSE(answer(request, "market-01", "other.example.org").has_value());
}

TEST_F(Enrolment, ABoxTakesNoIdentityThatIsNotItsOwn) {
  const BoxRequest request = init();
  const BoxRequest other = init("other", "market-02");
  const BoxRequest again = init("again", "market-01");
  const BoxIdentity mine = answer(request).value();
  const tlog::SigningKey key = log_key("box", mine.origin);
  const auto check = [&](const BoxIdentity& identity) {
    return check_box_identity(identity, "market-01", key.verifier(), tls_key("box"));
  };
  EXPECT_TRUE(check(mine).has_value());
  EXPECT_FALSE(check(answer(other, "market-02").value()).has_value());
  EXPECT_FALSE(check(answer(again).value()).has_value());
  BoxIdentity swapped = mine;
  swapped.certificate = answer(again).value().certificate;
  EXPECT_EQ(check(swapped).error().detail(), "its certificate is for another TLS key");
}

TEST_F(Enrolment, AnIdentityOfPartsThatDoNotBelongTogetherIsRefused) {
  const BoxIdentity good = answer(init()).value();
  EXPECT_TRUE(parse_box_identity(write_box_identity(good)).has_value());
  const auto bad = [&](auto change) {
    BoxIdentity identity = good;
    change(identity);
    return !parse_box_identity(write_box_identity(identity)).has_value();
  };
  EXPECT_TRUE(bad(
      [](BoxIdentity& i) { i.authority = net::TestAuthority().authority.certificate.to_pem(); }));
  EXPECT_TRUE(bad([](BoxIdentity& i) { i.box = "market-02"; }));
  EXPECT_TRUE(bad([](BoxIdentity& i) { i.certificate = "nonsense"; }));
  EXPECT_TRUE(bad([](BoxIdentity& i) { i.certificate = std::string(20'000, 'x'); }));
  EXPECT_TRUE(bad([](BoxIdentity& i) { i.origin = "nowhere"; }));
  EXPECT_TRUE(bad([](BoxIdentity& i) { i.cosigner = "nobody"; }));
  EXPECT_TRUE(bad([&](BoxIdentity& i) {
    i.cosigner = tlog::SigningKey("a", tlog::KeyType::note, test::seed_of(1)).verifier().text();
  }));
}

}  // namespace
}  // namespace yijuan::sync
