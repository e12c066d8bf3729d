// An ICT note acceptor on a serial line: opens it, runs sessions on it, and begins again after
// every failure, until cancelled.
#pragma once

#include <memory>

#include "drivers/ict/note_session.hpp"
#include "ports/driver.hpp"

namespace yijuan::ict {

class IctNoteAcceptor : public NoteAcceptor {
 public:
  IctNoteAcceptor(AcceptorConfig config, std::unique_ptr<StreamSource> source,
                  DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark);

  Task<void> run() override;
  void accept(bool wanted) override { wanted_ = wanted; }
  [[nodiscard]] bool open() const override { return open_; }
  void decide(int counter, NoteVerdict verdict) override {
    verdict_ = Verdict{.counter = counter, .verdict = verdict};
  }

 private:
  Task<void> connection();
  Task<void> serve(ByteStream& stream);
  void tell_offline(const Error& error);

  AcceptorConfig config_;
  std::unique_ptr<StreamSource> source_;
  DriverContext context_;
  Outbox outbox_;
  Escrow escrow_;
  std::optional<Verdict> verdict_;
  bool wanted_ = false;
  bool open_ = false;
  std::string told_;  // the last error reported
};

}  // namespace yijuan::ict
