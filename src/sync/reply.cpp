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

net::HttpResponse as_json(unsigned status, const json::object& object) {
  return net::respond(status, "application/json", json::serialize(object));
}

struct Writer {
  Version version;

  net::HttpResponse operator()(const Cosigned& reply) const {
    if (version == Version::one) return net::respond(200, kNoteType, reply.note);
    json::object object{{"note", reply.note}};
    if (reply.office) object["office"] = write_office_word(*reply.office);
    return as_json(200, object);
  }
  net::HttpResponse operator()(const Stored& reply) const {
    if (version == Version::one) return (*this)(ResumeAt{reply.size});
    return as_json(202, {{"size", reply.size}});
  }
  net::HttpResponse operator()(const ResumeAt& reply) const {
    return net::respond(409, kSizeType, std::to_string(reply.size) + "\n");
  }
  net::HttpResponse operator()(const Forked& reply) const {
    json::object object{{"error", reply.text}};
    if (reply.kept) object["kept"] = *reply.kept;
    return as_json(422, object);
  }
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

std::optional<json::object> object_of(const net::HttpResponse& response) {
  return response.body.size() <= kLongestReply ? parse_object(response.body) : std::nullopt;
}

std::optional<OfficeWord> office_in(const json::object& object) {
  const json::value* office = object.if_contains("office");
  if (office == nullptr || !office->is_object()) return std::nullopt;
  return read_office_word(office->get_object());
}

BatchReply read_cosigned(const net::HttpResponse& response, Version version) {
  if (version == Version::one) {
    if (response.body.empty() || response.body.size() > kLongestReply) {
      return Rejected{200, "an answer without a checkpoint"};
    }
    return Cosigned{response.body};
  }
  const auto object = object_of(response);
  if (!object) return Rejected{200, "an answer without a checkpoint"};
  JsonReader reader(*object);
  Cosigned cosigned{reader.text("note", kLongestNote)};
  if (!reader.ok()) return Rejected{200, "an answer without a checkpoint"};
  cosigned.office = office_in(*object);
  return cosigned;
}

BatchReply read_stored(const net::HttpResponse& response) {
  const auto object = object_of(response);
  if (!object) return Rejected{202, "an answer without a size"};
  JsonReader reader(*object);
  const Stored stored{reader.number("size")};
  if (!reader.ok()) return Rejected{202, "an answer without a size"};
  return stored;
}

BatchReply read_resume(const net::HttpResponse& response) {
  std::string_view body = response.body;
  if (body.ends_with('\n')) body.remove_suffix(1);
  const auto size = number(body, (std::uint64_t{1} << 53) - 1);
  if (net::field(response.fields, "content-type") != kSizeType || !size) {
    return Rejected{409, "a conflict without a size"};
  }
  return ResumeAt{*size};
}

BatchReply read_forked(const net::HttpResponse& response) {
  Forked forked{problem_text(response)};
  if (const auto object = object_of(response)) {
    JsonReader reader(*object);
    forked.kept = reader.maybe_number("kept");
  }
  return forked;
}

}  // namespace

net::HttpResponse write_reply(const BatchReply& reply, Version version) {
  return std::visit(Writer{version}, reply);
}

BatchReply read_reply(const net::HttpResponse& response, Version version) {
  switch (response.status) {
    case 200:
      return read_cosigned(response, version);
    case 202:
      return read_stored(response);
    case 409:
      return read_resume(response);
    case 422:
      return read_forked(response);
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
  if (reply.office) object["office"] = write_office_word(*reply.office);
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
  reply.office = office_in(*object);
  return reply;
}

}  // namespace yijuan::sync
