#include "kiosk/screen_model.hpp"

#include <fmt/format.h>

#include "domain/business_day.hpp"
#include "domain/gate.hpp"

namespace yijuan::kiosk {
namespace {

using screen::Language;

constexpr std::size_t kMostPresets = 6;

const std::string& in(Language language, const domain::Text& text) {
  return language == Language::en ? text.english() : text.zh;
}

std::string text_of(const ScreenFacts& facts, const domain::Text& text) {
  return in(facts.language, text);
}

std::string designation(const ScreenFacts& facts, const std::string& id) {
  if (facts.pack == nullptr) return id;
  const domain::Choice* choice = domain::find_choice(facts.pack->designations, id);
  return choice == nullptr ? id : in(facts.language, choice->name);
}

std::optional<screen::Payee> payee(const ScreenFacts& facts) {
  if (facts.pack == nullptr || !facts.pack->payee) return std::nullopt;
  return screen::Payee{facts.pack->payee->code, text_of(facts, facts.pack->payee->name)};
}

std::string phone(const ScreenFacts& facts) {
  return facts.pack == nullptr ? "" : facts.pack->supervision_phone;
}

screen::Disclosure disclosure(const ScreenFacts& facts) {
  screen::Disclosure all;
  if (facts.pack == nullptr) return all;
  const domain::CampaignPack& pack = *facts.pack;
  all.organisation = text_of(facts, pack.fundraiser.name);
  all.certificate = pack.fundraiser.certificate;
  for (const domain::Partner& partner : pack.partners) {
    const char* separator = facts.language == Language::en ? ", " : "、";
    if (!all.partner.empty()) all.partner += separator;
    all.partner += text_of(facts, partner.name);
    if (!all.agreement.empty()) all.agreement += separator;
    all.agreement += partner.agreement;
  }
  const auto place = pack.boxes.find(facts.box);
  if (place != pack.boxes.end()) all.host = text_of(facts, place->second.host);
  all.filing = pack.filing;
  all.plan =
      fmt::format("{}{}{}{}{}", domain::to_text(pack.first_day),
                  facts.language == Language::en ? " to " : " 至 ", domain::to_text(pack.last_day),
                  facts.language == Language::en ? ", " : "，", text_of(facts, pack.plan));
  all.contact = pack.contact;
  all.query = text_of(facts, pack.query);
  all.phone = pack.supervision_phone;
  return all;
}

bool takes(const ScreenFacts& facts, std::string_view device) {
  const bool there = device == "coin" ? facts.has_coin : facts.has_note;
  return there && facts.health.fault(device) == nullptr;
}

// Why no money can be taken although the campaign runs, if so.
std::optional<screen::OutReason> out_reason(const ScreenFacts& facts) {
  if (facts.stopping) return screen::OutReason::stopping;
  if (facts.storage_full) return screen::OutReason::storage_full;
  if (!takes(facts, "coin") && !takes(facts, "note") && (facts.has_coin || facts.has_note)) {
    return screen::OutReason::acceptor;
  }
  return std::nullopt;
}

screen::SceneModel out_of_service(const ScreenFacts& facts, screen::OutReason reason) {
  std::string detail = facts.failure;
  if (reason == screen::OutReason::acceptor) {
    for (const char* const device : {"coin", "note"}) {
      const tlog::Fault* fault = facts.health.fault(device);
      if (fault == nullptr) continue;
      detail += fmt::format("{}{}: {}", detail.empty() ? "" : ", ", device, fault->code);
    }
  }
  return screen::OutOfService{reason, std::move(detail), payee(facts), phone(facts)};
}

screen::SceneModel idle(const ScreenFacts& facts) {
  if (const auto reason = out_reason(facts)) return out_of_service(facts, *reason);
  screen::Idle idle;
  idle.gifts = facts.gifts;
  idle.takes_coins = takes(facts, "coin");
  idle.takes_notes = takes(facts, "note");
  idle.coins_down = facts.has_coin && !idle.takes_coins;
  idle.notes_down = facts.has_note && !idle.takes_notes;
  idle.payee = payee(facts);
  idle.slips_on_screen = facts.has_printer && !facts.view.paper;
  if (facts.pack == nullptr) return idle;
  idle.campaign = text_of(facts, facts.pack->name);
  idle.slogan = text_of(facts, facts.pack->slogan);
  idle.each_yuan = facts.pack->one_yuan == domain::OneYuanMode::each_yuan;
  for (const domain::Panel& panel : facts.pack->panels) {
    idle.panels.push_back(
        {.theme = {}, .title = text_of(facts, panel.title), .text = text_of(facts, panel.text)});
  }
  return idle;
}

screen::SceneModel counting(const ScreenFacts& facts, tlog::Activity activity) {
  screen::Counting counting;
  counting.activity = activity;
  counting.amount = facts.view.given;
  if (facts.view.target > Fen(0)) counting.goal = facts.view.target;
  counting.designation = designation(facts, facts.view.terms.designation);
  counting.takes_coins = takes(facts, "coin");
  counting.takes_notes = takes(facts, "note");
  return counting;
}

screen::SceneModel choosing(const ScreenFacts& facts) {
  screen::AmountChoice choice;
  choice.activity = facts.view.terms.activity;
  if (facts.pack != nullptr) {
    choice.presets = choice.activity == tlog::Activity::one_day ? facts.pack->one_day_amounts
                                                                : facts.pack->free_amounts;
  }
  if (choice.presets.size() > kMostPresets) choice.presets.resize(kMostPresets);
  return choice;
}

screen::PrintState print_state(const ScreenFacts& facts, domain::SlipState state) {
  switch (state) {
    case domain::SlipState::printing:
      return screen::PrintState::printing;
    case domain::SlipState::printed:
      return screen::PrintState::printed;
    case domain::SlipState::failed:
      return screen::PrintState::failed;
    case domain::SlipState::uncertain:
      return screen::PrintState::uncertain;
    case domain::SlipState::offered:
    case domain::SlipState::declined:
    case domain::SlipState::on_screen:
      return facts.view.paper ? screen::PrintState::offered : screen::PrintState::unavailable;
  }
  return screen::PrintState::unavailable;
}

screen::SceneModel thanks(const ScreenFacts& facts) {
  const domain::Thanks& given = *facts.view.thanks;
  return screen::Thanks{.activity = given.terms.activity,
                        .amount = given.amount,
                        .designation = designation(facts, given.terms.designation),
                        .slip_number = facts.slip_number,
                        .slip_payload = facts.slip_payload,
                        .print = print_state(facts, given.slip_state),
                        .row_gifts = given.gifts,
                        .row_amount = given.total};
}

screen::GateReason gate_reason(domain::GateReason reason) {
  switch (reason) {
    case domain::GateReason::bad_signature:
      return screen::GateReason::bad_signature;
    case domain::GateReason::bad_pack:
    case domain::GateReason::missing_disclosure:
      return screen::GateReason::incomplete;
    case domain::GateReason::box_not_in_pack:
      return screen::GateReason::other_box;
    case domain::GateReason::not_begun:
      return screen::GateReason::not_begun;
    case domain::GateReason::ended:
      return screen::GateReason::ended;
    case domain::GateReason::date_unknown:
      return screen::GateReason::date_unknown;
    case domain::GateReason::door_open:
      return screen::GateReason::door_open;
    case domain::GateReason::tampered:
      return screen::GateReason::tampered;
    case domain::GateReason::box_full:
      return screen::GateReason::box_full;
    case domain::GateReason::open:
    case domain::GateReason::no_pack:
      return screen::GateReason::no_pack;
  }
  return screen::GateReason::no_pack;
}

screen::SceneModel closed(const ScreenFacts& facts) {
  screen::GateClosed closed;
  closed.reason = gate_reason(facts.view.gate.reason);
  closed.detail = facts.view.gate.field;
  closed.phone = phone(facts);
  if (facts.pack != nullptr) {
    closed.campaign = text_of(facts, facts.pack->name);
    if (facts.view.gate.reason >= domain::GateReason::door_open) return closed;  // no date's fault
    closed.from = domain::to_text(facts.pack->first_day);
    closed.until = domain::to_text(facts.pack->last_day);
  }
  return closed;
}

screen::SceneModel testing(const domain::Testing& test) {
  return screen::Testing{test.device, test.pieces, test.total, test.newest, test.ending};
}

screen::SceneModel scene_of(const ScreenFacts& facts) {
  switch (facts.view.scene) {
    case domain::Scene::idle:
      return idle(facts);
    case domain::Scene::collecting:
      return counting(facts, tlog::Activity::one_yuan);
    case domain::Scene::choosing:
      return choosing(facts);
    case domain::Scene::taking:
    case domain::Scene::asking:
      return counting(facts, facts.view.terms.activity);
    case domain::Scene::thanks:
      return thanks(facts);
    case domain::Scene::testing:
      return testing(*facts.view.testing);
    case domain::Scene::closed:
      return closed(facts);
    case domain::Scene::out_of_service:
      return out_of_service(facts, screen::OutReason::storage);
  }
  return out_of_service(facts, screen::OutReason::other);
}

}  // namespace

screen::Model make_model(const ScreenFacts& facts) {
  screen::Model model;
  model.language = facts.language;
  model.scene = scene_of(facts);
  if (facts.view.notice == domain::Notice::returned) {
    model.notice = screen::Notice::cash_returned;
  } else if (facts.view.notice == domain::Notice::not_recognised) {
    model.notice = screen::Notice::cash_unknown;
  }
  model.disclosure = disclosure(facts);
  model.box = facts.box;
  return model;
}

std::string_view to_text(screen::Intent intent) {
  switch (intent) {
    case screen::Intent::switch_language:
      return "switch_language";
    case screen::Intent::begin_free:
      return "begin_free";
    case screen::Intent::begin_one_day:
      return "begin_one_day";
    case screen::Intent::choose_amount:
      return "choose_amount";
    case screen::Intent::leave:
      return "leave";
    case screen::Intent::finish:
      return "finish";
    case screen::Intent::print_slip:
      return "print_slip";
    case screen::Intent::no_slip:
      return "no_slip";
  }
  return "unknown";
}

}  // namespace yijuan::kiosk
