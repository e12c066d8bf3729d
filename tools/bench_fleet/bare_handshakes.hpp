// The reference: TLS 1.3 handshakes with certificates on both sides, of the same kinds as ours, by
// OpenSSL alone on blocking sockets over loopback: one thread that accepts, as ledgerd has one
// loop, and two that connect, so that it need not wait. Nothing is asked and nothing answered.
#pragma once

#include <chrono>
#include <memory>

#include "net/certificate.hpp"

struct ssl_ctx_st;

namespace yijuan::bench {

struct Rate {
  double per_second = 0;            // by the wall clock
  double per_processor_second = 0;  // of the side that accepts
};

class BareHandshakes {
 public:
  BareHandshakes();

  /// `count` connections.
  [[nodiscard]] Rate full(int count) { return run(count, false); }
  /// The same, each resuming the one before it.
  [[nodiscard]] Rate resumed(int count) { return run(count, true); }

 private:
  using Context = std::shared_ptr<ssl_ctx_st>;
  Context context(bool server, bool resuming) const;
  [[nodiscard]] Rate run(int count, bool resuming) const;

  net::PrivateKey authority_key_ = net::PrivateKey::generate().value();
  net::Authority authority_;
};

}  // namespace yijuan::bench
