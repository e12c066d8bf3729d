// HTTP messages as values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"

namespace yijuan::net {

/// Header fields; names in lower case, in order.
using Fields = std::vector<std::pair<std::string, std::string>>;
/// The value of the first field `name` (lower case).
std::optional<std::string_view> field(const Fields& fields, std::string_view name);

/// Who sent a request, as far as TLS proved it.
struct Peer {
  std::string box;      // from a client certificate of our authority; empty without one
  std::string address;  // "192.0.2.7:50312", for logs
  Hash key{};           // fingerprint of that certificate's key; zeros without one
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // path and query
  Fields fields;
  std::string body;
  Peer peer;  // the server fills it in
};

struct HttpResponse {
  unsigned status = 200;
  Fields fields;
  std::string body;
};

/// A response with a body of the given type.
HttpResponse respond(unsigned status, std::string_view content_type, std::string body);
/// "Not Found" for 404.
std::string_view reason(unsigned status);

}  // namespace yijuan::net
