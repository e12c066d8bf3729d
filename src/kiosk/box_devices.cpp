// The box's part for notes in escrow, for its door, its power and its technician.
#include <algorithm>
#include <utility>

#include "kiosk/box.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

// A donor who waits longer pulls at the note; the drivers' own limits are longer.
constexpr auto kVerdictLimit = 2s;

/// Whether a fault of that name may still be ended by somebody.
bool is_watched(std::string_view fault, const std::vector<std::string>& devices) {
  const auto has = [&](std::string_view device) {
    return std::ranges::find(devices, device) != devices.end();
  };
  // "coin-table", "coin alarm": told beside the state of "coin".
  const std::string_view device = fault.substr(0, fault.find_first_of("- "));
  if (device == "campaign" || device == "journal") return true;  // the box's own
  if (device == "box") return has("door");                       // the contact "full"
  if (device == "power") return has("door") || has("board");
  return has(device);
}

}  // namespace

void Box::has_devices(const std::vector<std::string>& devices) {
  if (failure_) return;
  std::vector<tlog::Body> ended;
  for (const tlog::Fault& fault : history_.health.faults()) {
    if (!is_watched(fault.device, devices)) {
      ended.emplace_back(history_.health.forget(fault.device));
    }
  }
  write(std::move(ended));
}

// ---- notes in escrow

void Box::note(const NoteInEscrow& note) {
  const Instant now = world_.clock.now();
  const Instant heard = note.heard == Instant{} ? now : note.heard;
  verdicts_[note.mark.device] = {note.counter, now + kVerdictLimit, heard};
  if (refuses_notes()) return tell_verdict(note.mark.device, NoteVerdict::give_back);
  run(domain::NoteOffered{note.mark.device, note.mark.serial, note.counter, note.amount},
      note.mark);
  changed_.set();
}

// Where even a good gate and a good intent do not help.
bool Box::refuses_notes() const {
  return failure_ || storage_full_ || stopping_ || under_way_ >= kMostUnderWay;
}

// The intent is durable, or there is none. What changed since it was written counts: the time, and
// a gate that closed.
void Box::decide(const domain::DecideNote& asked) {
  const auto at = verdicts_.find(asked.device);
  if (at == verdicts_.end() || at->second.counter != asked.counter) return;
  const bool wanted = view().gate.open() || testing();
  const bool stack =
      asked.stack && wanted && !refuses_notes() && world_.clock.now() < at->second.due;
  tell_verdict(asked.device, stack ? NoteVerdict::stack : NoteVerdict::give_back);
}

void Box::tell_verdict(const std::string& device, NoteVerdict verdict) {
  const auto told = verdicts_.extract(device);
  note_to_verdict_.add(world_.clock.now() - told.mapped().heard);
  world_.output.decide(device, told.mapped().counter, verdict);
}

void Box::give_back_late(Instant now) {
  std::vector<std::string> late;
  for (const auto& [device, verdict] : verdicts_) {
    if (verdict.due <= now) late.push_back(device);
  }
  for (const std::string& device : late) tell_verdict(device, NoteVerdict::give_back);
}

void Box::give_back_all() {
  give_back_late(Instant::max());
}

// ---- contacts

void Box::contact(const ContactChanged& changed) {
  if (failure_) return;
  if (changed.contact == "mains" || changed.contact == "battery_low") {
    (changed.contact == "mains" ? mains_lost_ : battery_low_) = changed.active;
    return report_power();
  }
  if (changed.contact == "full") {
    box_full_ = changed.active;
    write(history_.health.report("box", box_full_ ? "full" : "",
                                 "the box is full; it takes gifts again when it is emptied"));
  } else {
    auto entry = history_.door.contact(changed.contact, changed.active, context().now);
    if (entry) write({*std::move(entry)});
    report_door();
  }
  check_gate();
}

void Box::unlocked(std::string authority) {
  if (failure_) return;
  write({history_.door.unlocked(std::move(authority), context().now)});
  report_door();
  check_gate();
}

// One device, two voices: its driver's troubles, and the alarm, which comes first.
void Box::report_door() {
  if (history_.door.state() == domain::DoorState::tampered) {
    write(history_.health.report("door", "tamper", "the box was opened without authority"));
  } else if (!door_driver_.device.empty() || history_.health.fault("door") != nullptr) {
    write(history_.health.report("door", door_driver_.code, door_driver_.text));
  }
}

void Box::board(const BoardReadings& readings) {
  if (failure_ || !readings.mains) return;
  mains_lost_ = !*readings.mains;
  report_power();
}

void Box::report_power() {
  if (battery_low_) {
    write(history_.health.report("power", "battery low", "the battery is nearly empty"));
  } else {
    write(history_.health.report("power", mains_lost_ ? "mains lost" : "",
                                 "the box runs on its battery"));
  }
}

// ---- tests by a technician

bool Box::begin_test(std::string device) {
  if (failure_ || stopping_) return false;
  run(domain::BeginTest{std::move(device)});
  return testing();
}

void Box::end_test() {
  run(domain::EndTest{});
}

}  // namespace yijuan::kiosk
