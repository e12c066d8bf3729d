// The `pages` listener: HTTPS with a certificate of any public authority, read anew when its files
// change, or plain HTTP on loopback behind a reverse proxy. Boxes never come here.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "ledger/ledger_config.hpp"
#include "net/http_server.hpp"

namespace yijuan::ledger {

class Pages {
 public:
  /// Listens. NetErrc::bad_key, IoErrc::unsafe_key or cannot_open about the certificate's files.
  static Result<std::unique_ptr<Pages>> open(const asio::any_io_executor& executor, Clock& clock,
                                             LedgerConfig::Pages config, net::HttpHandler handler);

  Task<void> run() { return server_.run(); }
  /// Takes a new certificate into use for the connections that come; one that is no good is said
  /// in the log, and the old one stays.
  Task<void> watch_certificate();

  [[nodiscard]] unsigned port() const { return server_.port(); }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }

 private:
  /// What changes when a file is written anew.
  using Stamp = std::array<std::int64_t, 6>;
  Pages(const asio::any_io_executor& executor, Clock& clock, LedgerConfig::Pages config,
        std::optional<net::TlsContext> tls, net::HttpHandler handler);
  [[nodiscard]] Stamp stamp() const;
  void read_again();

  Clock& clock_;
  LedgerConfig::Pages config_;
  net::HttpServer server_;
  Stamp seen_{};
};

}  // namespace yijuan::ledger
