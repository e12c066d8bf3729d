#include "domain/session.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "domain/session_stepper.hpp"

namespace yijuan::domain {

using tlog::Activity;

Session::Session(const Books& books, SessionTimes times)
    : times_(times), last_slip_(books.last_slip), held_(books.pending()) {
  view_.scene = Scene::closed;
}

SessionStep Session::step(const SessionEvent& event, const SessionContext& context) {
  const View before = view_;
  Stepper stepper(*this, context);
  // After a failure of the journal nothing may be written or promised any more.
  if (view_.scene != Scene::out_of_service) {
    std::visit([&](const auto& what) { stepper.on(what); }, event);
  }
  return stepper.finish(before);
}

bool Session::idle() const {
  const Scene scene = view_.scene;
  return open_.empty() && prints_.empty() &&
         (scene == Scene::idle || scene == Scene::closed || scene == Scene::out_of_service);
}

SessionStep Session::Stepper::finish(const View& before) {
  s_.view_.paper = c_.paper;
  const bool accept = takes_money() && scene() != Scene::out_of_service;
  if (s_.accepting_ != accept) out_.effects.emplace_back(AcceptCash{accept});
  if (!s_.accepting_ || s_.view_ != before) out_.effects.emplace_back(Present{s_.view_});
  s_.accepting_ = accept;
  for (const auto& deadline : {s_.scene_deadline_, s_.quiet_deadline_, s_.notice_deadline_}) {
    if (deadline) out_.deadline = std::min(*deadline, out_.deadline.value_or(*deadline));
  }
  return std::move(out_);
}

bool Session::Stepper::begun_by_touch() const {
  return scene() == Scene::choosing || scene() == Scene::taking || scene() == Scene::asking;
}

bool Session::Stepper::slip_in_hand() const {
  const std::optional<Thanks>& thanks = s_.view_.thanks;
  return thanks && (s_.question_ || (thanks->slip_state == SlipState::printing &&
                                     thanks->terms.activity != Activity::one_yuan));
}

bool Session::Stepper::each_yuan() const {
  return c_.pack == nullptr || c_.pack->one_yuan == OneYuanMode::each_yuan;
}

tlog::Terms Session::Stepper::coin_terms() const {
  tlog::Terms terms{Activity::one_yuan, "general", ""};
  if (c_.pack != nullptr && !c_.pack->designations.empty()) {
    terms.designation = c_.pack->designations.front().id;
  }
  return terms;
}

void Session::Stepper::on(const CashBatch& batch) {
  before_facts(batch);
  for (const CashFact& fact : batch.facts) {
    if (const auto* cash = std::get_if<CashIn>(&fact)) {
      take(batch, *cash);
    } else if (const auto* refused = std::get_if<CashRefused>(&fact)) {
      refuse(batch, *refused);
    } else {
      unclear(batch, std::get<NoteUnclear>(fact));
    }
  }
}

// Every accepted piece is written, whatever the scene: the money is in the box.
void Session::Stepper::take(const CashBatch& batch, const CashIn& cash) {
  YIJUAN_ASSERT(cash.amount > Fen(0), "a configured amount is not above zero");
  const auto promised = credit_held(batch, cash);
  const auto now = scene() == Scene::testing ? tlog::Purpose::test : tlog::Purpose::gift;
  if (promised.value_or(now) == tlog::Purpose::test) return take_test(batch, cash);
  if (begun_by_touch()) {
    join_open(batch, cash);
    return keep_taking();
  }
  // Closed acceptors may still drop a piece that was under way: it is somebody's gift too, and so
  // is a note that was held when a test began. And a whole yuan at idle never waits, nor is it
  // merged with small coins that wait for company.
  const bool testing = scene() == Scene::testing;
  if (!gate_open() || testing || (each_yuan() && cash.amount >= yuan(1))) {
    const tlog::Terms terms = coin_terms();
    const Seq seq = next_seq();
    record(batch, cash, seq, terms);
    return give({terms, cash.amount, {seq}, gate_open() ? "reached" : "gate"});
  }
  if (!has_cash()) s_.view_.terms = coin_terms();
  join_open(batch, cash);
  if (each_yuan() && s_.view_.given >= yuan(1)) return close_open("reached");
  s_.quiet_deadline_ = c_.now + (c_.pack != nullptr ? c_.pack->quiet : CampaignPack{}.quiet);
  const bool stay = scene() == Scene::thanks && (each_yuan() || slip_in_hand());
  if (!stay) go(Scene::collecting);
}

void Session::Stepper::join_open(const CashBatch& batch, const CashIn& cash) {
  s_.open_.push_back(next_seq());
  s_.view_.given += cash.amount;
  record(batch, cash, s_.open_.front(), s_.view_.terms);
}

void Session::Stepper::record(const CashBatch& batch, const CashIn& cash, std::uint64_t session,
                              const tlog::Terms& terms, tlog::Purpose purpose) {
  out_.entries.emplace_back(
      tlog::Cash{batch.device, batch.serial, cash.counter, cash.amount, session, terms, purpose});
}

void Session::Stepper::close_open(std::string closed) {
  s_.quiet_deadline_.reset();
  s_.view_.target = Fen(0);
  give({s_.view_.terms, std::exchange(s_.view_.given, Fen(0)), std::exchange(s_.open_, {}),
        std::move(closed)});
}

void Session::Stepper::give(GiftParts parts) {
  parts.slip = ++s_.last_slip_;
  const Seq seq = next_seq();
  const tlog::Gift gift = gift_entry(std::move(parts), seq, c_);
  out_.entries.emplace_back(gift);
  if (scene() != Scene::testing) thank(seq, gift);
}

// A queue of children is thanked coin by coin, in one scene that counts on.
void Session::Stepper::thank(Seq seq, const tlog::Gift& gift) {
  const bool by_coin = gift.terms.activity == Activity::one_yuan;
  std::optional<Thanks>& thanks = s_.view_.thanks;
  Thanks next{seq, gift.amount, gift.terms, gift.slip, 1, gift.amount, SlipState::offered};
  if (thanks && by_coin && (slip_in_hand() || thanks->terms.activity == Activity::one_yuan)) {
    next.gifts = thanks->gifts + 1;
    next.total = thanks->total + gift.amount;
  }
  if (slip_in_hand() && by_coin) {
    thanks->gifts = next.gifts;
    thanks->total = next.total;
    return;
  }
  go(Scene::thanks, by_coin ? s_.times_.thanks : s_.times_.slip_offer);
  thanks = std::move(next);
  s_.copies_ = 0;
  s_.question_ = !by_coin;
}

}  // namespace yijuan::domain
