// HTTP/1.1 messages to bytes and back, without a connection. Boost.Beast's parser does the reading
// and stays in the .cpp: it is the slowest header of the tree. Private to net.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace yijuan::net {

struct MessageLimits {
  std::size_t header = std::size_t{8} * 1024;
  std::size_t body = std::size_t{1024} * 1024;
};

/// Reads one message. NetErrc::bad_message or too_large; after an error it is of no use.
class RequestReader {
 public:
  explicit RequestReader(MessageLimits limits);
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;
  ~RequestReader();

  /// Takes some of `bytes` and says how many; 0: it needs more than these to go on.
  Result<std::size_t> feed(BytesView bytes);
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool started() const;
  [[nodiscard]] bool header_done() const;
  /// Bytes that the body may have: as the header says, or the limit. REQUIRES: header_done().
  [[nodiscard]] std::size_t longest_body() const;
  /// Frees what was read of the body; call it after every feed() to read one without keeping it.
  void drop_body();
  /// Whether the sender wants an interim "100 Continue" before its body.
  [[nodiscard]] bool wants_continue() const;
  [[nodiscard]] bool keep_alive() const;
  /// REQUIRES: done().
  HttpRequest take();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

class ResponseReader {
 public:
  explicit ResponseReader(MessageLimits limits);
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;
  ~ResponseReader();

  Result<std::size_t> feed(BytesView bytes);
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool keep_alive() const;
  HttpResponse take();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// REQUIRES: no line break in a field or a target (they are never made from outside text).
std::string write_request(const HttpRequest& request, std::string_view host);
std::string write_response(const HttpResponse& response, bool keep_alive, bool with_body = true);

}  // namespace yijuan::net
