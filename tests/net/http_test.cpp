// Client and server against each other and against peers that misbehave, over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "async/with_timeout.hpp"
#include "net/connection.hpp"
#include "net/errc.hpp"
#include "net/router.hpp"
#include "tests/net/http_fixture.hpp"

namespace yijuan::net {
namespace {

using asio::ip::tcp;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Task<HttpResponse> fail(HttpRequest /*request*/) {
  co_return NetErrc::local_failure;
}

TEST_F(Http, TheHandlerKnowsWhichBoxAsksAndTheConnectionIsKept) {
  serve(authority_.server());
  HttpClient& box = client(authority_.box("market-01"));
  EXPECT_EQ(post(box, "one").value().body, "market-01|one");
  const std::uint64_t first = box.wire_bytes();
  EXPECT_EQ(post(box, "two").value().body, "market-01|two");
  EXPECT_LT(box.wire_bytes() - first, 300U);  // no second handshake
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(Http, ABoxOfAnotherAuthorityIsRefused) {
  serve(authority_.server());
  TlsContext::Files files = TestAuthority().box("market-01");
  files.authority = authority_.authority.certificate.to_pem();
  const auto result = post(client(files), "hello");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(server_->connections(), 0U);
  // Whatever name it gives itself: it is nobody's.
  EXPECT_THAT(wait_refused(1), ElementsAre(AllOf(StartsWith(": "), HasSubstr("local issuer"))));
}

TEST_F(Http, WithoutAClientCertificateNothingIsAnswered) {
  serve(authority_.server());
  clients_.push_back(std::make_unique<HttpClient>(
      context_.get_executor(), clock_,
      TlsContext::public_client(authority_.authority.certificate.to_pem()).value(),
      ServerUrl{"127.0.0.1", std::to_string(port_)}, today, HttpClient::Limits{}));
  const auto result = post(*clients_.back(), "hello");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), make_error_code(NetErrc::untrusted)) << result.error().message();
  EXPECT_THAT(wait_refused(1), ElementsAre(HasSubstr("did not return a certificate")));
}

TEST_F(Http, AnExpiredBoxCertificateIsRefusedByTheServersOwnClock) {
  serve(authority_.server());
  const Validity past{wall("2020-01-01T00:00:00.000Z"), wall("2021-01-01T00:00:00.000Z")};
  EXPECT_FALSE(post(client(authority_.box("market-01", past)), "hello").has_value());
  EXPECT_THAT(wait_refused(1),
              ElementsAre(AllOf(StartsWith("market-01: "), HasSubstr("certificate has expired"))));
  const Validity future{wall("2080-01-01T00:00:00.000Z"), wall("2081-01-01T00:00:00.000Z")};
  EXPECT_FALSE(post(client(authority_.box("market-02", future)), "hello").has_value());
  EXPECT_THAT(wait_refused(2)[1], AllOf(StartsWith("market-02: "), HasSubstr("not yet valid")));
  // Signed by another: its name is not believed, whatever its dates are.
  TlsContext::Files forged = TestAuthority().box("market-03", past);
  forged.authority = authority_.authority.certificate.to_pem();
  EXPECT_FALSE(post(client(forged), "hello").has_value());
  EXPECT_THAT(wait_refused(3)[2], StartsWith(": "));
}

TEST_F(Http, WhoeverSpeaksNoTlsOrNeverEndsItsHandshakeIsToldOf) {
  serve(authority_.server(), echo, {.handshake = 1s, .request = 1s});
  const tcp::endpoint server(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port_));
  tcp::socket plain(context_);
  plain.connect(server);
  asio::write(plain, asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
  EXPECT_THAT(wait_refused(1)[0], HasSubstr("http request"));
  tcp::socket silent(context_);
  silent.connect(server);
  EXPECT_THAT(wait_refused(2)[1], StartsWith(": "));
  EXPECT_EQ(last_error_, make_error_code(AsyncErrc::timed_out));
  EXPECT_EQ(refused_.size(), 2U);
}

TEST_F(Http, TheClientTrustsOneAuthorityAndOneName) {
  serve(authority_.server({"ledger.example.org"}, authority_.years));
  const auto wrong_host = post(client(authority_.box()), "hello");
  ASSERT_FALSE(wrong_host.has_value());
  EXPECT_EQ(wrong_host.error().detail(), "IP address mismatch");

  TlsContext::Files other = TestAuthority().box();
  const auto wrong_authority = post(client(other), "hello");
  ASSERT_FALSE(wrong_authority.has_value());
  EXPECT_EQ(wrong_authority.error(), make_error_code(NetErrc::untrusted));
}

TEST_F(Http, ABoxCertificateIsNoServerCertificate) {
  TlsContext::Files impostor = authority_.box("market-02");
  serve(impostor);
  const auto result = post(client(authority_.box()), "hello");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), make_error_code(NetErrc::untrusted)) << result.error().message();
}

TEST_F(Http, AClockAt1970DoesNotStopTheBoxAndAnEndedCertificateStillDoes) {
  const Validity decade{wall("2026-01-01T00:00:00.000Z"), wall("2030-01-01T00:00:00.000Z")};
  serve(authority_.server({"127.0.0.1"}, decade));
  const auto with = [&](WallReading now, std::string_view floor) {
    return post(client(authority_.box(), "127.0.0.1", date_check(now, wall(floor))), "hello");
  };
  const WallTime epoch = wall("1970-01-01T00:00:10.000Z");
  const WallTime now = wall("2026-10-17T00:00:00.000Z");
  const WallTime later = wall("2036-10-17T00:00:00.000Z");
  EXPECT_TRUE(with({epoch, ClockQuality::unset}, "2026-09-01T00:00:00.000Z").has_value());
  // Built before the certificate was made: that alone proves nothing against it.
  EXPECT_TRUE(with({epoch, ClockQuality::unset}, "2025-09-01T00:00:00.000Z").has_value());
  EXPECT_TRUE(with({later, ClockQuality::stored}, "2026-09-01T00:00:00.000Z").has_value());
  EXPECT_TRUE(with({now, ClockQuality::ntp}, "2026-09-01T00:00:00.000Z").has_value());
  const auto ended = with({epoch, ClockQuality::unset}, "2031-09-01T00:00:00.000Z");
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().detail(), "certificate has expired");
  const auto too_late = with({later, ClockQuality::ntp}, "2026-09-01T00:00:00.000Z");
  ASSERT_FALSE(too_late.has_value());
  EXPECT_EQ(too_late.error().detail(), "certificate has expired");
  const WallTime early = wall("2025-10-17T00:00:00.000Z");
  EXPECT_FALSE(with({early, ClockQuality::ntp}, "2025-09-01T00:00:00.000Z").has_value());
}

TEST_F(Http, BodiesAndHeadersAboveTheLimitEndTheConnection) {
  serve(authority_.server(), echo, {.header = 1000, .body = 1000});
  EXPECT_EQ(post(client(authority_.box()), std::string(1000, 'x')).value().status, 200U);
  const auto large = post(client(authority_.box()), std::string(1001, 'x'));
  if (large) {  // the answer may be lost when the server closes with our bytes unread
    EXPECT_EQ(large->status, 413U);
  }
  HttpRequest wide{"POST", "/x", {{"a", std::string(3000, 'x')}}, "", {}};
  const auto header = test::run_task(context_, client(authority_.box()).send(wide, 20s));
  if (header) {
    EXPECT_EQ(header->status, 413U);
  }
  EXPECT_EQ(post(client(authority_.box()), "still here").value().status, 200U);
}

TEST_F(Http, AFailedHandlerIsStatus500AndNothingOfItsReasonIsTold) {
  serve(authority_.server(), fail);
  const HttpResponse response = post(client(authority_.box()), "x").value();
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(response.body, "the server failed\n");
}

TEST_F(Http, AnAnswerLargerThanTheLimitIsAnErrorAndTheNextRequestWorks) {
  serve(authority_.server());
  HttpClient& box = client(authority_.box());
  EXPECT_EQ(post(box, std::string(20'000, 'x')).error(), make_error_code(NetErrc::too_large));
  EXPECT_EQ(post(box, "small").value().status, 200U);
}

TEST_F(Http, AnIdleConnectionEndsAndTheNextRequestOpensAnother) {
  serve(authority_.server(), echo, {.idle = 50ms});
  HttpClient& box = client(authority_.box());
  while (!post(box, "x")) {  // on a slow machine even a new connection may idle too long
  }
  while (server_->connections() > 0) context_.run_one();
  EXPECT_TRUE(refused_.empty());  // it had nothing to ask
  while (!post(box, "y")) {
  }
}

Task<void> set_when(Event& condition, Event& event, TaskGroup& group) {
  auto waited = co_await condition.wait();
  group.cancel();
  event.set();
  co_return waited;
}

TEST_F(Http, AStopFinishesTheRequestInHand) {
  Event started(context_.get_executor());
  Event go(context_.get_executor());
  serve(authority_.server(), [&started, &go](const HttpRequest&) { return wait_for(started, go); });
  TaskGroup stopper(context_.get_executor(), ignore);
  stopper.spawn("stop", set_when(started, go, group_));
  EXPECT_EQ(post(client(authority_.box()), "x").value().body, "finished");
  static_cast<void>(test::run_task(context_, stopper.join()));
  static_cast<void>(test::run_task(context_, group_.join()));
  EXPECT_EQ(server_->connections(), 0U);
}

// A peer that accepts, does the handshake and then says what the script says.
Task<void> say(tcp::acceptor& acceptor, TlsContext tls, std::string words, bool hang_up) {
  auto socket = co_await acceptor.async_accept(asio::use_awaitable);
  const auto connection = server_connection(std::move(socket), std::move(tls));
  auto shaken = co_await connection->handshake();
  if (!shaken) co_return shaken;
  std::array<std::uint8_t, 4096> buffer;
  auto request = co_await connection->read_some(buffer);
  if (!request) co_return request.error();
  auto written = co_await connection->write(as_bytes(words));
  if (!written || hang_up) co_return written;
  auto never = co_await connection->read_some(buffer);
  co_return never ? Result<void>() : Result<void>(never.error());
}

class Nonsense : public Http {
 protected:
  Result<HttpResponse> answer(std::string words, bool hang_up = true,
                              std::chrono::nanoseconds timeout = 20s) {
    tcp::acceptor acceptor(context_, {asio::ip::make_address("127.0.0.1"), 0});
    port_ = acceptor.local_endpoint().port();
    TaskGroup group(context_.get_executor(), ignore);
    group.spawn("say", say(acceptor, TlsContext::server(authority_.server()).value(),
                           std::move(words), hang_up));
    auto result = post(client(authority_.box()), "x", timeout);
    clients_.clear();
    group.cancel();
    static_cast<void>(test::run_task(context_, group.join()));
    return result;
  }
};

TEST_F(Nonsense, IsAnErrorOfItsKind) {
  EXPECT_EQ(answer("SSH-2.0-OpenSSH\r\n").error(), make_error_code(NetErrc::bad_message));
  EXPECT_EQ(answer(std::string(50, '\0')).error(), make_error_code(NetErrc::bad_message));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n").error(),
            make_error_code(NetErrc::bad_message));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").error(),
            make_error_code(NetErrc::closed));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\n").error(), make_error_code(NetErrc::closed));
  EXPECT_EQ(answer("").error(), make_error_code(NetErrc::closed));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n").error(),
            make_error_code(NetErrc::too_large));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nx: " + std::string(100'000, 'y')).error(),
            make_error_code(NetErrc::too_large));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n").error(),
            make_error_code(NetErrc::too_large));
}

TEST_F(Nonsense, SilenceEndsAtTheDeadline) {
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\n", false, 100ms).error(),
            make_error_code(AsyncErrc::timed_out));
}

TEST_F(Nonsense, ASecondAnswerThatNobodyAskedForIsNotTakenForTheNextOne) {
  const std::string one = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n";
  const HttpResponse response = answer(one + "a" + one + "b").value();
  EXPECT_EQ(response.body, "a");
}

TEST_F(Nonsense, WhereNobodyListensItSaysSo) {
  {
    tcp::acceptor acceptor(context_, {asio::ip::make_address("127.0.0.1"), 0});
    port_ = acceptor.local_endpoint().port();
  }
  EXPECT_EQ(post(client(authority_.box()), "x").error(), make_error_code(NetErrc::unreachable));
}

TEST(DateCheck, OnlyATrustedClockIsBelieved) {
  const WallTime floor = wall("2026-09-01T00:00:00.000Z");
  const WallTime now = wall("2026-10-17T00:00:00.000Z");
  const DateCheck believed{DateCheck::Rule::valid_at, now};
  const DateCheck lower{DateCheck::Rule::not_expired_before, floor};
  EXPECT_EQ(date_check({now, ClockQuality::ntp}, floor), believed);
  EXPECT_EQ(date_check({now, ClockQuality::ledger}, floor), believed);
  EXPECT_EQ(date_check({now, ClockQuality::stored}, floor), lower);
  EXPECT_EQ(date_check({now, ClockQuality::unset}, floor), lower);
  EXPECT_EQ(date_check({WallTime{}, ClockQuality::ntp}, floor), lower);
}

TEST(TlsContext, KeyAndCertificateMustBelongTogether) {
  const TestAuthority authority;
  TlsContext::Files files = authority.server();
  files.key = authority.box().key;
  EXPECT_EQ(TlsContext::server(files).error(), make_error_code(NetErrc::bad_key));
  EXPECT_EQ(TlsContext::client(files).error(), make_error_code(NetErrc::bad_key));
  files.key = "nonsense";
  EXPECT_EQ(TlsContext::server(files).error(), make_error_code(NetErrc::bad_key));
}

TEST(ServerUrl, IsHttpsHostAndPort) {
  EXPECT_EQ(ServerUrl::parse("https://ledger.example.org").value().port, "443");
  EXPECT_EQ(ServerUrl::parse("https://ledger.example.org:8443/").value().port, "8443");
  EXPECT_EQ(ServerUrl::parse("https://[::1]:8443").value().host, "::1");
  for (const char* bad :
       {"", "http://a", "https://", "https://a:", "https://a:0", "https://a:65536", "https://a/b",
        "https://a b", "https://[::1", "https://u@a", "https://a\r\nb", "https://[::1]x"}) {
    EXPECT_FALSE(ServerUrl::parse(bad).has_value()) << bad;
  }
}

Task<HttpResponse> segments(HttpRequest /*request*/, std::vector<std::string> found) {
  std::string body;
  for (const std::string& segment : found) body += segment + ";";
  co_return respond(200, "text/plain", body);
}

TEST(Router, FindsByMethodAndPath) {
  Router router;
  router.add("GET", "/v1/box/{}/day/{}", segments);
  router.add("POST", "/v1/batch", segments);
  asio::io_context context;
  const auto get = [&](std::string method, std::string target) {
    return test::run_task(context,
                          router.handle({std::move(method), std::move(target), {}, {}, {}}))
        .value();
  };
  EXPECT_EQ(get("GET", "/v1/box/a/day/b?x=/y").body, "a;b;");
  EXPECT_EQ(get("GET", "/v1/box/a/day").status, 404U);
  EXPECT_EQ(get("GET", "/v1/box/a/day/b/").status, 404U);
  EXPECT_EQ(get("GET", "*").status, 400U);
  EXPECT_EQ(get("GET", "").status, 400U);
  const HttpResponse wrong = get("GET", "/v1/batch");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(field(wrong.fields, "allow"), "POST");
}

}  // namespace
}  // namespace yijuan::net
