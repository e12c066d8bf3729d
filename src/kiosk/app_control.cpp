// What kioskd answers on its control socket.
#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "kiosk/app.hpp"
#include "kiosk/device_report.hpp"
#include "kiosk/status.hpp"
#include "kiosk/table_values.hpp"
#include "net/errc.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

}  // namespace

Task<boost::json::object> App::control(net::ControlRequest request,
                                       net::ControlProgress& progress) {
  if (request.command == "status") {
    co_return make_status({.box = *box_,
                           .journal = *journal_,
                           .wall = wall_,
                           .clock = clock_,
                           .verification = *verification_,
                           .registry = registry_,
                           .id = opened_.config.box,
                           .origin = opened_.keys.origin(),
                           .link = link_ ? &*link_ : nullptr,
                           .screen = screen_ ? &*screen_ : nullptr,
                           .cash_open = open("coin") || open("note"),
                           .ready = ready_,
                           .ready_after = ready_after_});
  }
  if (request.command == "devices") {
    co_return make_devices_report({.registry = registry_,
                                   .health = box_->history().health,
                                   .now = clock_.now(),
                                   .open = [this](std::string_view name) { return open(name); }});
  }
  if (request.command == "screen") {
    if (!screen_) co_return Error(NetErrc::refused, "this box has no display");
    co_return make_screen(screen_->scene());
  }
  if (request.command == "verify") {
    auto reply = co_await control_verify(progress);
    co_return reply;
  }
  if (request.command == "export") {
    if (request.peer.role != net::ControlRole::owner && text(request.arguments, "do") != "list") {
      co_return Error(NetErrc::refused, "only for root and the user that kioskd runs as");
    }
    auto reply = co_await answer_export(export_desk(), std::move(request.arguments));
    co_return reply;
  }
  if (request.command == "test") {
    auto reply = co_await control_test(std::move(request), progress);
    co_return reply;
  }
  if (request.command == "door_open") {
    auto reply = co_await control_door(std::move(request));
    co_return reply;
  }
  if (request.command == "record") {
    auto reply = co_await recordings_.record(std::move(request.arguments), progress);
    co_return reply;
  }
  co_return Error(NetErrc::refused, fmt::format("kioskd knows no command \"{}\"", request.command));
}

bool App::open(std::string_view acceptor) const {
  if (acceptor == "coin") return devices_.coin && devices_.coin->open();
  return acceptor == "note" && devices_.note && devices_.note->open();
}

Task<boost::json::object> App::control_verify(net::ControlProgress& progress) {
  if (!verification_->running()) others_.spawn("verify", verify());
  do {
    auto slept = co_await clock_.sleep_for(100ms);
    if (!slept) co_return slept.error();
    auto sent = co_await progress.send(
        {{"checked", verification_->checked()}, {"size", verification_->size()}});
    if (!sent) co_return sent.error();
  } while (verification_->running());
  const auto& result = verification_->result();
  if (!result) co_return Error(NetErrc::refused, "the check was cut off");
  boost::json::object reply = {{"good", result->has_value()},
                               {"checked", verification_->checked()},
                               {"origin", opened_.keys.origin()}};
  if (!*result) reply["fault"] = result->error().message();
  co_return reply;
}

ExportDesk App::export_desk() const {
  ExportDesk desk;
  if (link_) {
    desk.cosigner = &link_->cosigner();
    for (const auto& archive : link_->archives()) {
      desk.logs.push_back({&archive->journal(), &archive->key()});
    }
  }
  desk.logs.push_back({journal_.get(), &opened_.keys.log_key()});
  desk.certificates = opened_.keys.certificates();
  return desk;
}

}  // namespace yijuan::kiosk
