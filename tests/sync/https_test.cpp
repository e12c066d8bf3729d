// Box and ledger over real TLS, with a link between them that can be cut at any byte.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "async/cancellation.hpp"
#include "async/task_group.hpp"
#include "io/real_clock.hpp"
#include "net/http_server.hpp"
#include "sync/client.hpp"
#include "tests/net/tls_fixture.hpp"
#include "tests/support/run_task.hpp"
#include "tests/sync/fakes.hpp"

namespace yijuan::sync {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

void ignore(std::string_view /*task*/, const Error& /*error*/) {}

/// A wire that is cut after so many bytes in one direction, once.
struct Wire {
  std::optional<std::size_t> cut_to_box;     // bytes of the ledger that still get through
  std::optional<std::size_t> cut_to_ledger;  // bytes of the box that still get through
  std::size_t to_box = 0;
  std::size_t to_ledger = 0;
};

Task<void> pump(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to,
                std::optional<std::size_t>& cut, std::size_t& count) {
  std::array<std::uint8_t, 4096> buffer;
  for (;;) {
    const auto [error, size] = co_await from->async_read_some(asio::buffer(buffer), kAwait);
    std::size_t through = size;
    const bool cutting = cut && *cut < size;
    if (cut) through = std::min(*cut, size);
    if (cut) *cut -= through;
    count += through;
    if (through > 0) {
      [[maybe_unused]] const auto written =
          co_await asio::async_write(*to, asio::buffer(buffer.data(), through), kAwait);
    }
    if (error || cutting) {
      if (cutting) cut.reset();
      from->close();
      to->close();
      co_return Result<void>();
    }
  }
}

Task<void> proxy(tcp::acceptor& acceptor, unsigned port, Wire& wire, TaskGroup& group) {
  for (;;) {
    auto [error, box] = co_await acceptor.async_accept(kAwait);
    if (error) co_return Result<void>();
    auto near = std::make_shared<tcp::socket>(std::move(box));
    auto far = std::make_shared<tcp::socket>(acceptor.get_executor());
    const tcp::endpoint ledger(asio::ip::make_address("127.0.0.1"),
                               static_cast<unsigned short>(port));
    const auto [refused] = co_await far->async_connect(ledger, kAwait);
    if (refused) continue;
    group.spawn("up", pump(near, far, wire.cut_to_ledger, wire.to_ledger));
    group.spawn("down", pump(far, near, wire.cut_to_box, wire.to_box));
  }
}

Task<net::HttpResponse> answer(test::FakeLedger* ledger, net::HttpRequest request) {
  if (request.peer.box != "market-01") co_return write_reply(Revoked{"unknown box"}, Version::two);
  co_return ledger->answer(request);
}

class OverTls : public ::testing::Test {
 protected:
  OverTls() {
    port_ = acceptor_.local_endpoint().port();
    serve(authority_.server());
  }
  ~OverTls() override {
    acceptor_.close();
    group_.cancel();
    static_cast<void>(yijuan::test::run_task(context_, group_.join()));
  }

  void serve(const net::TlsContext::Files& files) {
    server_ = std::make_unique<net::HttpServer>(
        context_.get_executor(), clock_, net::TlsContext::server(files).value(),
        [this](net::HttpRequest request) { return answer(&ledger_, std::move(request)); },
        net::HttpServer::Limits{});
    ASSERT_TRUE(server_->listen("127.0.0.1:0").has_value());
    group_.spawn("server", server_->run());
    group_.spawn("proxy", proxy(acceptor_, server_->port(), wire_, group_));
  }

  void start(const net::TlsContext::Files& files) {
    http_ = std::make_unique<net::HttpClient>(
        context_.get_executor(), clock_, net::TlsContext::client(files).value(),
        net::ServerUrl{"127.0.0.1", std::to_string(port_)}, [] { return net::date_check({}, {}); },
        net::HttpClient::Limits{});
    uplink_ = std::make_unique<HttpsUplink>(*http_);
    client_ = std::make_unique<Client>(
        context_.get_executor(),
        Client::Box{clock_, random_, journal_, *uplink_, log_key_, ledger_.cosigner()},
        [] { return Heartbeat{}; }, Client::Told{},
        ClientSettings{.linger = 1ms, .first_backoff = 1ms, .longest_backoff = 20ms});
    group_.spawn("sync", client_->run());
  }

  template <class Condition>
  void run_until(Condition condition) {
    context_.restart();
    while (!condition()) context_.run_one();
  }

  asio::io_context context_;
  RealClock clock_;
  test::SeededRandom random_;
  net::TestAuthority authority_;
  test::FakeJournal journal_;
  tlog::SigningKey log_key_{test::origin_of(1), tlog::KeyType::note, test::seed_of(1)};
  test::FakeLedger ledger_{log_key_.verifier()};
  tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  unsigned port_ = 0;
  Wire wire_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<HttpsUplink> uplink_;
  std::unique_ptr<Client> client_;
  TaskGroup group_{context_.get_executor(), ignore};
};

TEST_F(OverTls, EverythingArrivesWhereverTheWireIsCut) {
  start(authority_.box());
  run_until([&] { return client_->status().last_contact.has_value(); });
  for (std::size_t cut = 0; cut < 1200; cut += 50) {
    journal_.add(2);
    // To the box: after the ledger's commit. To the ledger: before it.
    (cut % 100 == 0 ? wire_.cut_to_box : wire_.cut_to_ledger) = cut;
    client_->notify();
    run_until([&] { return journal_.cosigned_size() == journal_.lines.size(); });
    wire_.cut_to_box.reset();
    wire_.cut_to_ledger.reset();
    ASSERT_EQ(ledger_.lines, journal_.lines) << cut;
    ASSERT_EQ(client_->status().alarm, "") << cut;
  }
}

TEST_F(OverTls, ABoxThatTheLedgerDoesNotKnowIsToldSo) {
  journal_.add(2);
  start(authority_.box("market-02"));
  run_until([&] { return !client_->status().alarm.empty(); });
  EXPECT_EQ(client_->status().alarm, "the ledger refuses this box: unknown box");
  EXPECT_TRUE(ledger_.lines.empty());
}

TEST_F(OverTls, AnotherAuthoritysLedgerGetsNothing) {
  journal_.add(2);
  start(net::TestAuthority().box());
  run_until([&] { return !client_->status().trouble.empty(); });
  EXPECT_NE(client_->status().trouble.find("certificate"), std::string::npos);
  EXPECT_EQ(client_->status().alarm, "");
  EXPECT_TRUE(ledger_.lines.empty());
}

TEST_F(OverTls, OneCoinGiftsCostFewBytesOnTheWire) {
  const auto gift = [&] {
    for (const std::string& line : test::one_coin_gift(journal_.lines.size(), random_)) {
      journal_.lines.push_back(line);
    }
  };
  const auto sync = [&] {
    const std::size_t before = wire_.to_box + wire_.to_ledger;
    client_->notify();
    run_until([&] { return journal_.cosigned_size() == journal_.lines.size(); });
    return wire_.to_box + wire_.to_ledger - before;
  };
  start(authority_.box());
  run_until([&] { return client_->status().last_contact.has_value(); });
  const std::size_t connecting = wire_.to_box + wire_.to_ledger;
  gift();
  const std::size_t alone = sync();
  for (int i = 0; i < 10; ++i) gift();
  const std::size_t ten = sync() / 10;
  for (int i = 0; i < 300; ++i) gift();
  const std::size_t many = sync() / 300;
  std::printf(
      "bytes on the wire: connection and first heartbeat %zu; per one-coin gift (cash, gift and "
      "slip entries) %zu in 300, %zu in 10, %zu alone\n",
      connecting, many, ten, alone);
  EXPECT_LE(many, 285U);
  EXPECT_LE(ten, 285U);
}

}  // namespace
}  // namespace yijuan::sync
