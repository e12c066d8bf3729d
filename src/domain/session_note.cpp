// A step's part for notes in escrow and for test money. A held note is money only when its acceptor
// says that it is stacked; what nobody can tell is disputed, never guessed.
#include <algorithm>
#include <utility>

#include "domain/session_stepper.hpp"

namespace yijuan::domain {

void Session::Stepper::on(const NoteOffered& note) {
  const auto at = s_.held_.find(note.device);
  if (at != s_.held_.end()) {
    const tlog::Intent& known = at->second.intent;
    const bool same =
        known.counter == note.counter && known.serial == note.serial && known.amount == note.amount;
    if (same) {
      out_.effects.emplace_back(DecideNote{note.device, note.counter, takes_money()});
      return;
    }
    dispute(note.device, note.counter, "another note is held");
  }
  out_.effects.emplace_back(DecideNote{note.device, note.counter, takes_money()});
  if (!takes_money()) return;
  const auto purpose = scene() == Scene::testing ? tlog::Purpose::test : tlog::Purpose::gift;
  tlog::Intent intent{note.device, note.serial, note.counter, note.amount, purpose};
  s_.held_[note.device] = {next_seq(), intent};
  out_.entries.emplace_back(std::move(intent));
  if (begun_by_touch()) renew_patience();
}

void Session::Stepper::gap(const CashBatch& batch, std::optional<std::uint32_t> lost,
                           std::string why) {
  out_.entries.emplace_back(
      tlog::Gap{batch.device, batch.serial, batch.counter, lost, std::move(why)});
}

// What the acceptor cannot tell any more. The end of a held note may be in it.
void Session::Stepper::before_facts(const CashBatch& batch) {
  if (batch.restarted) gap(batch, std::nullopt, "restart");
  if (batch.swapped) gap(batch, std::nullopt, "swapped");
  const bool lost = batch.lost.value_or(0) > 0;
  if (lost) gap(batch, batch.lost, "overrun");
  const auto held = s_.held_.find(batch.device);
  if (held == s_.held_.end()) return;
  if (batch.restarted) return dispute(batch.device, batch.counter, "the acceptor restarted");
  if (batch.swapped) return dispute(batch.device, batch.counter, "the acceptor was swapped");
  const auto tells_its_end = [&](const CashFact& fact) {
    if (const auto* cash = std::get_if<CashIn>(&fact)) {
      return cash->amount == held->second.intent.amount;
    }
    const auto* refused = std::get_if<CashRefused>(&fact);
    return refused == nullptr || refused->from_escrow;
  };
  if (lost && std::ranges::none_of(batch.facts, tells_its_end)) {
    dispute(batch.device, batch.counter, "the acceptor lost events");
  }
}

void Session::Stepper::refuse(const CashBatch& batch, const CashRefused& refused) {
  s_.view_.notice = refused.returned ? Notice::returned : Notice::not_recognised;
  s_.notice_deadline_ = c_.now + s_.times_.notice;
  if (!refused.from_escrow) return;
  const auto held = s_.held_.find(batch.device);
  if (held == s_.held_.end()) return;
  out_.entries.emplace_back(
      tlog::Returned{batch.device, batch.serial, batch.counter, held->second.seq, refused.why});
  s_.held_.erase(held);
}

// Without an intent there is no sum to dispute: one event whose money is not known.
void Session::Stepper::unclear(const CashBatch& batch, const NoteUnclear& what) {
  s_.view_.notice = Notice::not_recognised;
  s_.notice_deadline_ = c_.now + s_.times_.notice;
  if (s_.held_.contains(batch.device)) return dispute(batch.device, batch.counter, what.why);
  gap(batch, 1, "unclear");
}

void Session::Stepper::dispute(const std::string& device, int counter, std::string why) {
  const auto held = s_.held_.find(device);
  const PendingNote note = held->second;
  s_.held_.erase(held);
  out_.entries.emplace_back(tlog::Disputed{device, note.intent.serial, counter, note.intent.amount,
                                           note.seq, std::move(why)});
}

std::optional<tlog::Purpose> Session::Stepper::credit_held(const CashBatch& batch,
                                                           const CashIn& cash) {
  const auto held = s_.held_.find(batch.device);
  if (held == s_.held_.end()) return std::nullopt;
  if (held->second.intent.amount != cash.amount) {
    dispute(batch.device, cash.counter, "a note of another value was stacked");
    return std::nullopt;
  }
  const tlog::Purpose purpose = held->second.intent.purpose;
  s_.held_.erase(held);
  return purpose;
}

// ---- test money

void Session::Stepper::on(const BeginTest& test) {
  if (!s_.idle()) return;
  go(Scene::testing, s_.times_.testing);
  s_.view_.testing = Testing{.device = test.device, .pieces = 0, .total = {}, .newest = {}};
}

void Session::Stepper::on(const EndTest&) {
  if (scene() == Scene::testing) end_test();
}

// An acceptor tells of a piece a moment after it fell: what was falling is the technician's still.
void Session::Stepper::end_test() {
  if (std::exchange(s_.view_.testing->ending, true)) return;
  go(Scene::testing, s_.times_.test_tail);
}

// A note that was held when the test ended is test money all the same.
void Session::Stepper::take_test(const CashBatch& batch, const CashIn& cash) {
  record(batch, cash, next_seq(), coin_terms(), tlog::Purpose::test);
  if (scene() != Scene::testing) return;
  Testing& testing = *s_.view_.testing;
  go(Scene::testing, testing.ending ? s_.times_.test_tail : s_.times_.testing);
  ++testing.pieces;
  testing.total += cash.amount;
  testing.newest = cash.amount;
}

}  // namespace yijuan::domain
