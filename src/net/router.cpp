#include "net/router.hpp"

#include <algorithm>
#include <optional>

namespace yijuan::net {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

/// What stands in the pattern's free places, if the path fits.
std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{}") {
      found.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return found;
}

}  // namespace

void Router::add(std::string method, std::string_view pattern, Route route) {
  rows_.push_back({std::move(method), split(pattern), std::move(route)});
}

Task<HttpResponse> Router::handle(HttpRequest request) const {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with('/')) co_return respond(400, "text/plain", "not a path\n");
  const std::vector<std::string> segments = split(path);
  std::string allowed;
  for (const Row& row : rows_) {
    auto found = match(row.pattern, segments);
    if (!found) continue;
    if (row.method == request.method) {
      auto response = co_await row.route(std::move(request), std::move(*found));
      co_return response;
    }
    allowed += (allowed.empty() ? "" : ", ") + row.method;
  }
  if (allowed.empty()) co_return respond(404, "text/plain", "nothing here\n");
  HttpResponse response = respond(405, "text/plain", "not this method\n");
  response.fields.emplace_back("allow", allowed);
  co_return response;
}

}  // namespace yijuan::net
