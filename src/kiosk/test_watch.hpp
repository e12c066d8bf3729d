// What a technician who tests a device sees of it: each fact of that device as a line of text, in
// order, for `boxctl test`. One test at a time. Decides nothing: the money's way is the box's.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "async/event.hpp"
#include "ports/device_fact.hpp"
#include "ports/scanner.hpp"
#include "ports/touch.hpp"

namespace yijuan::kiosk {

class TestWatch {
 public:
  explicit TestWatch(const asio::any_io_executor& executor) : told_(executor) {}

  /// From now on lines are kept. REQUIRES: no test is under way.
  void begin(std::string device);
  void end();
  [[nodiscard]] bool under_way() const { return !device_.empty(); }

  void hear(const DeviceFact& fact);
  void hear(const Scan& scan);
  void hear(Tap tap);
  void say(std::string line);

  /// Set while lines wait.
  [[nodiscard]] Event& told() { return told_; }
  /// The lines so far, once.
  [[nodiscard]] std::vector<std::string> take();
  /// Pieces of money that the device took in this test, and their sum.
  [[nodiscard]] std::uint64_t pieces() const { return pieces_; }
  [[nodiscard]] Fen sum() const { return sum_; }

 private:
  void hear_one(const CashReport& report);
  void hear_one(const NoteInEscrow& note);
  void hear_one(const DeviceState& state);
  void hear_one(const ContactChanged& changed);
  void hear_one(const DeviceFound& found);
  void hear_one(const DeviceCounters&) {}
  void hear_one(const BoardReadings&) {}
  void hear_event(const CashAccepted& accepted);
  void hear_event(const CashReturned& returned);
  void hear_event(const NoteUnclear& unclear);
  [[nodiscard]] bool of(std::string_view device) const;

  std::string device_;  // empty: no test
  std::deque<std::string> lines_;
  Event told_;
  std::uint64_t pieces_ = 0;
  Fen sum_;
};

/// "door: open": a contact in plain words.
std::string contact_text(const std::string& contact, bool active);

}  // namespace yijuan::kiosk
