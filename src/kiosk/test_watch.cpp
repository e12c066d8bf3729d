#include "kiosk/test_watch.hpp"

#include <fmt/format.h>

#include <utility>

namespace yijuan::kiosk {
namespace {

// A device that floods must not fill the memory while nobody reads.
constexpr std::size_t kMostLines = 256;

}  // namespace

void TestWatch::begin(std::string device) {
  device_ = std::move(device);
  lines_.clear();
  told_.clear();
  pieces_ = 0;
  sum_ = Fen(0);
}

void TestWatch::end() {
  device_.clear();
  lines_.clear();
  told_.clear();
}

void TestWatch::say(std::string line) {
  if (!under_way() || lines_.size() >= kMostLines) return;
  lines_.push_back(std::move(line));
  told_.set();
}

std::vector<std::string> TestWatch::take() {
  std::vector<std::string> lines(std::make_move_iterator(lines_.begin()),
                                 std::make_move_iterator(lines_.end()));
  lines_.clear();
  told_.clear();
  return lines;
}

// "coin-table" and "coin alarm" belong to "coin".
bool TestWatch::of(std::string_view device) const {
  if (!under_way() || !device.starts_with(device_)) return false;
  device.remove_prefix(device_.size());
  return device.empty() || device.front() == ' ' || device.front() == '-';
}

void TestWatch::hear(const DeviceFact& fact) {
  if (under_way()) std::visit([this](const auto& one) { hear_one(one); }, fact);
}

void TestWatch::hear(const Scan& scan) {
  if (device_ == "scanner") say(fmt::format("scanned: {}", scan.text));
}

void TestWatch::hear(Tap tap) {
  if (device_ == "screen") say(fmt::format("touched at {}, {}", tap.x, tap.y));
}

void TestWatch::hear_one(const CashReport& report) {
  if (!of(report.mark.device)) return;
  if (report.swapped) say("another unit than before answers: a gap is recorded");
  if (report.restarted) say("the device restarted: a gap is recorded");
  if (report.lost) {
    say(fmt::format("{} events are missing: a gap is recorded; counter {}", *report.lost,
                    report.mark.counter));
  }
  for (const CashEvent& event : report.events) {
    std::visit([this](const auto& one) { hear_event(one); }, event);
  }
}

void TestWatch::hear_event(const CashAccepted& accepted) {
  ++pieces_;
  sum_ += accepted.amount;
  say(fmt::format("{} yuan, position {}, counter {}: test money, counts at the emptying",
                  to_grouped(accepted.amount), accepted.position, accepted.counter));
}

void TestWatch::hear_event(const CashReturned& returned) {
  const char* where = returned.returned ? "went back" : "perhaps not returned";
  say(fmt::format("{}{}: {} (code {})", returned.alarm ? "ALARM, " : "", where, returned.text,
                  returned.code));
}

void TestWatch::hear_event(const NoteUnclear& unclear) {
  say(fmt::format("NOT CLEAR where the note is: {}; look into the device", unclear.text));
}

void TestWatch::hear_one(const NoteInEscrow& note) {
  if (!of(note.mark.device)) return;
  say(fmt::format("a note of {} yuan is held, counter {}", to_grouped(note.amount), note.counter));
}

void TestWatch::hear_one(const DeviceState& state) {
  if (!of(state.device)) return;
  say(fmt::format("{}: {}", state.device, state.code.empty() ? "works" : state.text));
}

void TestWatch::hear_one(const ContactChanged& changed) {
  if (device_ == "door") say(contact_text(changed.contact, changed.active));
}

void TestWatch::hear_one(const DeviceFound& found) {
  if (!of(found.device)) return;
  say(fmt::format("found: {} {} serial {}", found.maker, found.product, found.serial));
}

std::string contact_text(const std::string& contact, bool active) {
  if (contact == "door") return active ? "door: open" : "door: closed";
  if (contact == "tilt") return active ? "tilt: moved" : "tilt: stands still";
  if (contact == "full") return active ? "full: the box is full" : "full: not full";
  if (contact == "mains") return active ? "mains: lost" : "mains: there";
  if (contact == "battery_low") return active ? "battery: low" : "battery: good";
  return fmt::format("{}: {}", contact, active ? "on" : "off");
}

}  // namespace yijuan::kiosk
