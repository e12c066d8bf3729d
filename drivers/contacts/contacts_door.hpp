// Contacts and a lock on single wires. Each contact is watched by a task of its own, so that a
// line that fails takes no other with it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/contacts/debounce.hpp"
#include "drivers/contacts/lock.hpp"
#include "ports/door.hpp"
#include "ports/driver.hpp"
#include "ports/line.hpp"

namespace yijuan::contacts {

struct ContactSettings {
  std::string name;
  bool active_high = true;
  std::chrono::milliseconds debounce{100};
  std::unique_ptr<InputLineSource> line;
};

class ContactsDoor : public Door {
 public:
  /// `lock` may be null.
  ContactsDoor(std::vector<ContactSettings> contacts, std::unique_ptr<Lock> lock,
               DriverContext context, DeviceFacts& facts);

  Task<void> run() override;
  [[nodiscard]] bool has_lock() const override { return lock_ != nullptr; }
  Task<void> unlock() override;

 private:
  struct Contact {
    ContactSettings settings;
    Debounce debounce;
  };

  Task<void> watch(Contact& contact);
  Task<void> serve(Contact& contact, InputLine& line);
  Task<void> report(const Contact& contact, std::optional<bool> news);
  Task<void> tell_states();
  void rest_is(const Contact& contact);
  void line_is(const std::string& name, const std::optional<Error>& error);

  std::vector<Contact> contacts_;
  std::unique_ptr<Lock> lock_;
  DriverContext context_;
  DeviceFacts& facts_;
  std::map<std::string, std::string> lines_;  // by contact, or "lock": why not; empty: works
  std::set<std::string> restless_;            // contacts that change all the time
  Event lines_changed_;
};

}  // namespace yijuan::contacts
