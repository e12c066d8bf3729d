// `boxctl test` and `boxctl door open`: what a technician does at the box. A test ends when its
// connection breaks: a line goes out every second, so that a broken one is noticed.
#include <fmt/format.h>

#include <algorithm>

#include "async/with_timeout.hpp"
#include "kiosk/app.hpp"
#include "kiosk/device_advice.hpp"
#include "kiosk/test_slip.hpp"
#include "net/errc.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kBeat = 1s;
constexpr auto kTestLasts = 60s;  // of what has no end of its own
constexpr auto kMoneyTestLasts = 10min;
constexpr auto kPrintLimit = 90s;
constexpr auto kDoorPatience = 10s;
constexpr auto kKeyLock =
    "this box has no lock that it can move: open the door with its key within 5 minutes";

std::string argument(const json::object& arguments, std::string_view key) {
  const json::value* value = arguments.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::uint64_t count_argument(const json::object& arguments, std::string_view key) {
  const json::value* value = arguments.if_contains(key);
  return value != nullptr && value->is_int64() && value->as_int64() > 0
             ? static_cast<std::uint64_t>(value->as_int64())
             : 0;
}

/// Whether there is any use in dropping something in.
std::string money_test_begins(const DeviceRow& row) {
  if (!row.state) return fmt::format("the {} acceptor has not been heard of", row.name);
  if (row.works()) return fmt::format("the {} acceptor works", row.name);
  return fmt::format("the {} acceptor DOES NOT WORK: {}; {}", row.name, row.state->text,
                     advice(row.name, row.state->code));
}

/// Runs on the way out, also when the connection broke.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> then) : then_(std::move(then)) {}
  AtEnd(const AtEnd&) = delete;
  ~AtEnd() { then_(); }

 private:
  std::function<void()> then_;
};

}  // namespace

// Why no test can begin now; empty: it can.
std::string App::why_no_test(std::string_view device) const {
  const DeviceRow* row = registry_.row(device == "screen" ? "display" : device);
  if (row == nullptr) {
    return fmt::format("\"{}\" cannot be tested: coin, note, printer, door, screen or scanner",
                       device);
  }
  if (!row->configured()) return fmt::format("this box has no {}: [{}] is none", device, row->name);
  if (test_watch_.under_way() || box_->testing()) return "another test is under way";
  if (box_->failure()) return "the box is out of service: " + box_->failure()->message();
  const auto scene = box_->view().scene;
  if (scene != domain::Scene::idle && scene != domain::Scene::closed) {
    return "somebody stands in front of the box; try again when it is idle";
  }
  return {};
}

Task<json::object> App::control_test(net::ControlRequest request, net::ControlProgress& progress) {
  const std::string device = argument(request.arguments, "device");
  if (const std::string why = why_no_test(device); !why.empty()) {
    co_return Error(NetErrc::refused, why);
  }
  test_watch_.begin(device);
  const AtEnd end([this] { end_device_test(); });
  if (device == "coin" || device == "note") {
    if (!box_->begin_test(device)) {
      co_return Error(NetErrc::refused, "the box takes no test money now");
    }
    test_watch_.say(money_test_begins(*registry_.row(device)));
    auto done = co_await test_money(count_argument(request.arguments, "pieces"), progress);
    co_return done;
  }
  if (device == "printer") {
    auto done = co_await test_printer(progress);
    co_return done;
  }
  if (device == "screen") {
    test_card_.emplace();
    show();
  }
  if (device == "door") {
    for (const auto& [name, contact] : registry_.contacts()) {
      test_watch_.say(contact_text(name, contact.active));
    }
    const json::value* unlock = request.arguments.if_contains("unlock");
    if (unlock != nullptr && unlock->is_bool() && unlock->as_bool()) {
      auto opened = co_await unlock_door(request.peer);
      if (!opened) co_return opened.error();
      test_watch_.say(devices_.door->has_lock() ? "the lock was pulsed" : kKeyLock);
    }
  }
  auto done = co_await watch_test(kTestLasts, progress);
  co_return done;
}

void App::end_device_test() {
  test_watch_.end();
  if (box_->testing()) box_->end_test();
  if (test_card_) {
    test_card_.reset();
    show();
  }
}

// One beat: what was told meanwhile goes out; also a line that says nothing, so that a broken
// connection is found.
Task<void> App::send_test_lines(net::ControlProgress& progress) {
  auto told = co_await with_timeout(clock_, kBeat, test_watch_.told().wait());
  if (!told && told.error() == make_error_code(AsyncErrc::cancelled)) co_return told;
  for (std::string& line : test_watch_.take()) {
    auto sent = co_await progress.send({{"line", std::move(line)}});
    if (!sent) co_return sent;
  }
  auto alive = co_await progress.send({{"alive", true}});
  co_return alive;
}

Task<json::object> App::test_money(std::uint64_t pieces, net::ControlProgress& progress) {
  const Instant limit = clock_.now() + kMoneyTestLasts;
  const bool counted = pieces > 0;
  // Until the box has ended the test: what was falling at its end is told, too.
  while (box_->testing()) {
    auto sent = co_await send_test_lines(progress);
    if (!sent) co_return sent.error();
    const bool enough = counted && test_watch_.pieces() >= pieces;
    if (enough || clock_.now() >= limit) box_->end_test();
  }
  auto last = co_await send_test_lines(progress);
  if (!last) co_return last.error();
  co_return json::object{
      {"result", fmt::format("{} pieces, {} yuan of test money: in no gift, expected at the "
                             "emptying",
                             test_watch_.pieces(), to_grouped(test_watch_.sum()))},
      {"good", test_watch_.pieces() >= std::max<std::uint64_t>(pieces, 1)},
      {"pieces", test_watch_.pieces()},
      {"fen", test_watch_.sum().count()}};
}

Task<json::object> App::watch_test(std::chrono::nanoseconds lasts, net::ControlProgress& progress) {
  const Instant limit = clock_.now() + lasts;
  const auto in_front = [this] {
    const auto scene = box_->view().scene;
    return scene != domain::Scene::idle && scene != domain::Scene::closed;
  };
  while (clock_.now() < limit && !in_front()) {
    auto sent = co_await send_test_lines(progress);
    if (!sent) co_return sent.error();
  }
  co_return json::object{
      {"result", in_front() ? "ended: somebody stands in front of the box" : "ended"}};
}

Task<json::object> App::test_printer(net::ControlProgress& progress) {
  struct Outcome {
    std::optional<PrintResult> result;
  };
  const auto outcome = std::make_shared<Outcome>();
  slips_->print_test(make_test_slip(opened_.config.box, wall_.now()),
                     [outcome](const PrintResult& result) { outcome->result = result; });
  test_watch_.say("a test slip is on its way to the printer");
  const Instant limit = clock_.now() + kPrintLimit;
  while (!outcome->result && clock_.now() < limit) {
    auto sent = co_await send_test_lines(progress);
    if (!sent) co_return sent.error();
  }
  auto last = co_await send_test_lines(progress);  // the printer's state after it
  if (!last) co_return last.error();
  if (!outcome->result) co_return Error(NetErrc::refused, "the printer did not end in 90 s");
  const PrintResult& result = *outcome->result;
  const bool printed = result.outcome == tlog::SlipOutcome::printed;
  const bool failed = result.outcome == tlog::SlipOutcome::failed;
  std::string text = printed  ? "printed: look whether it is legible and whole"
                     : failed ? "NOT printed: "
                              : "perhaps printed in part: ";
  text += result.why;
  co_return json::object{{"result", text}, {"good", printed}};
}

// Who opens is on the disk before the lock moves: after a power cut it would be a tamper.
Task<void> App::authorise(net::ControlPeer peer) {
  if (!devices_.door) co_return Error(NetErrc::refused, "this box has no door: [door] is none");
  if (peer.role != net::ControlRole::owner) {
    co_return Error(NetErrc::refused,
                    fmt::format("{} may not open the door: only root and the user that kioskd runs "
                                "as may",
                                peer.user));
  }
  box_->unlocked(fmt::format("boxctl uid {}", peer.uid));
  auto durable = co_await with_timeout(clock_, kDoorPatience, box_->settled().wait());
  co_return durable;
}

Task<void> App::unlock_door(net::ControlPeer peer) {
  auto authorised = co_await authorise(std::move(peer));
  if (!authorised) co_return authorised;
  if (!devices_.door->has_lock()) co_return Result<void>();
  auto pulsed = co_await devices_.door->unlock();
  if (pulsed) co_return pulsed;
  co_return Error(NetErrc::refused,
                  fmt::format("the lock was not pulsed: {}; whoever opens the door with a key "
                              "within 5 minutes does so with this authority",
                              pulsed.error().message()));
}

Task<json::object> App::control_door(net::ControlRequest request) {
  const Instant begun = clock_.now();
  auto unlocked = co_await unlock_door(request.peer);
  if (!unlocked) co_return unlocked.error();
  if (!devices_.door->has_lock()) {
    co_return json::object{{"good", true}, {"text", kKeyLock}};
  }
  const auto door = [this] { return registry_.contacts().find("door"); };
  while (clock_.now() < begun + kDoorPatience) {
    const auto contact = door();
    if (contact != registry_.contacts().end() && contact->second.active) {
      co_return json::object{{"good", true}, {"text", "the door is open"}};
    }
    auto slept = co_await clock_.sleep_for(100ms);
    if (!slept) co_return slept.error();
  }
  const bool known = door() != registry_.contacts().end();
  co_return json::object{
      {"good", !known},
      {"text", known ? "the lock was pulsed, but the door did not open within 10 s; whoever opens "
                       "it within 5 minutes does so with this authority"
                     : "the lock was pulsed; this box has no door contact that would tell more"}};
}

}  // namespace yijuan::kiosk
