#include "kiosk/status.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "kiosk/device_report.hpp"
#include "kiosk/screen_model.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

json::object latency(const Latency& latency) {
  return {{"count", latency.count()},
          {"p50", latency.percentile(50).count()},
          {"p99", latency.percentile(99).count()}};
}

// Names for programs: as in screen/model.hpp, whatever pictures are called.
std::string scene_name(const screen::Scene& scene) {
  if (scene.name == "choice") return "amount_choice";
  std::string name(scene.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

json::array devices(const StatusSources& sources) {
  json::array rows;
  const domain::DeviceHealth& health = sources.box.history().health;
  const auto add = [&](const std::string& name, const std::string& code, const std::string& text) {
    json::object row = {{"name", name}, {"works", code.empty()}, {"code", code}, {"text", text}};
    const DeviceRow* known = sources.registry.row(name);
    if (known != nullptr && known->found) {
      row["maker"] = known->found->maker;
      row["product"] = known->found->product;
      row["serial"] = known->found->serial;
      row["firmware"] = known->found->firmware;
    }
    rows.push_back(std::move(row));
  };
  for (const std::string& device : health.working()) add(device, "", "");
  for (const tlog::Fault& fault : health.faults()) add(fault.device, fault.code, fault.text);
  return rows;
}

json::object ledger(const StatusSources& sources) {
  if (sources.link == nullptr) return {{"configured", false}};
  const sync::ClientStatus status = sources.link->status();
  json::object row = {{"configured", true},        {"name", sources.link->ledger()},
                      {"trouble", status.trouble}, {"alarm", status.alarm},
                      {"stopped", status.stopped}, {"cosigned", status.cosigned}};
  json::array earlier;
  for (const auto& archive : sources.link->archives()) {
    const sync::ClientStatus left = archive->status();
    earlier.push_back({{"origin", archive->origin()},
                       {"delivered", archive->delivered()},
                       {"trouble", left.trouble},
                       {"alarm", left.alarm}});
  }
  if (!earlier.empty()) row["earlier"] = std::move(earlier);
  if (status.last_contact) {
    row["last_contact_s"] =
        std::chrono::duration_cast<std::chrono::seconds>(sources.clock.now() - *status.last_contact)
            .count();
  }
  return row;
}

json::object check(const Verification& verification) {
  json::object row = {{"running", verification.running()},
                      {"checked", verification.checked()},
                      {"size", verification.size()}};
  if (const auto& result = verification.result()) {
    row["good"] = result->has_value();
    if (!*result) row["fault"] = result->error().message();
  }
  return row;
}

void add_money(json::object& status, const History& history) {
  status["cash"] = history.books.cash_count;
  status["cash_fen"] = history.books.cash_total.count();
  status["gifts"] = history.books.gift_count;
  status["gift_fen"] = history.books.gift_total.count();
  status["open_fen"] = history.books.open_total().count();
  status["lost"] = history.books.lost;
  status["test"] = history.books.test_count;
  status["test_fen"] = history.books.test_total.count();
  status["disputed"] = history.books.disputed_count + history.books.pending().size();
  status["disputed_fen"] = (history.books.disputed_total + history.books.pending_total()).count();
  status["unsynced_cash"] = history.unsynced.count();
  status["unsynced_fen"] = history.unsynced.sum().count();
}

}  // namespace

json::object make_status(const StatusSources& sources) {
  Box& box = sources.box;
  box.cosigned(sources.journal.cosigned_size());
  const std::uint64_t head = sources.journal.head().size;
  const std::uint64_t cosigned = sources.journal.cosigned_size();
  const WallReading now = sources.wall.now();
  const domain::Gate& gate = box.view().gate;
  json::object status = {
      {"box", sources.id},
      {"version", YIJUAN_VERSION},
      {"origin", sources.origin},
      {"ready", sources.ready},
      {"ready_ms", sources.ready_after.count()},
      {"accepting", box.accepting() && sources.cash_open},
      {"gate", domain::to_text(gate.reason)},
      {"gate_text", gate.text.english()},
      {"entries", head},
      {"cosigned", cosigned},
      {"unsynced", head - cosigned},
      {"failure", box.failure() ? box.failure()->message() : ""},
      {"clock", {{"time", to_rfc3339(now.time)}, {"quality", to_text(now.quality)}}},
      {"uptime_ms", sources.wall.uptime().count()},
      {"devices", devices(sources)},
      {"ledger", ledger(sources)},
      {"verification", check(sources.verification)},
      {"coin_to_durable_us", latency(box.coin_to_durable())}};
  add_money(status, box.history());
  json::object board = make_board_report(sources.registry);
  if (!board.empty()) status["board"] = std::move(board);
  json::array contacts;
  for (const auto& [name, contact] : sources.registry.contacts()) {
    contacts.push_back(json::object{{"name", name}, {"active", contact.active}});
  }
  if (!contacts.empty()) status["contacts"] = std::move(contacts);
  if (box.pack()) {
    status["pack"] = {{"campaign", box.pack()->campaign}, {"version", box.pack()->version}};
  }
  if (sources.screen != nullptr) {
    status["scene"] = scene_name(sources.screen->scene());
    status["frames"] = sources.screen->frames();
    status["coin_to_frame_us"] = latency(sources.screen->coin_to_frame());
  }
  return status;
}

json::object make_screen(const screen::Scene& scene) {
  json::array buttons;
  for (const screen::Button& button : scene.buttons) {
    json::object row = {{"name", to_text(button.action.intent)},
                        {"label", button.label},
                        {"x", button.area.x},
                        {"y", button.area.y},
                        {"width", button.area.width},
                        {"height", button.area.height}};
    if (button.action.intent == screen::Intent::choose_amount) {
      row["fen"] = button.action.amount.count();
    }
    buttons.push_back(std::move(row));
  }
  return {{"scene", scene_name(scene)}, {"buttons", std::move(buttons)}};
}

}  // namespace yijuan::kiosk
