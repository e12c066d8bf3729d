#include "tools/bench_fleet/bare_handshakes.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "base/assert.hpp"
#include "io/descriptor.hpp"
#include "io/system_wall_clock.hpp"

namespace yijuan::bench {
namespace {

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;
using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;
constexpr int kConnecting = 2;  // threads

net::Validity validity() {
  const WallTime now = SystemWallClock().now().time;
  return {now - std::chrono::days(1), now + std::chrono::days(1)};
}

Descriptor listen_on_loopback(sockaddr_in& address) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  YIJUAN_ASSERT(::bind(socket.get(), any, size) == 0 && ::listen(socket.get(), SOMAXCONN) == 0 &&
                    ::getsockname(socket.get(), any, &size) == 0,
                "loopback can be listened on");
  return socket;
}

void send_at_once(const Descriptor& socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::chrono::nanoseconds thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Accepts until the listening socket is shut; the processor time that it took.
std::chrono::nanoseconds accept_all(const Descriptor& listener, SSL_CTX* context) {
  for (;;) {
    const Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.valid()) return thread_time();
    send_at_once(socket);
    const Ssl ssl(SSL_new(context), SSL_free);
    SSL_set_fd(ssl.get(), socket.get());
    YIJUAN_ASSERT(SSL_accept(ssl.get()) == 1, "the handshake succeeds");
    YIJUAN_ASSERT(SSL_write(ssl.get(), "x", 1) == 1, "the client is there");
  }
}

void connect_all(const sockaddr_in& address, SSL_CTX* context, std::atomic<int>& left,
                 bool resuming) {
  Session session(nullptr, SSL_SESSION_free);
  while (left-- > 0) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    YIJUAN_ASSERT(
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
        "loopback connects");
    send_at_once(socket);
    const Ssl ssl(SSL_new(context), SSL_free);
    SSL_set_fd(ssl.get(), socket.get());
    if (session) SSL_set_session(ssl.get(), session.get());
    YIJUAN_ASSERT(SSL_connect(ssl.get()) == 1, "the handshake succeeds");
    char byte = 0;
    YIJUAN_ASSERT(SSL_read(ssl.get(), &byte, 1) == 1, "the server is there");
    YIJUAN_ASSERT(SSL_session_reused(ssl.get()) == (session ? 1 : 0), "resumed as it should be");
    if (resuming) session.reset(SSL_get1_session(ssl.get()));
    SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN);  // else its session is no good any more
  }
}

}  // namespace

BareHandshakes::BareHandshakes()
    : authority_{net::make_authority(authority_key_, "sample", validity()).value(),
                 authority_key_} {}

BareHandshakes::Context BareHandshakes::context(bool server, bool resuming) const {
  Context made(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
  SSL_CTX* context = made.get();
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(context, resuming ? 1 : 0);
  const std::array<unsigned char, 1> id{1};
  SSL_CTX_set_session_id_context(context, id.data(), id.size());
  const auto key = net::PrivateKey::generate().value();
  const std::string request = net::make_request(key, "sample").value();
  const std::array<std::string, 1> hosts{"127.0.0.1"};
  const auto certificate =
      server ? net::issue_server_certificate(authority_, request, hosts, validity()).value()
             : net::issue_box_certificate(authority_, request, "sample", validity()).value();
  YIJUAN_ASSERT(SSL_CTX_use_certificate(context, certificate.native()) == 1 &&
                    SSL_CTX_use_PrivateKey(context, key.native()) == 1 &&
                    X509_STORE_add_cert(SSL_CTX_get_cert_store(context),
                                        authority_.certificate.native()) == 1,
                "key and certificates fit");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return made;
}

Rate BareHandshakes::run(int count, bool resuming) const {
  const Context server = context(true, resuming);
  const Context client = context(false, resuming);
  sockaddr_in address{};
  const Descriptor listener = listen_on_loopback(address);
  std::atomic<int> left = count;
  std::chrono::duration<double> busy{0};
  std::vector<std::thread> connecting;
  connecting.reserve(kConnecting);
  const auto begin = std::chrono::steady_clock::now();
  std::thread accepting([&] { busy = accept_all(listener, server.get()); });
  for (int i = 0; i < kConnecting; ++i) {
    connecting.emplace_back([&] { connect_all(address, client.get(), left, resuming); });
  }
  for (auto& thread : connecting) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  ::shutdown(listener.get(), SHUT_RDWR);
  accepting.join();
  return {.per_second = count / took.count(), .per_processor_second = count / busy.count()};
}

}  // namespace yijuan::bench
