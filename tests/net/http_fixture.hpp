// A server and its clients over real sockets on loopback, and handlers for them.
#pragma once

#include <gtest/gtest.h>

#include "async/errc.hpp"
#include "async/task_group.hpp"
#include "io/real_clock.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "tests/net/tls_fixture.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::net {

using namespace std::chrono_literals;

inline Task<HttpResponse> echo(HttpRequest request) {
  co_return respond(200, "text/plain", request.peer.box + "|" + request.body);
}

inline void ignore(std::string_view /*task*/, const Error& /*error*/) {}

inline DateCheck today() {
  return {DateCheck::Rule::valid_at, wall("2026-10-17T00:00:00.000Z")};
}

/// The real clock, or some hours ahead of it.
class MovedClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return real_.now() + ahead; }
  Task<void> sleep_until(Instant deadline) override { return real_.sleep_until(deadline - ahead); }
  std::chrono::nanoseconds ahead{0};

 private:
  RealClock real_;
};

class Http : public ::testing::Test {
 protected:
  ~Http() override {
    clients_.clear();
    group_.cancel();
    static_cast<void>(test::run_task(context_, group_.join()));
  }

  /// Starts a server of `files`; its address is remembered.
  void serve(const TlsContext::Files& files, HttpHandler handler = echo,
             HttpServer::Limits limits = {}) {
    server_ =
        std::make_unique<HttpServer>(context_.get_executor(), clock_,
                                     TlsContext::server(files).value(), std::move(handler), limits);
    server_->on_refused([this](const Peer& peer, const Error& why) {
      refused_.push_back(peer.box + ": " + why.message());
      last_error_ = why;
    });
    ASSERT_TRUE(server_->listen("127.0.0.1:0").has_value());
    port_ = server_->port();
    group_.spawn("server", server_->run());
  }

  HttpClient& client(const TlsContext::Files& files, const std::string& host = "127.0.0.1",
                     DateCheck dates = today()) {
    clients_.push_back(std::make_unique<HttpClient>(
        context_.get_executor(), clock_, TlsContext::client(files).value(),
        ServerUrl{host, std::to_string(port_)}, [dates] { return dates; },
        HttpClient::Limits{.header = 4096, .body = 10'000}));
    return *clients_.back();
  }

  Result<HttpResponse> post(HttpClient& client, std::string body,
                            std::chrono::nanoseconds timeout = 20s) {
    return test::run_task(context_, client.send({"POST", "/x", {}, std::move(body), {}}, timeout));
  }

  /// Once `count` connections were refused: who and why.
  const std::vector<std::string>& wait_refused(std::size_t count) {
    while (refused_.size() < count) context_.run_one();
    return refused_;
  }

  asio::io_context context_;
  MovedClock clock_;
  TestAuthority authority_;
  TaskGroup group_{context_.get_executor(), ignore};
  std::unique_ptr<HttpServer> server_;
  std::vector<std::unique_ptr<HttpClient>> clients_;
  unsigned port_ = 0;
  std::vector<std::string> refused_;
  Error last_error_{AsyncErrc::cancelled};
};

inline Task<HttpResponse> wait_for(Event& started, Event& go) {
  started.set();
  auto waited = co_await go.wait();
  co_return respond(200, "text/plain", waited ? "finished" : "cut short");
}

}  // namespace yijuan::net
