#include "kiosk/test_command.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <cstdio>

#include "kiosk/table_values.hpp"
#include "net/control_socket.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kPatience{30};  // between two lines of the daemon

int fail(const Error& error) {
  fmt::print(stderr, "boxctl: {}\n", error.message());
  return 1;
}

std::string what_to_do(const std::string& device) {
  if (device == "coin") return "drop coins; Ctrl-C ends the test";
  if (device == "note") return "insert notes; Ctrl-C ends the test";
  if (device == "door") return "open and close the door; Ctrl-C ends the test";
  if (device == "screen") {
    return "look: eight colours, eleven greys, a frame at all four edges; touch the corners: a "
           "cross must appear under the finger; Ctrl-C ends the test";
  }
  if (device == "scanner") return "scan something; Ctrl-C ends the test";
  return {};
}

}  // namespace

int test_device(const KioskConfig& config, const TestRequest& request) {
  bool begun = false;
  const auto show = [&](const json::object& progress) {
    if (!begun) {
      const std::string hint = what_to_do(request.device);
      if (!hint.empty()) fmt::print("{}\n", hint);
    }
    begun = true;
    if (progress.contains("line")) fmt::print("{}\n", text(progress, "line"));
    std::fflush(stdout);
  };
  const json::object arguments = {
      {"device", request.device}, {"pieces", request.pieces}, {"unlock", request.unlock}};
  const auto reply =
      net::control_call(config.socket().string(), "test", arguments, show, kPatience);
  if (!reply) return fail(reply.error());
  fmt::print("{}\n", text(*reply, "result"));
  return reply->contains("good") && !flag(*reply, "good") ? 1 : 0;
}

int open_door(const KioskConfig& config) {
  const auto reply = net::control_call(config.socket().string(), "door_open", {}, {}, kPatience);
  if (!reply) return fail(reply.error());
  fmt::print("{}\n", text(*reply, "text"));
  return flag(*reply, "good") ? 0 : 1;
}

}  // namespace yijuan::kiosk
