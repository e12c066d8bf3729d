#include "domain/door_watch.hpp"

#include <utility>

#include "base/assert.hpp"

namespace yijuan::domain {
namespace {

constexpr std::string_view kDoor = "door";
constexpr std::string_view kLock = "lock";
constexpr std::string_view kTilt = "tilt";

// The state's word in the log, of the contact while it is active and while it is not.
std::string_view word(std::string_view contact, bool active) {
  if (contact == kDoor) return active ? "opened" : "closed";
  return active ? "moved" : "still";
}

}  // namespace

bool DoorWatch::logged_open() const {
  const auto door = last_.find(kDoor);
  return door != last_.end() && door->second.state == word(kDoor, true);
}

void DoorWatch::take_over(const std::string& who) {
  if (logged_open()) last_.find(kDoor)->second.authority = who;
}

void DoorWatch::recall(const tlog::Door& entry) {
  if (entry.contact == kLock) return take_over(entry.authority);
  last_[entry.contact] = entry;
}

std::string DoorWatch::authority(Uptime now) const {
  if (logged_open()) return last_.find(kDoor)->second.authority;
  return authority_ && now < authority_->until ? authority_->who : "";
}

std::optional<tlog::Door> DoorWatch::contact(std::string_view contact, bool active, Uptime now) {
  if (contact != kDoor && contact != kTilt) return std::nullopt;
  if (contact == kDoor) open_ = active;
  const auto known = last_.find(contact);
  const std::string_view before =
      known == last_.end() ? word(contact, false) : std::string_view(known->second.state);
  if (before == word(contact, active)) return std::nullopt;
  tlog::Door entry{std::string(contact), std::string(word(contact, active)), authority(now)};
  last_[entry.contact] = entry;
  if (contact == kDoor && !active) authority_.reset();
  return entry;
}

tlog::Door DoorWatch::unlocked(std::string authority, Uptime now) {
  YIJUAN_ASSERT(!authority.empty(), "a lock is opened by somebody");
  take_over(authority);
  tlog::Door entry{std::string(kLock), "unlocked", authority};
  authority_ = {std::move(authority), now + kAuthorityLasts};
  return entry;
}

DoorState DoorWatch::state() const {
  if (!open_.value_or(false)) return DoorState::closed;
  return authority({}).empty() ? DoorState::tampered : DoorState::open;
}

}  // namespace yijuan::domain
