// What kioskd does with what its devices report.
#include <fmt/format.h>

#include "base/log.hpp"
#include "kiosk/app.hpp"

namespace yijuan::kiosk {

Task<void> App::take_facts() {
  while (true) {
    auto room = co_await box_->room().wait();
    if (!room) co_return room;
    auto fact = co_await facts_.pop();
    if (!fact) co_return fact.error();
    registry_.hear(*fact, clock_.now());
    recordings_.hear(*fact);
    test_watch_.hear(*fact);
    std::visit([this](const auto& one) { on_fact(one); }, *fact);
    // An acceptor opens its slot only when its mark is durable, so that a power cut finds it.
    facts_.set_working(box_->busy());
  }
}

void App::on_fact(const CashReport& report) {
  box_->take(report);
}

void App::on_fact(const NoteInEscrow& note) {
  box_->note(note);
}

void App::on_fact(const DeviceFound& found) {
  log_info(found.device, fmt::format("{} {} serial {} firmware {}", found.maker, found.product,
                                     found.serial, found.firmware));
  if (!found.limits.empty()) log_info(found.device, found.limits);
}

void App::on_fact(const DeviceState& state) {
  const tlog::Fault* before = box_->history().health.fault(state.device);
  const std::string code = before == nullptr ? "" : before->code;
  box_->device(state);
  if (state.device == "printer") {
    box_->paper(state.code.empty() || state.code == kPaperNearEnd);
  }
  if (code == state.code) return;
  if (state.code.empty()) {
    log_info(state.device, "works again");
  } else {
    log_warning(state.device, state.text);
  }
  if (link_) link_->notify();
  show();
}

void App::on_fact(const DeviceCounters& /*counters*/) {}

void App::on_fact(const ContactChanged& changed) {
  log_info(changed.contact, changed.active ? "active" : "not active any more");
  box_->contact(changed);
  if (link_) link_->notify();
  show();
}

void App::on_fact(const BoardReadings& readings) {
  box_->board(readings);
  if (link_) link_->notify();
}

}  // namespace yijuan::kiosk
