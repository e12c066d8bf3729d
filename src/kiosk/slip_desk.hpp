// Prints slips one after the other, and knows whether the printer has paper. Each job is answered
// exactly once, also those that are left when the box stops. A slip whose donor has gone while it
// waited is not printed: the next person would take it for theirs.
#pragma once

#include <deque>
#include <functional>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "domain/session_event.hpp"
#include "ports/device_fact.hpp"
#include "ports/printer.hpp"

namespace yijuan::kiosk {

class SlipDesk {
 public:
  struct Job {
    Seq gift = 0;
    std::uint32_t copy = 1;
    domain::SlipDocument document;
    Instant queued{};  // set by print()
    // A test slip: told instead of reports.printed, and of no gift.
    std::function<void(const PrintResult&)> test{};
  };
  /// How long a slip may wait for the printer.
  static constexpr std::chrono::seconds kFresh{30};
  struct Reports {
    std::function<void(domain::Printed)> printed;
    std::function<void(DeviceState)> state;  // "printer" works or does not; told again and again
    std::function<void(DeviceFound)> found;  // what it calls itself, when that is news
  };

  SlipDesk(const asio::any_io_executor& executor, Clock& clock, Printer& printer, Reports reports);

  void print(Job job);
  /// A slip of no gift; `told` runs once, on the loop.
  void print_test(domain::SlipDocument document, std::function<void(const PrintResult&)> told);
  /// Until cancelled: prints, and asks the printer how it is every ten seconds.
  Task<void> run();

 private:
  void answer(const Job& job, PrintResult result);
  Task<void> print_next();
  Task<void> ask_state();

  Clock& clock_;
  Printer& printer_;
  Reports reports_;
  std::deque<Job> jobs_;
  std::string identity_;
  Event queued_;
};

}  // namespace yijuan::kiosk
