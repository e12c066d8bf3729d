// Boxes that come back, and more of them than the server has places or memory for.
#include <thread>

#include "async/with_timeout.hpp"
#include "net/connection.hpp"
#include "tests/net/http_fixture.hpp"

namespace yijuan::net {
namespace {

TEST_F(Http, ABoxThatComesBackIsKnownByItsSession) {
  serve(authority_.server());
  HttpClient& box = client(authority_.box("market-01"));
  EXPECT_EQ(post(box, "one").value().body, "market-01|one");
  std::uint64_t before = box.wire_bytes();
  EXPECT_GT(before, 2000U);
  for (int i = 0; i < 3; ++i) {
    box.close();
    EXPECT_EQ(post(box, "two").value().body, "market-01|two");
    EXPECT_LT(box.wire_bytes() - before, 1200U);
    before = box.wire_bytes();
  }
}

TEST_F(Http, ASessionThatTheServerForgotCostsAHandshakeAndNoMore) {
  const TlsContext::Files files = authority_.server();
  serve(files);
  HttpClient& box = client(authority_.box("market-01"));
  EXPECT_EQ(post(box, "one").value().body, "market-01|one");
  box.close();
  server_->use(TlsContext::server(files).value());
  EXPECT_EQ(post(box, "two").value().body, "market-01|two");
}

TEST_F(Http, AfterTwoHoursCertificatesAreShownAgain) {
  serve(authority_.server());
  HttpClient& box = client(authority_.box("market-01"));
  EXPECT_TRUE(post(box, "one").has_value());
  box.close();
  clock_.ahead += 2h;
  const std::uint64_t before = box.wire_bytes();
  EXPECT_TRUE(post(box, "two").has_value());
  EXPECT_GT(box.wire_bytes() - before, 2000U);
}

TEST_F(Http, ACertificateThatHasEndedIsNoGoodInASessionEither) {
  serve(authority_.server());
  for (auto life = 2s;; life *= 2) {  // on a slow machine the first may have ended too soon
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    HttpClient& box = client(authority_.box("market-01", {now - 1h, now + life}));
    if (!post(box, "one")) continue;
    box.close();
    while (std::chrono::system_clock::now() < now + life + 1s) std::this_thread::sleep_for(100ms);
    EXPECT_FALSE(post(box, "two").has_value());
    break;
  }
}

TEST_F(Http, WhoIsIdleGivesWayToWhoWaitsAndComesBackWithoutAFailure) {
  serve(authority_.server(), echo, {.connections = 2});
  HttpClient& first = client(authority_.box());
  HttpClient& second = client(authority_.box());
  ASSERT_TRUE(post(first, "x").has_value());
  ASSERT_TRUE(post(second, "x").has_value());
  const std::uint64_t kept = second.wire_bytes();
  EXPECT_EQ(post(client(authority_.box()), "y").value().status, 200U);
  EXPECT_EQ(server_->connections(), 2U);
  // Only who was idle the longest has to connect anew.
  EXPECT_EQ(post(second, "y").value().status, 200U);
  EXPECT_LT(second.wire_bytes() - kept, 300U);
  const std::uint64_t lost = first.wire_bytes();
  EXPECT_EQ(post(first, "y").value().status, 200U);
  EXPECT_GT(first.wire_bytes() - lost, 500U);
  EXPECT_EQ(server_->connections(), 2U);
}

TEST_F(Http, ManyBoxesShareOnePlace) {
  serve(authority_.server(), echo, {.connections = 1});
  for (int i = 0; i < 5; ++i) client(authority_.box());
  for (int round = 0; round < 3; ++round) {
    for (const auto& box : clients_) EXPECT_EQ(post(*box, "x").value().status, 200U);
  }
}

TEST_F(Http, WhoConnectsAndAsksForNothingIsNotWaitedForLong) {
  serve(authority_.server(), echo, {.connections = 1, .handshake = 100ms});
  std::unique_ptr<Connection> silent;
  do {  // on a slow machine 100 ms may be too short
    auto socket = test::run_task(context_, connect_tcp("127.0.0.1", std::to_string(port_)));
    silent = client_connection(std::move(socket).value(),
                               TlsContext::client(authority_.box()).value(), "127.0.0.1", today());
  } while (!test::run_task(context_, silent->handshake()));
  while (!post(client(authority_.box()), "x")) {
  }
}

Task<HttpResponse> wait_for_large(Event& started, Event& go, HttpRequest request) {
  if (request.body.size() < 100) return echo(std::move(request));
  return wait_for(started, go);
}

Task<void> keep(Task<HttpResponse> request, std::optional<HttpResponse>& response) {
  auto result = co_await std::move(request);
  if (!result) co_return result.error();
  response = *std::move(result);
  co_return Result<void>();
}

class FullHttp : public Http {
 protected:
  ~FullHttp() override { go_.set(); }

  // A server that keeps one large request in hand.
  void fill(HttpServer::Limits limits) {
    serve(
        authority_.server(),
        [this](HttpRequest request) { return wait_for_large(started_, go_, std::move(request)); },
        limits);
    first_ = &client(authority_.box());
    group_.spawn("first",
                 keep(first_->send({"POST", "/x", {}, std::string(800, 'x'), {}}, 20s), response_));
    EXPECT_TRUE(test::run_task(context_, started_.wait()).has_value());
  }
  HttpResponse finish() {
    go_.set();
    while (!response_) context_.run_one();
    return *response_;
  }

  Event started_{context_.get_executor()};
  Event go_{context_.get_executor()};
  HttpClient* first_ = nullptr;
  std::optional<HttpResponse> response_;
};

TEST_F(FullHttp, ARequestInHandIsNotCutShortForWhoWaits) {
  fill({.connections = 1});
  EXPECT_EQ(post(client(authority_.box()), "y", 200ms).error(),
            make_error_code(AsyncErrc::timed_out));
  const HttpResponse response = finish();
  EXPECT_EQ(response.body, "finished");
  EXPECT_EQ(post(client(authority_.box()), "z").value().status, 200U);
}

TEST_F(FullHttp, ABodyForWhichThereIsNoRoomIsReadToItsEndAndToldToComeBack) {
  fill({.bodies = 1000});
  HttpClient& box = client(authority_.box());
  EXPECT_EQ(post(box, "small").value().status, 200U);
  const std::uint64_t before = box.wire_bytes();
  const HttpResponse busy = post(box, std::string(500'000, 'x')).value();
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(field(busy.fields, "retry-after"), "2");
  EXPECT_EQ(post(box, "small").value().status, 200U);
  EXPECT_LT(box.wire_bytes() - before, 520'000U);  // over the same connection
  EXPECT_EQ(finish().body, "finished");
  EXPECT_EQ(post(box, std::string(800, 'x')).value().body, "finished");
}

}  // namespace
}  // namespace yijuan::net
