// ledgerd as a whole, over mTLS on loopback: a box that is enrolled, one that is not, a restart.
#include "ledger/app.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "io/system_random.hpp"
#include "ledger/commands.hpp"
#include "ledger/ingest.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/make_ledger.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "net/http_client.hpp"
#include "sync/enrolment.hpp"
#include "sync/reply.hpp"
#include "tests/support/box_log.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::ledger {
namespace {

class AppTest : public ::testing::Test {
 protected:
  AppTest() {
    config = parse_ledger_config("[ledger]\ndata = \"" + (folder / "data").string() +
                                     "\"\n[boxes]\nlisten = \"127.0.0.1:0\"\n[log]\ndomain = \"" +
                                     test::kDomain + "\"\n",
                                 "ledger.toml");
    const std::vector<std::string> hosts = {"localhost", "127.0.0.1"};
    EXPECT_TRUE(make_ledger(config, hosts, clock.now().time, random).has_value());
  }
  ~AppTest() override { stop(); }

  void start() {
    auto opened = App::open(config);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    app = *std::move(opened);
    thread = std::thread([this] { ended_in_order = app->run(); });
  }
  void stop() {
    if (!app) return;
    app->request_stop();
    thread.join();
    app.reset();
    EXPECT_TRUE(ended_in_order);
  }
  Result<boost::json::object> ask(const std::string& command, boost::json::object arguments) {
    return net::control_call(config.socket().string(), command, arguments);
  }
  // A box's own folder, and its identity as the ledger answers it.
  sync::BoxIdentity enrol(const std::string& box) {
    const auto request = sync::make_box_keys(folder / box, box, test::kDomain, random);
    EXPECT_TRUE(request.has_value());
    const auto file = read_file(folder / box / "request.json", sync::kLongestEnrolmentFile);
    auto reply = ask("box_add", {{"box", box}, {"request", *file}});
    EXPECT_TRUE(reply.has_value()) << reply.error().message();
    return *sync::parse_box_identity(reply->at("identity").as_string());
  }
  net::HttpClient client(asio::io_context& context, const std::string& box,
                         const sync::BoxIdentity& identity) {
    auto tls = net::TlsContext::client(
        {.certificate = identity.certificate,
         .key = std::string(as_text(*read_key_file(folder / box / "keys" / "tls.key"))),
         .authority = identity.authority});
    EXPECT_TRUE(tls.has_value());
    return {context.get_executor(),
            real_clock,
            *tls,
            *net::ServerUrl::parse("https://localhost:" + std::to_string(app->port())),
            [] { return net::DateCheck{}; },
            {}};
  }

  test::TemporaryDirectory directory;
  const std::filesystem::path folder = directory.path();
  LedgerConfig config;
  SystemRandom random;
  SystemWallClock clock;
  RealClock real_clock;
  std::unique_ptr<App> app;
  std::thread thread;
  bool ended_in_order = true;
};

// The log that a box's folder holds the key of.
sync::Batch first_batch(const std::filesystem::path& box_folder,
                        const sync::BoxIdentity& identity) {
  const auto file = read_key_file(box_folder / "keys" / "log.key");
  const auto seed = tlog::parse_seed_file(as_text(*file));
  EXPECT_TRUE(seed.has_value());
  const tlog::SigningKey key(identity.origin, tlog::KeyType::note, *seed);
  return test::BoxLog(identity.box, key).batch(0);
}

TEST_F(AppTest, TakesABatchOfAnEnrolledBoxAndKeepsItOverARestart) {
  start();
  const auto identity = enrol("market-01");
  const auto batch = first_batch(folder / "market-01", identity);
  const Bytes packed = sync::pack(batch);
  const auto send = [&] {
    asio::io_context context;
    net::HttpClient http = client(context, "market-01", identity);
    net::HttpRequest request;
    request.method = "POST";
    request.target = sync::kBatchPath;
    request.fields = {{"content-type", std::string(sync::kBatchType)}};
    request.body = as_text(packed);
    return test::run_task(context, http.send(request, std::chrono::seconds(20)));
  };
  const auto response = send();
  ASSERT_TRUE(response.has_value()) << response.error().message();
  ASSERT_EQ(response->status, 200U) << response->body;
  const auto cosigner = tlog::VerifierKey::parse(identity.cosigner);
  const auto reply = sync::read_reply(*response, sync::Version::two);
  const auto& note = std::get<sync::Cosigned>(reply).note;
  EXPECT_TRUE(tlog::cosigned_at(note, *cosigner).has_value());
  stop();
  start();
  const auto again = send();
  ASSERT_TRUE(again.has_value());
  const auto repeated = sync::read_reply(*again, sync::Version::two);
  EXPECT_EQ(std::get<sync::Cosigned>(repeated).note, note);
  EXPECT_TRUE(std::get<sync::Cosigned>(repeated).office.has_value());
}

TEST_F(AppTest, LetsNobodyInWithACertificateOfAnotherAuthority) {
  start();
  const auto identity = enrol("market-01");
  auto key = *net::PrivateKey::generate();
  const net::Validity validity{.from = clock.now().time - std::chrono::days(1),
                               .to = clock.now().time + std::chrono::days(1)};
  const net::Authority forged{*net::make_authority(key, "forged", validity), key};
  auto stranger = identity;
  const auto tls_key =
      net::PrivateKey::from_pem(as_text(*read_key_file(folder / "market-01" / "keys" / "tls.key")));
  stranger.certificate =
      net::issue_box_certificate(forged, *net::make_request(*tls_key, "x"), "market-01", validity)
          ->to_pem();
  asio::io_context context;
  net::HttpClient http = client(context, "market-01", stranger);
  net::HttpRequest request;
  request.method = "POST";
  request.target = sync::kHeartbeatPath;
  const auto response = test::run_task(context, http.send(request, std::chrono::seconds(20)));
  EXPECT_FALSE(response.has_value());
}

TEST_F(AppTest, AnswersItsOffice) {
  start();
  enrol("market-01");
  const auto status = ask("status", {});
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->at("port").as_int64(), app->port());
  const auto list = ask("box_list", {{"format", "csv"}});
  EXPECT_NE(std::string_view(list->at("text").as_string()).find("market-01"),
            std::string_view::npos);
  EXPECT_TRUE(ask("rebuild", {})->at("differences").as_array().empty());
  EXPECT_TRUE(ask("box_revoke", {{"box", "market-01"}}).has_value());
  EXPECT_FALSE(ask("box_revoke", {{"box", "other"}}).has_value());
  EXPECT_FALSE(ask("report", {{"report", "weather"}, {"format", "csv"}}).has_value());
  EXPECT_FALSE(ask("report", {{"report", "day"}, {"format", "pdf"}}).has_value());
  EXPECT_FALSE(ask("report", {{"report", "day"}, {"format", "csv"}, {"from", "soon"}}).has_value());
  EXPECT_FALSE(ask("sing", {}).has_value());
}

TEST_F(AppTest, AddsABoxOnceUnlessToldAgain) {
  start();
  enrol("market-01");
  const auto file = read_file(folder / "market-01" / "request.json", sync::kLongestEnrolmentFile);
  EXPECT_FALSE(ask("box_add", {{"box", "market-01"}, {"request", *file}}).has_value());
  EXPECT_FALSE(ask("box_add", {{"box", "market-02"}, {"request", *file}}).has_value());
  EXPECT_FALSE(
      ask("box_add", {{"box", "market-01"}, {"request", *file}, {"again", "yes"}}).has_value());
  const auto fresh = sync::make_box_keys(folder / "new", "market-01", test::kDomain, random);
  ASSERT_TRUE(fresh.has_value());
  const auto request = read_file(folder / "new" / "request.json", sync::kLongestEnrolmentFile);
  EXPECT_TRUE(
      ask("box_add", {{"box", "market-01"}, {"request", *request}, {"again", "yes"}}).has_value());
}

TEST_F(AppTest, RenewsTheCertificateOfAKeyThatABoxHasAndOfNoOther) {
  start();
  const auto identity = enrol("market-01");
  const auto request = *read_file(folder / "market-01" / "request.json", 65536);
  const auto renewed = ask("box_renew", {{"box", "market-01"}, {"request", request}});
  ASSERT_TRUE(renewed.has_value()) << renewed.error().message();
  const auto again = *sync::parse_box_identity(renewed->at("identity").as_string());
  EXPECT_NE(again.certificate, identity.certificate);
  EXPECT_EQ(again.origin, identity.origin);
  EXPECT_EQ(net::Certificate::from_pem(again.certificate)->key_fingerprint(),
            net::Certificate::from_pem(identity.certificate)->key_fingerprint());
  EXPECT_FALSE(ask("box_renew", {{"box", "market-02"}, {"request", request}}).has_value());
  // Its name, but keys that it does not have; a box that nobody listens to.
  ASSERT_TRUE(
      sync::make_box_keys(folder / "other", "market-01", test::kDomain, random).has_value());
  const auto other = *read_file(folder / "other" / "request.json", 65536);
  EXPECT_FALSE(ask("box_renew", {{"box", "market-01"}, {"request", other}}).has_value());
  ASSERT_TRUE(ask("box_revoke", {{"box", "market-01"}}).has_value());
  EXPECT_FALSE(ask("box_renew", {{"box", "market-01"}, {"request", request}}).has_value());
}

TEST_F(AppTest, HeedsWhatItPublishedOfABoxBeforeItTakesABatch) {
  config.published.folder = folder / "public";
  start();
  const auto identity = enrol("market-01");
  stop();
  std::filesystem::copy_file(config.store, folder / "old.db");
  const auto log_in = [&] {
    auto store = SqliteStore::open({.path = config.store.string()});
    EXPECT_TRUE(store.has_value());
    return **(*store)->log(identity.origin);
  };
  {
    auto store = *SqliteStore::open({.path = config.store.string()});
    const auto cosigner = *read_cosigner(config);
    auto checked = check_batch({.store = *store, .cosigner = cosigner}, "market-01",
                               first_batch(folder / "market-01", identity), clock.now().time);
    ASSERT_TRUE(store->append(std::get<Appending>(*checked)).has_value());
  }
  start();
  ASSERT_TRUE(ask("publish", {}).has_value());
  stop();
  const LogState before = log_in();
  ASSERT_GT(before.size(), 0U);
  std::filesystem::copy_file(folder / "old.db", config.store,
                             std::filesystem::copy_options::overwrite_existing);
  start();
  stop();
  ASSERT_TRUE(log_in().floor.has_value());
  EXPECT_EQ(log_in().floor->root, before.frontier.root());
}

TEST_F(AppTest, DoesNotStartTwiceNorWithAKeyThatOthersCanRead) {
  start();
  EXPECT_EQ(App::open(config).error(), make_error_code(IoErrc::locked));
  stop();
  std::filesystem::permissions(config.keys() / "ca.key", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(App::open(config).error(), make_error_code(IoErrc::unsafe_key));
}

TEST_F(AppTest, StopsEvenIfItIsAskedToBeforeItsFirstTurn) {
  auto opened = App::open(config);
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  (*opened)->request_stop();
  EXPECT_TRUE((*opened)->run());
}

TEST_F(AppTest, DoesNotStartOnAFileThatIsNoLedger) {
  std::ofstream(config.store) << "this is a letter, not a database, and quite a long one at that";
  EXPECT_EQ(App::open(config).error(), make_error_code(LedgerErrc::store_foreign));
}

TEST_F(AppTest, MakesItsKeysOnlyOnce) {
  const std::vector<std::string> hosts = {"localhost"};
  const auto before = read_cosigner(config)->verifier();
  EXPECT_FALSE(make_ledger(config, hosts, clock.now().time, random).has_value());
  EXPECT_EQ(read_cosigner(config)->verifier(), before);
}

}  // namespace
}  // namespace yijuan::ledger
