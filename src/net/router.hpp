// From method and path to a handler. A path pattern is literal segments and `{}` for any one
// segment: "/v1/box/{}/day".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "net/http.hpp"

namespace yijuan::net {

class Router {
 public:
  /// `segments`: what stood where the pattern has `{}`, percent-decoding left to the handler.
  using Route = std::function<Task<HttpResponse>(HttpRequest, std::vector<std::string> segments)>;

  void add(std::string method, std::string_view pattern, Route route);
  /// 404 for an unknown path, 405 with Allow for an unknown method on a known one.
  Task<HttpResponse> handle(HttpRequest request) const;

 private:
  struct Row {
    std::string method;
    std::vector<std::string> pattern;
    Route route;
  };
  std::vector<Row> rows_;
};

}  // namespace yijuan::net
