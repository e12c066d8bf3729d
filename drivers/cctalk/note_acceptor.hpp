// A ccTalk bill validator on a serial line: opens it, runs sessions on it, and begins again after
// every failure, until cancelled. A verdict wakes the session: it does not wait for a poll.
#pragma once

#include <chrono>
#include <deque>
#include <memory>

#include "drivers/cctalk/note_session.hpp"
#include "drivers/cctalk/probe.hpp"
#include "ports/driver.hpp"
#include "ports/note_acceptor.hpp"

namespace yijuan::cctalk {

struct NoteConfig {
  std::uint8_t address = 40;
  DialectWish dialect{};
  std::chrono::milliseconds poll_interval{200};
  bool escrow = true;
  NoteTable table{};
};

class CctalkNoteAcceptor : public NoteAcceptor {
 public:
  CctalkNoteAcceptor(NoteConfig config, std::unique_ptr<StreamSource> source, DriverContext context,
                     DeviceFacts& facts, std::optional<CounterMark> mark);

  Task<void> run() override;
  void accept(bool wanted) override;
  [[nodiscard]] bool open() const override { return open_; }
  void decide(int counter, NoteVerdict verdict) override;

 private:
  Task<void> connection();
  Task<void> serve(ByteStream& stream);
  void tell_offline(const Error& error);
  [[nodiscard]] std::chrono::nanoseconds pause_after(const Error& error);
  [[nodiscard]] bool too_many_restarts();

  NoteConfig config_;
  std::unique_ptr<StreamSource> source_;
  DriverContext context_;
  Outbox outbox_;
  NoteBook book_;
  NoteEscrow escrow_;
  NoteSession::Left left_;
  Event woken_;
  bool wanted_ = false;
  bool open_ = false;
  std::string told_;              // the last error reported
  std::deque<Instant> restarts_;  // of the last minute
};

}  // namespace yijuan::cctalk
