#include <algorithm>

#include "domain/session_stepper.hpp"

namespace yijuan::domain {

using tlog::Activity;
using tlog::SlipOutcome;

// ---- scenes

void Session::Stepper::go(Scene scene, std::optional<std::chrono::milliseconds> patience) {
  s_.view_.scene = scene;
  s_.scene_deadline_.reset();
  if (patience) s_.scene_deadline_ = c_.now + *patience;
  if (scene != Scene::thanks) s_.view_.thanks.reset();
  if (scene != Scene::testing) s_.view_.testing.reset();
}

// The scene of a box at which nobody does anything.
void Session::Stepper::rest() {
  if (has_cash()) return go(Scene::collecting);
  s_.view_.terms = {};
  s_.view_.target = Fen(0);
  go(gate_open() ? Scene::idle : Scene::closed);
}

void Session::Stepper::choose(tlog::Terms terms) {
  if (has_cash()) close_open("done");
  if (s_.question_) end_question("no answer");
  s_.view_.terms = std::move(terms);
  go(Scene::choosing, s_.times_.choosing);
}

// After the target has been reached a short time remains, so that the pieces of one handful make
// one gift.
void Session::Stepper::keep_taking() {
  const bool reached = s_.view_.target > Fen(0) && s_.view_.given >= s_.view_.target;
  go(Scene::taking, reached ? s_.times_.reached : s_.times_.taking);
}

void Session::Stepper::renew_patience() {
  if (scene() == Scene::choosing) return go(Scene::choosing, s_.times_.choosing);
  keep_taking();
}

void Session::Stepper::finish_by_hand() {
  switch (scene()) {
    case Scene::choosing:
    case Scene::taking:
    case Scene::asking:
    case Scene::collecting:
      return has_cash() ? close_open("done") : rest();
    case Scene::thanks:
      if (s_.question_) end_question("not wanted");
      return rest();
    case Scene::testing:
      return end_test();
    case Scene::idle:
    case Scene::closed:
    case Scene::out_of_service:
      return;
  }
}

// ---- touches

void Session::Stepper::on(const StartGift& start) {
  if (!gate_open() || start.activity == Activity::one_yuan) return;
  if (scene() == Scene::taking || scene() == Scene::asking || scene() == Scene::testing) return;
  tlog::Terms terms = scene() == Scene::choosing ? s_.view_.terms : coin_terms();
  terms.activity = start.activity;
  choose(std::move(terms));
}

void Session::Stepper::on(const ChooseAmount& choice) {
  if (!begun_by_touch() || choice.amount < Fen(0) || choice.amount > kLargestAmount) return;
  s_.view_.target = choice.amount;
  keep_taking();
}

void Session::Stepper::on(const ChooseDesignation& choice) {
  // The terms stand in the cash entries from the first piece on.
  if (!begun_by_touch() || has_cash() || c_.pack == nullptr) return;
  if (find_choice(c_.pack->designations, choice.id) == nullptr) return;
  s_.view_.terms.designation = choice.id;
  renew_patience();
}

void Session::Stepper::on(const ChooseUnit& choice) {
  if (!begun_by_touch() || has_cash() || c_.pack == nullptr) return;
  if (!choice.id.empty() && find_choice(c_.pack->units, choice.id) == nullptr) return;
  s_.view_.terms.unit = choice.id;
  renew_patience();
}

void Session::Stepper::on(const More&) {
  if (begun_by_touch()) return renew_patience();
  if (scene() != Scene::thanks || !gate_open()) return;
  if (s_.view_.thanks->terms.activity != Activity::one_yuan) choose(s_.view_.thanks->terms);
}

// ---- time

void Session::Stepper::on(const Tick&) {
  const auto due = [&](const std::optional<Uptime>& deadline) {
    return deadline && *deadline <= c_.now;
  };
  if (due(s_.notice_deadline_)) {
    s_.notice_deadline_.reset();
    s_.view_.notice = Notice::none;
  }
  if (due(s_.quiet_deadline_)) close_open("quiet");
  if (due(s_.scene_deadline_)) scene_over();
}

// Nobody answered. Money that is in becomes a gift; where nothing is in, nothing is written.
void Session::Stepper::scene_over() {
  switch (scene()) {
    case Scene::choosing:
      return rest();
    case Scene::testing:
      return s_.view_.testing->ending ? rest() : end_test();
    case Scene::taking:
      if (has_cash() && s_.view_.target > Fen(0) && s_.view_.given >= s_.view_.target) {
        return close_open("reached");
      }
      return go(Scene::asking, s_.times_.asking);
    case Scene::asking:
      return has_cash() ? close_open("timeout") : rest();
    case Scene::thanks:
      if (s_.question_) end_question("no answer");
      return rest();
    case Scene::idle:
    case Scene::collecting:
    case Scene::closed:
    case Scene::out_of_service:
      s_.scene_deadline_.reset();
      return;
  }
}

// ---- the slip

void Session::Stepper::on(const AskSlip& ask) {
  if (scene() != Scene::thanks) return;
  Thanks& thanks = *s_.view_.thanks;
  if (thanks.slip_state == SlipState::printing) return;
  switch (ask.wish) {
    case SlipWish::paper:
      if (thanks.slip_state != SlipState::printed) print();
      return;
    case SlipWish::screen:
      if (s_.question_) end_question("on screen");
      if (thanks.slip_state == SlipState::offered || thanks.slip_state == SlipState::declined) {
        thanks.slip_state = SlipState::on_screen;
      }
      return go(Scene::thanks, s_.times_.slip_offer);
    case SlipWish::none:
      if (s_.question_) end_question("not wanted");
      return rest();
  }
}

void Session::Stepper::print() {
  Thanks& thanks = *s_.view_.thanks;
  const std::uint32_t copy = ++s_.copies_;
  s_.question_ = false;
  if (!c_.paper) {
    note_slip(thanks.gift, copy, SlipOutcome::failed, "printer not ready");
    thanks.slip_state = SlipState::failed;
    return go(Scene::thanks, s_.times_.slip_offer);
  }
  s_.prints_.push_back({thanks.gift, copy});
  out_.effects.emplace_back(PrintSlip{thanks.gift, copy});
  thanks.slip_state = SlipState::printing;
  go(Scene::thanks, s_.times_.print_wait);
}

void Session::Stepper::on(const Printed& printed) {
  const auto at = std::ranges::find_if(s_.prints_, [&](const Print& print) {
    return print.gift == printed.gift && print.copy == printed.copy;
  });
  if (at == s_.prints_.end()) return;
  s_.prints_.erase(at);
  note_slip(printed.gift, printed.copy, printed.outcome, printed.why);
  if (scene() != Scene::thanks || s_.view_.thanks->gift != printed.gift) return;
  const bool good = printed.outcome == SlipOutcome::printed;
  s_.view_.thanks->slip_state = good                                        ? SlipState::printed
                                : printed.outcome == SlipOutcome::uncertain ? SlipState::uncertain
                                                                            : SlipState::failed;
  go(Scene::thanks, good ? s_.times_.thanks : s_.times_.slip_offer);
}

void Session::Stepper::end_question(std::string why) {
  s_.question_ = false;
  s_.view_.thanks->slip_state = SlipState::declined;
  note_slip(s_.view_.thanks->gift, s_.copies_ + 1, SlipOutcome::declined, std::move(why));
}

void Session::Stepper::note_slip(Seq gift, std::uint32_t copy, SlipOutcome outcome,
                                 std::string why) {
  out_.entries.emplace_back(tlog::Slip{gift, copy, outcome, std::move(why)});
}

// ---- the box

void Session::Stepper::on(const GateChecked& checked) {
  s_.view_.gate = checked.gate;
  if (scene() == Scene::testing) return;
  if (gate_open()) {
    if (scene() == Scene::closed) rest();
    return;
  }
  // What was given while the gate was open stays a gift; its donor is thanked before the closed
  // scene comes.
  if (has_cash()) close_open("gate");
  if (scene() != Scene::thanks) rest();
}

void Session::Stepper::on(const JournalFailed&) {
  const bool paper = s_.view_.paper;
  s_.view_ = View{};
  s_.view_.paper = paper;
  s_.open_.clear();
  s_.held_.clear();
  s_.prints_.clear();
  s_.question_ = false;
  s_.quiet_deadline_.reset();
  s_.notice_deadline_.reset();
  go(Scene::out_of_service);
}

}  // namespace yijuan::domain
