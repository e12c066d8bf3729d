// One step of a session: handles one event on the session's state and gathers what the step asks
// for. session.cpp has the money, session_note.cpp notes in escrow and test money,
// session_touch.cpp the people and their time.
#pragma once

#include "domain/gift_entry.hpp"
#include "domain/session.hpp"

namespace yijuan::domain {

class Session::Stepper {
 public:
  Stepper(Session& session, const SessionContext& context) : s_(session), c_(context) {}

  void on(const CashBatch& batch);
  void on(const NoteOffered& note);
  void on(const StartGift& start);
  void on(const ChooseAmount& choice);
  void on(const ChooseDesignation& choice);
  void on(const ChooseUnit& choice);
  void on(const Done&) { finish_by_hand(); }
  void on(const Cancel&) { finish_by_hand(); }
  void on(const More&);
  void on(const AskSlip& ask);
  void on(const BeginTest& test);
  void on(const EndTest&);
  void on(const Tick&);
  void on(const Printed& printed);
  void on(const GateChecked& checked);
  void on(const JournalFailed&);

  SessionStep finish(const View& before);

 private:
  [[nodiscard]] Scene scene() const { return s_.view_.scene; }
  [[nodiscard]] bool gate_open() const { return s_.view_.gate.open(); }
  [[nodiscard]] bool has_cash() const { return !s_.open_.empty(); }
  /// A person has begun a gift by touch: cash goes to it.
  [[nodiscard]] bool begun_by_touch() const;
  /// Its donor is asked about a slip or waits for it: coins of others leave the scene alone.
  [[nodiscard]] bool slip_in_hand() const;
  [[nodiscard]] bool each_yuan() const;
  [[nodiscard]] tlog::Terms coin_terms() const;
  [[nodiscard]] Seq next_seq() const { return c_.next_seq + out_.entries.size(); }

  /// Money that comes now is wanted.
  [[nodiscard]] bool takes_money() const {
    return scene() == Scene::testing ? !s_.view_.testing->ending : gate_open();
  }

  // Notes in escrow (session_note.cpp).
  void before_facts(const CashBatch& batch);
  void gap(const CashBatch& batch, std::optional<std::uint32_t> lost, std::string why);
  void refuse(const CashBatch& batch, const CashRefused& refused);
  void unclear(const CashBatch& batch, const NoteUnclear& what);
  void dispute(const std::string& device, int counter, std::string why);
  /// If the note of this cash was held, the cash ends its intent; its purpose.
  std::optional<tlog::Purpose> credit_held(const CashBatch& batch, const CashIn& cash);

  // Money.
  void take(const CashBatch& batch, const CashIn& cash);
  void join_open(const CashBatch& batch, const CashIn& cash);
  void take_test(const CashBatch& batch, const CashIn& cash);
  void end_test();
  void record(const CashBatch& batch, const CashIn& cash, std::uint64_t session,
              const tlog::Terms& terms, tlog::Purpose purpose = tlog::Purpose::gift);
  void close_open(std::string closed);
  void give(GiftParts parts);
  void thank(Seq seq, const tlog::Gift& gift);

  // Scenes.
  void go(Scene scene, std::optional<std::chrono::milliseconds> patience = {});
  void rest();
  void choose(tlog::Terms terms);
  void keep_taking();
  void renew_patience();
  void finish_by_hand();
  void scene_over();

  // The slip of the gift in the thanks scene.
  void print();
  void end_question(std::string why);
  void note_slip(Seq gift, std::uint32_t copy, tlog::SlipOutcome outcome, std::string why);

  Session& s_;
  const SessionContext& c_;
  SessionStep out_;
};

}  // namespace yijuan::domain
