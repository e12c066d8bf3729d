// Which events of the device were told already, and which are new: the arithmetic that money
// passes through. Pure; the session feeds it readings and sends out its reports.
//
// The invariant: an event is reported at most once, a coin of unknown worth never as money, and
// whatever may have been missed is in a report as lost or restarted. A mark is quiet where the
// device was inhibited: whatever happens to the device after a quiet mark, no coin is missing.
#pragma once

#include <optional>
#include <string>

#include "drivers/cctalk/coin_table.hpp"
#include "drivers/cctalk/protocol.hpp"
#include "ports/device_fact.hpp"

namespace yijuan::cctalk {

class EventBook {
 public:
  /// `mark`: how far the journal knows the device's events.
  EventBook(CoinTable table, std::optional<CounterMark> mark);

  /// First reading of a connection. `kept`: the device's inhibits are as we may have left them;
  /// after a power cut they are not. `open`: it may take coins now. Both were read before
  /// `buffer`.
  CashReport reconcile(std::string serial, const CreditBuffer& buffer, bool kept, bool open);

  /// Whether `buffer` must be read again, and the inhibits before it, because the device may have
  /// restarted. `prompt`: the last reading is so recent that five coins cannot have passed.
  [[nodiscard]] bool doubtful(const CreditBuffer& buffer, bool prompt) const;

  enum class Verdict { fine, restarted, counter_broken };
  struct Taken {
    Verdict verdict = Verdict::fine;
    std::optional<CashReport> report;  // nothing where nothing is new
  };
  /// A later reading. After another verdict than fine the connection begins anew.
  Taken take(const CreditBuffer& buffer, bool kept, bool prompt);

  /// The device is inhibited and two readings were equal.
  std::optional<CashReport> become_quiet();
  /// The device will be enabled.
  std::optional<CashReport> become_open();

  /// Positions whose id the device confirmed. A coin of another one is an alarm, not money.
  void trust(PositionMask positions) { trusted_ = positions; }
  [[nodiscard]] bool quiet() const { return mark_ && mark_->quiet; }
  /// Serial number of the device that the mark is of; empty if none.
  [[nodiscard]] std::string serial() const { return mark_ ? mark_->serial : std::string(); }

 private:
  [[nodiscard]] bool is_broken(const CreditBuffer& buffer, bool prompt) const;
  CashReport adopt(const CreditBuffer& buffer, bool restarted);
  CashReport credit(const NewEvents& found, const CreditBuffer& buffer);
  void learn(const NewEvents& found, const CreditBuffer& buffer);
  [[nodiscard]] const CoinRow* row(int position) const;

  CoinTable table_;
  PositionMask trusted_;
  std::optional<CounterMark> mark_;
  std::optional<CreditBuffer> seen_;  // the last reading of this process and device
  bool counts_truly_ = false;         // it was seen to count one for one
};

/// What CounterMark, DeviceFound and DeviceState call a coin acceptor.
inline constexpr std::string_view kDeviceName = "coin";

}  // namespace yijuan::cctalk
