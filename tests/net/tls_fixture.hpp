// An authority, a server and a box of it, for tests that speak TLS over loopback.
#pragma once

#include <string>
#include <vector>

#include "net/certificate.hpp"
#include "net/tls_context.hpp"

namespace yijuan::net {

inline WallTime wall(std::string_view text) {
  return parse_rfc3339(text).value();
}

struct TestAuthority {
  Validity years{wall("2020-01-01T00:00:00.000Z"), wall("2090-01-01T00:00:00.000Z")};
  PrivateKey key = PrivateKey::generate().value();
  Authority authority{make_authority(key, "示例", years).value(), key};

  TlsContext::Files server(std::vector<std::string> hosts, Validity validity) const {
    const PrivateKey own = PrivateKey::generate().value();
    const std::string request = make_request(own, "ledger").value();
    return {issue_server_certificate(authority, request, hosts, validity).value().to_pem(),
            own.to_pem(), authority.certificate.to_pem()};
  }
  TlsContext::Files server() const { return server({"127.0.0.1", "localhost"}, years); }
  TlsContext::Files box(const std::string& id, Validity validity) const {
    const PrivateKey own = PrivateKey::generate().value();
    const std::string request = make_request(own, id).value();
    return {issue_box_certificate(authority, request, id, validity).value().to_pem(), own.to_pem(),
            authority.certificate.to_pem()};
  }
  TlsContext::Files box(const std::string& id = "market-01") const { return box(id, years); }
};

}  // namespace yijuan::net
