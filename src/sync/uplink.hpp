// The way from a box to its ledger: one request, one answer. HttpsUplink on a real box, a script
// in tests.
#pragma once

#include <chrono>

#include "async/task.hpp"
#include "net/http.hpp"
#include "net/http_client.hpp"

namespace yijuan::sync {

class Uplink {
 public:
  virtual ~Uplink() = default;
  /// An error means that nothing is known of what the ledger did with the request.
  virtual Task<net::HttpResponse> send(net::HttpRequest request,
                                       std::chrono::nanoseconds timeout) = 0;
};

class HttpsUplink : public Uplink {
 public:
  /// `client` outlives the uplink.
  explicit HttpsUplink(net::HttpClient& client) : client_(client) {}
  Task<net::HttpResponse> send(net::HttpRequest request,
                               std::chrono::nanoseconds timeout) override {
    return client_.send(std::move(request), timeout);
  }

 private:
  net::HttpClient& client_;
};

}  // namespace yijuan::sync
