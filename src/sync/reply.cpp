#include "sync/reply.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "sync/errc.hpp"
#include "sync/json_reader.hpp"

namespace yijuan::sync {
namespace {

namespace json = boost::json;

constexpr std::string_view kNoteType = "text/plain; charset=utf-8";
constexpr std::string_view kSizeType = "text/x.tlog.size";
constexpr std::uint64_t kLongestRetry = 86'400;

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  if (value > most) return {};
  return value;
}

net::HttpResponse problem(unsigned status, std::string_view text) {
  return net::respond(status, "application/json", json::serialize(json::object{{"error", text}}));
}

/// The text for people of an error, made harmless for a log line or a screen.
std::string problem_text(const net::HttpResponse& response) {
  const auto object =
      response.body.size() <= kLongestReply ? parse_object(response.body) : std::nullopt;
  if (!object) return {};
  JsonReader reader(*object);
  std::string text = reader.maybe_text("error", 512).value_or("");
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

struct Writer {
  net::HttpResponse operator()(const Cosigned& reply) const {
    return net::respond(200, kNoteType, reply.note);
  }
  net::HttpResponse operator()(const ResumeAt& reply) const {
    return net::respond(409, kSizeType, std::to_string(reply.size) + "\n");
  }
  net::HttpResponse operator()(const Forked& reply) const { return problem(422, reply.text); }
  net::HttpResponse operator()(const Revoked& reply) const { return problem(403, reply.text); }
  net::HttpResponse operator()(const Busy& reply) const {
    net::HttpResponse response = problem(503, "busy");
    if (reply.after) {
      response.fields.emplace_back("retry-after", std::to_string(reply.after->count()));
    }
    return response;
  }
  net::HttpResponse operator()(const Rejected& reply) const {
    return problem(reply.status, reply.text);
  }
};

BatchReply read_resume(const net::HttpResponse& response) {
  std::string_view body = response.body;
  if (body.ends_with('\n')) body.remove_suffix(1);
  const auto size = number(body, (std::uint64_t{1} << 53) - 1);
  if (net::field(response.fields, "content-type") != kSizeType || !size) {
    return Rejected{409, "a conflict without a size"};
  }
  return ResumeAt{*size};
}

}  // namespace

net::HttpResponse write_reply(const BatchReply& reply) {
  return std::visit(Writer{}, reply);
}

BatchReply read_reply(const net::HttpResponse& response) {
  switch (response.status) {
    case 200:
      if (response.body.empty() || response.body.size() > kLongestReply) {
        return Rejected{200, "an answer without a checkpoint"};
      }
      return Cosigned{response.body};
    case 409:
      return read_resume(response);
    case 422:
      return Forked{problem_text(response)};
    case 403:
      return Revoked{problem_text(response)};
    case 429:
    case 503: {
      const auto after = number(net::field(response.fields, "retry-after").value_or(""),
                                std::uint64_t{kLongestRetry});
      if (!after) return Busy{};
      return Busy{std::chrono::seconds(*after)};
    }
    default:
      return Rejected{response.status, problem_text(response)};
  }
}

net::HttpResponse write_heartbeat_reply(const HeartbeatReply& reply) {
  json::object object{{"time", to_rfc3339(reply.time)}, {"size", reply.size}};
  if (reply.pack) object["pack"] = *reply.pack;
  return net::respond(200, "application/json", json::serialize(object));
}

Result<HeartbeatReply> read_heartbeat_reply(const net::HttpResponse& response) {
  const auto object =
      response.body.size() <= kLongestReply ? parse_object(response.body) : std::nullopt;
  if (!object) return {SyncErrc::bad_reply, "no JSON object"};
  JsonReader reader(*object);
  HeartbeatReply reply;
  const auto time = parse_rfc3339(reader.text("time", 40));
  if (!time) reader.fail("time");
  reply.size = reader.number("size");
  reply.pack = reader.maybe_number("pack");
  if (!reader.ok()) return {SyncErrc::bad_reply, reader.bad()};
  reply.time = *time;
  return reply;
}

}  // namespace yijuan::sync
