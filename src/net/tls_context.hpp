// What both ends demand of a TLS connection: TLS 1.3; the server asks for a client certificate of
// our own authority and no other; the client trusts that authority alone and checks the host name.
// The system's roots play no part on either side.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace boost::asio::ssl {
class context;
}

namespace yijuan::net {

/// How the dates of the ledger's certificate are judged (trust.md 3.3).
struct DateCheck {
  enum class Rule {
    valid_at,           // the clock is believed: valid at `time`, as everywhere
    not_expired_before  // it is not: true time is `time` or later, so what ended before is refused
  };
  Rule rule = Rule::not_expired_before;
  WallTime time;
  friend bool operator==(const DateCheck&, const DateCheck&) = default;
};

/// A clock of quality ntp or ledger that does not lie before `floor` is believed; any other (1970,
/// a stored time that may lie years ahead) says nothing. `floor` is the latest moment known to be
/// past: the build's, or that of an entry written under a trusted clock. Authority and host name
/// are checked in every case.
DateCheck date_check(WallReading now, WallTime floor);

/// Copies share one context.
class TlsContext {
 public:
  /// How long after both sides showed their certificates a box may come back without.
  static constexpr std::chrono::seconds kSessionLife = std::chrono::hours(2);

  struct Files {
    std::string certificate;  // PEM, our own
    std::string key;          // PEM, unencrypted
    std::string authority;    // PEM, the only one trusted for the other end
  };
  /// A server remembers sessions (not tickets: they would travel over the box's radio link) in its
  /// memory, the newest so many, and with each the certificate that was shown.
  /// NetErrc::bad_key if a PEM cannot be read or key and certificate do not belong together.
  static Result<TlsContext> server(const Files& files);
  static Result<TlsContext> client(const Files& files);
  /// Without a certificate of its own: for what needs none.
  static Result<TlsContext> public_client(const std::string& authority);
  /// A server for browsers: no client certificate asked for.
  static Result<TlsContext> public_server(const std::string& certificate_chain,
                                          const std::string& key);

  [[nodiscard]] boost::asio::ssl::context& native() const { return *context_; }

 private:
  explicit TlsContext(std::shared_ptr<boost::asio::ssl::context> context)
      : context_(std::move(context)) {}
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace yijuan::net
