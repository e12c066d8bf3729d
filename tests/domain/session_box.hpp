// A session with the world around it in memory: a log that keeps every entry, the books over it,
// and the view last presented. cut() is a power cut: what is not in the log is gone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/session.hpp"

namespace yijuan::domain {

inline CampaignPack box_pack(OneYuanMode mode = OneYuanMode::each_yuan) {
  CampaignPack pack;
  pack.campaign = "demo";
  pack.one_yuan = mode;
  pack.quiet = std::chrono::milliseconds(4000);
  pack.designations = {{"general", {"统筹使用", ""}}, {"students", {"资助贫困生", ""}}};
  pack.units = {{"school-1", {"示例小学", ""}}};
  return pack;
}

inline Gate open_gate() {
  return {GateReason::open, "", {}};
}
inline Gate ended_gate() {
  return {GateReason::ended, "", {"活动已结束", "The campaign has ended"}};
}

class SessionBox {
 public:
  explicit SessionBox(CampaignPack with = box_pack()) : pack(std::move(with)) { start(); }

  void tell(const SessionEvent& event) {
    last = session.step(event, context());
    for (const tlog::Body& body : last.entries) append(body);
    for (const SessionEffect& effect : last.effects) {
      if (const auto* present = std::get_if<Present>(&effect)) view = present->view;
      if (const auto* print = std::get_if<PrintSlip>(&effect)) prints.push_back(*print);
      if (const auto* accept = std::get_if<AcceptCash>(&effect)) accepting = accept->accept;
    }
  }

  void coins(std::vector<std::int64_t> fen) {
    CashBatch batch{.device = "coin", .serial = "4711", .facts = {}, .counter = 0, .lost = {}};
    for (const std::int64_t amount : fen) {
      counter = counter % 255 + 1;
      batch.facts.emplace_back(CashIn{counter, Fen(amount)});
    }
    batch.counter = counter;
    tell(batch);
  }
  void coin(std::int64_t fen) { coins({fen}); }

  /// Lets time pass, with a Tick at every deadline on the way.
  void wait(std::chrono::milliseconds span) {
    const Uptime end = now + span;
    while (last.deadline && *last.deadline <= end) {
      now = std::max(now, *last.deadline);
      tell(Tick{});
    }
    now = end;
  }

  /// The power goes, and the box starts again from its log.
  void cut() {
    start();
    tell(GateChecked{open_gate()});
  }

  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const tlog::Body& body : log) {
      if (const auto* one = std::get_if<T>(&body)) found.push_back(*one);
    }
    return found;
  }
  /// "one_yuan 150 reached" for each gift, in order.
  [[nodiscard]] std::vector<std::string> gifts() const {
    std::vector<std::string> lines;
    for (const tlog::Gift& gift : all<tlog::Gift>()) {
      const char* names[] = {"one_yuan", "one_day", "free"};
      lines.push_back(std::string(names[static_cast<int>(gift.terms.activity)]) + " " +
                      std::to_string(gift.amount.count()) + " " + gift.closed);
    }
    return lines;
  }
  [[nodiscard]] SessionContext context() const {
    return {now, log.size(), has_pack ? &pack : nullptr, kOrigin, as_bytes("slip key"), paper};
  }

  static constexpr std::string_view kOrigin = "ledger.example.org/box/school-1/1a2b3c4d";

  CampaignPack pack;
  bool has_pack = true;
  bool paper = true;
  Uptime now{1000};
  std::vector<tlog::Body> log;
  Books books;
  Session session;
  SessionStep last;
  View view;
  std::vector<PrintSlip> prints;
  bool accepting = false;
  int counter = 0;

 private:
  void append(const tlog::Body& body) {
    books.add(log.size(), body);
    log.push_back(body);
  }
  void start() {
    Books read;
    for (std::size_t seq = 0; seq < log.size(); ++seq) read.add(seq, log[seq]);
    for (const tlog::Body& gift : recover(read, context())) append(gift);
    session = Session(books);
    prints.clear();
    last = {};
    tell(GateChecked{open_gate()});
  }
};

}  // namespace yijuan::domain
