// Which devices work. Turns what devices say, as often as they say it, into exactly one fault
// entry when something breaks and exactly one recovered entry when it works again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/entry.hpp"

namespace yijuan::domain {

class DeviceHealth {
 public:
  /// `device` now has the fault `code`, or none if `code` is empty. Another code than before
  /// first recovers the old one. Returns the entries to append: none when nothing changed.
  std::vector<tlog::Body> report(std::string_view device, std::string_view code,
                                 std::string_view text);

  /// `device`, which has a fault, is gone for good: neither broken nor working any more. Returns
  /// the entry to append.
  tlog::Recovered forget(std::string_view device);

  /// Takes an entry of the log at the start, so that a fault that lasts over a restart is not
  /// told again, and one that ended meanwhile is recovered.
  void recall(const tlog::Body& body);

  /// The device was heard of and has no fault.
  [[nodiscard]] bool works(std::string_view device) const;
  /// Its fault, or null.
  [[nodiscard]] const tlog::Fault* fault(std::string_view device) const;
  /// Every fault, by device.
  [[nodiscard]] std::vector<tlog::Fault> faults() const;
  /// Devices that work, by name.
  [[nodiscard]] std::vector<std::string> working() const;

 private:
  std::map<std::string, tlog::Fault, std::less<>> devices_;  // code empty: works
};

}  // namespace yijuan::domain
