// A ccTalk coin acceptor on a serial line: opens it, runs sessions on it, and begins again after
// every failure, until cancelled.
#pragma once

#include <chrono>
#include <deque>
#include <memory>

#include "drivers/cctalk/acceptor_session.hpp"
#include "drivers/cctalk/probe.hpp"
#include "ports/coin_acceptor.hpp"
#include "ports/driver.hpp"

namespace yijuan::cctalk {

struct AcceptorConfig {
  std::uint8_t address = 2;
  DialectWish dialect{};
  std::chrono::milliseconds poll_interval{200};
  CoinTable table{};
};

class CctalkCoinAcceptor : public CoinAcceptor {
 public:
  CctalkCoinAcceptor(AcceptorConfig config, std::unique_ptr<StreamSource> source,
                     DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark);

  Task<void> run() override;
  void accept(bool wanted) override { wanted_ = wanted; }
  [[nodiscard]] bool open() const override { return open_; }

 private:
  Task<void> connection();
  Task<void> serve(ByteStream& stream);
  void tell_offline(const Error& error);
  [[nodiscard]] std::chrono::nanoseconds pause_after(const Error& error);
  [[nodiscard]] bool too_many_restarts();

  AcceptorConfig config_;
  std::unique_ptr<StreamSource> source_;
  DriverContext context_;
  Outbox outbox_;
  EventBook book_;
  LeftBehind left_;
  bool wanted_ = false;
  bool open_ = false;
  std::string told_;              // the last error reported
  std::deque<Instant> restarts_;  // of the last minute
};

}  // namespace yijuan::cctalk
