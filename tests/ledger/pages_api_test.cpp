// What anyone, and what an auditor, gets from the `pages` listener.
#include "ledger/public/pages_api.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "io/errc.hpp"
#include "ledger/public/publisher.hpp"
#include "tests/ledger/ledger_fixture.hpp"
#include "tests/support/seeded_random.hpp"
#include "tlog/entry_bundle.hpp"
#include "tlog/leaf.hpp"
#include "tlog/tile.hpp"
#include "tlog/tlog_proof.hpp"

namespace yijuan::ledger {
namespace {

constexpr domain::Day kToday = std::chrono::year(2026) / 10 / 17;

class PagesApiTest : public LedgerFixture {
 protected:
  PagesApiTest() {
    while (log.size() < 300) log.add_coin(yuan(1));
    EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(0, 300))));
    const Publication publication{.folder = PublicFolder(root), .domain = "ledger.example"};
    EXPECT_TRUE(publish(publication, *store, now).has_value());
    EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(300))));  // not published
  }
  net::HttpResponse get(const std::string& target, net::Fields fields = {},
                        const std::string& method = "GET") {
    net::HttpRequest request;
    request.method = method;
    request.target = target;
    request.fields = std::move(fields);
    return api.answer(request, kToday);
  }
  std::string cache(const net::HttpResponse& response) {
    return std::string(net::field(response.fields, "cache-control").value_or("none"));
  }

  std::filesystem::path root = folder / "public";
  std::string name = *public_name(log.origin(), "ledger.example");
  Auditors auditors{folder / "auditors"};
  test::SeededRandom random{1};
  PagesApi api{PublicFolder(root), "ledger.example", auditors, *store};
};

TEST_F(PagesApiTest, AnyoneGetsCheckpointTilesDigestKeysAndProofs) {
  const auto checkpoint = get("/" + name + "/checkpoint");
  EXPECT_EQ(checkpoint.status, 200U);
  EXPECT_EQ(tlog::open_checkpoint(checkpoint.body, log.key().verifier())->size, 300U);
  EXPECT_EQ(net::field(checkpoint.fields, "content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(cache(checkpoint), "public, max-age=5");

  const auto tile = get("/" + name + "/tile/0/000");
  EXPECT_EQ(tile.body.size(), 8192U);
  EXPECT_EQ(net::field(tile.fields, "content-type"), "application/octet-stream");
  EXPECT_NE(cache(tile).find("immutable"), std::string::npos);
  EXPECT_EQ(get("/" + name + "/tile/0/001.p/44").body.size(), 44U * 32);
  EXPECT_EQ(get("/" + name + "/tile/0/000.p/7").body, tile.body.substr(0, 7 * 32));
  EXPECT_EQ(get("/" + name + "/tile/1/000.p/1").body.size(), 32U);

  EXPECT_EQ(get("/digest/2026-10-17").status, 200U);
  EXPECT_EQ(get("/logs").body, log.key().verifier().text() + "\n");
  const auto proof = get("/proof/" + log.origin() + "/5?from=slip");
  EXPECT_EQ(net::field(proof.fields, "content-disposition"),
            "attachment; filename=\"5.tlog-proof\"");
  const auto read = tlog::parse_tlog_proof(proof.body);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(tlog::verify_tlog_proof(*read, tlog::leaf_hash(log.lines()[5]), log.key().verifier(),
                                      cosigner.verifier())
                  .has_value());
}

TEST_F(PagesApiTest, NobodyGetsWhatIsNotPublished) {
  for (const std::string& target :
       {std::string("/") + name + "/tile/0/001", "/" + name + "/tile/0/001.p/45",
        "/" + name + "/tile/0/002", "/" + name + "/tile/2/000.p/1",
        "/proof/" + log.origin() + "/300", std::string("/proof/other.example/box/b/01234567/0"),
        std::string("/box/b/01234567/checkpoint"), std::string("/box/b/01234567/tile/0/000"),
        std::string("/digest/2026-10-16"), std::string("/"), "/" + name + "/.progress",
        "/../" + name + "/checkpoint", "/" + name + "/tile/0/../../../../../etc/passwd",
        std::string("checkpoint"), std::string(7000, '/')}) {
    const auto response = get(target);
    EXPECT_EQ(response.status, 404U) << target;
    EXPECT_EQ(cache(response), "no-store");
  }
}

TEST_F(PagesApiTest, APartialTileThatNoCheckpointHadIsNotThere) {
  EXPECT_EQ(get("/" + name + "/tile/0/001.p/20").status, 404U);
}

TEST_F(PagesApiTest, OnlyGetAndHeadAreAnswered) {
  EXPECT_EQ(get("/logs", {}, "HEAD").status, 200U);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const auto response = get("/logs", {}, method);
    EXPECT_EQ(response.status, 405U) << method;
    EXPECT_EQ(net::field(response.fields, "allow"), "GET, HEAD");
  }
  EXPECT_EQ(get("/nothing", {}, "POST").status, 404U);
}

TEST_F(PagesApiTest, WhatIsKnownAlreadyIsNotSentAgain) {
  const auto first = get("/" + name + "/checkpoint");
  const std::string tag(*net::field(first.fields, "etag"));
  for (const std::string& known :
       {tag, "W/" + tag, std::string("*"), "\"other\", " + tag, "\"other\" ,W/" + tag + " "}) {
    const auto again = get("/" + name + "/checkpoint", {{"if-none-match", known}});
    EXPECT_EQ(again.status, 304U) << known;
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(net::field(again.fields, "etag"), tag);
  }
  for (const std::string& other : {std::string("\"other\""), std::string(), tag.substr(1)}) {
    EXPECT_EQ(get("/" + name + "/checkpoint", {{"if-none-match", other}}).status, 200U) << other;
  }
}

TEST_F(PagesApiTest, EntriesAreForAuditors) {
  const std::string target = "/" + name + "/tile/entries/000";
  const auto stranger = get(target);
  EXPECT_EQ(stranger.status, 401U);
  EXPECT_EQ(net::field(stranger.fields, "www-authenticate"), "Bearer realm=\"entries\"");
  const std::string token = *auditors.add("city-audit", {}, random);
  const auto with = [&](const std::string& field) {
    return get(target, {{"authorization", field}});
  };
  const auto bundle = with("Bearer " + token);
  ASSERT_EQ(bundle.status, 200U);
  EXPECT_EQ(cache(bundle), "private, max-age=31536000, immutable");
  const auto lines = tlog::parse_bundle(bundle.body);
  ASSERT_TRUE(lines.has_value());
  EXPECT_TRUE(std::ranges::equal(*lines, std::span(log.lines()).first(256)));
  EXPECT_EQ(with("bearer " + token).status, 200U);
  for (const std::string& field :
       {std::string(), std::string("Bearer"), std::string("Bearer "), "Bearer x" + token,
        "Bearer " + token + "x", "Basic " + token, token, "Bearer " + token.substr(1),
        "Bearer " + std::string(6000, 'x')}) {
    EXPECT_EQ(with(field).status, 401U) << field;
  }
  // The token is for what is published, too; and who lacks one does not learn what is.
  const auto unpublished = [&](const std::string& end, const std::string& field) {
    return get("/" + name + end, {{"authorization", field}}).status;
  };
  EXPECT_EQ(unpublished("/tile/entries/001.p/44", "Bearer " + token), 200U);
  EXPECT_EQ(unpublished("/tile/entries/001.p/45", "Bearer " + token), 404U);
  EXPECT_EQ(unpublished("/tile/entries/001.p/45", ""), 401U);
  ASSERT_TRUE(auditors.remove("city-audit").has_value());
  EXPECT_EQ(with("Bearer " + token).status, 401U);
}

TEST_F(PagesApiTest, ATokenEndsAfterItsLastDay) {
  const std::string token = *auditors.add("city-audit", kToday, random);
  net::HttpRequest request;
  request.target = "/" + name + "/tile/entries/000";
  request.fields = {{"authorization", "Bearer " + token}};
  EXPECT_EQ(api.answer(request, kToday).status, 200U);
  EXPECT_EQ(api.answer(request, std::chrono::year(2026) / 10 / 18).status, 401U);
}

TEST_F(PagesApiTest, DamagedFilesAreOurFaultAndNotShown) {
  std::ofstream(root / name / "tile/0/000") << "x";
  EXPECT_EQ(get("/" + name + "/tile/0/000").status, 500U);
  std::ofstream(root / name / "checkpoint") << "x";
  EXPECT_EQ(get("/" + name + "/tile/0/001").status, 500U);
}

TEST(Auditors, AreKeptAsHashesInAFileOfTheirOwner) {
  test::TemporaryDirectory directory;
  const auto file = directory.path() / "auditors";
  const Auditors auditors(file);
  test::SeededRandom random(2);
  EXPECT_TRUE(auditors.all()->empty());
  EXPECT_FALSE(auditors.who("auditor-x", kToday)->has_value());
  const auto first = auditors.add("a", {}, random);
  const auto second = auditors.add("b", std::chrono::year(2026) / 12 / 31, random);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(*auditors.who(*first, kToday), "a");
  EXPECT_EQ(*auditors.who(*second, kToday), "b");
  EXPECT_FALSE(auditors.add("a", {}, random).has_value()) << "a token is not made twice";
  EXPECT_FALSE(auditors.add("Two Words", {}, random).has_value());
  EXPECT_FALSE(auditors.remove("c").has_value());
  std::ifstream stream(file);
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(content.find(first->substr(8)), std::string::npos);
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  std::filesystem::permissions(file, std::filesystem::perms(0640));
  EXPECT_EQ(auditors.who(*first, kToday).error(), make_error_code(IoErrc::unsafe_key));
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  std::ofstream(file, std::ios::app) << "and one line too many\n";
  EXPECT_FALSE(auditors.all().has_value());
}

}  // namespace
}  // namespace yijuan::ledger
