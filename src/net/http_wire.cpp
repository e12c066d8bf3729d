#include "net/http_wire.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/assert.hpp"
#include "net/errc.hpp"

namespace yijuan::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

template <class BeastParser>
Result<std::size_t> feed_parser(BeastParser& parser, BytesView bytes) {
  error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::need_more) return std::size_t{used};
  if (error == http::error::header_limit || error == http::error::body_limit ||
      error == http::error::buffer_overflow) {
    return {NetErrc::too_large, error.message()};
  }
  if (error) return {NetErrc::bad_message, error.message()};
  return std::size_t{used};
}

template <class Message>
Fields read_fields(const Message& message) {
  Fields fields;
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    fields.emplace_back(std::move(name), std::string(field.value()));
  }
  return fields;
}

template <class BeastParser>
void set_limits(BeastParser& parser, MessageLimits limits) {
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(limits.header));
  parser.body_limit(limits.body);
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void write_fields(std::string& out, const Fields& fields) {
  for (const auto& [name, value] : fields) {
    YIJUAN_ASSERT(is_one_line(name) && is_one_line(value), "a header field is one line");
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
}

}  // namespace

struct RequestReader::Parser : http::request_parser<http::string_body> {
  std::size_t body_limit = 0;
};
struct ResponseReader::Parser : http::response_parser<http::string_body> {};

RequestReader::RequestReader(MessageLimits limits) : parser_(std::make_unique<Parser>()) {
  set_limits<http::request_parser<http::string_body>>(*parser_, limits);
  parser_->body_limit = limits.body;
}
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;
RequestReader::~RequestReader() = default;

Result<std::size_t> RequestReader::feed(BytesView bytes) {
  return feed_parser(*parser_, bytes);
}

bool RequestReader::done() const {
  return parser_->is_done();
}

bool RequestReader::started() const {
  return parser_->got_some();
}

bool RequestReader::header_done() const {
  return parser_->is_header_done();
}

std::size_t RequestReader::longest_body() const {
  YIJUAN_ASSERT(header_done(), "the header tells how long the body is");
  if (parser_->chunked()) return parser_->body_limit;
  return parser_->content_length().value_or(0);
}

void RequestReader::drop_body() {
  std::string().swap(parser_->get().body());
}

bool RequestReader::wants_continue() const {
  return parser_->is_header_done() && !parser_->is_done() &&
         boost::beast::iequals(parser_->get()[http::field::expect], "100-continue");
}

bool RequestReader::keep_alive() const {
  return parser_->keep_alive();
}

HttpRequest RequestReader::take() {
  YIJUAN_ASSERT(done(), "a request is taken when it is whole");
  auto& message = parser_->get();
  return {std::string(message.method_string()),
          std::string(message.target()),
          read_fields(message),
          std::move(message.body()),
          {}};
}

ResponseReader::ResponseReader(MessageLimits limits) : parser_(std::make_unique<Parser>()) {
  set_limits(*parser_, limits);
}
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;
ResponseReader::~ResponseReader() = default;

Result<std::size_t> ResponseReader::feed(BytesView bytes) {
  return feed_parser(*parser_, bytes);
}

bool ResponseReader::done() const {
  return parser_->is_done();
}

bool ResponseReader::keep_alive() const {
  return parser_->keep_alive();
}

HttpResponse ResponseReader::take() {
  YIJUAN_ASSERT(done(), "a response is taken when it is whole");
  auto& message = parser_->get();
  return {message.result_int(), read_fields(message), std::move(message.body())};
}

std::string write_request(const HttpRequest& request, std::string_view host) {
  YIJUAN_ASSERT(is_one_line(request.target) && is_one_line(host), "a request line is one line");
  std::string out = request.method + ' ' + request.target + " HTTP/1.1\r\nhost: ";
  out += host;
  out += "\r\n";
  write_fields(out, request.fields);
  if (!request.body.empty() || request.method != "GET") {
    out += "content-length: " + std::to_string(request.body.size()) + "\r\n";
  }
  out += "\r\n";
  return out + request.body;
}

std::string write_response(const HttpResponse& response, bool keep_alive, bool with_body) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  out += reason(response.status);
  out += "\r\n";
  write_fields(out, response.fields);
  if (!keep_alive) out += "connection: close\r\n";
  // RFC 9110, 8.6: what has no body says nothing of its length.
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) out += "content-length: " + std::to_string(response.body.size()) + "\r\n";
  out += "\r\n";
  if (with_body && !bodiless) out += response.body;
  return out;
}

}  // namespace yijuan::net
