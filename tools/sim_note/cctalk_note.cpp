// --protocol cctalk: the bill validator of drivers/cctalk.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "drivers/cctalk/fake_validator.hpp"
#include "tools/sim_note/note_device.hpp"

namespace yijuan::sim {
namespace {

using namespace cctalk_fake;

std::string fate_name(NoteFate fate) {
  switch (fate) {
    case NoteFate::stacked:
      return "stacked";
    case NoteFate::given_back:
      return "given-back";
    case NoteFate::taken_out:
      return "taken-out";
    case NoteFate::moving:
      break;
  }
  return "moving";
}

class CctalkNote : public NoteDevice {
 public:
  explicit CctalkNote(ValidatorMake make) : device_(std::move(make)) {}

  void receive(Time now, BytesView bytes) override { device_.receive(now, bytes); }
  Bytes transmit(Time now) override { return device_.transmit(now); }
  [[nodiscard]] std::optional<Time> next_transmission() const override {
    return device_.next_transmission();
  }
  void hang_up() override { device_.hang_up(); }
  void tick(Time now) override { device_.tick(now); }
  [[nodiscard]] bool busy() const override { return device_.busy(); }
  std::optional<std::string> command(Time now, const std::string& verb,
                                     const std::string& rest) override;
  [[nodiscard]] std::string status() const override;
  std::vector<EndedNote> take_ended() override;

 private:
  std::string insert(Time now, const std::string& what);
  std::string jam(Time now, const std::string& where);
  std::optional<std::string> number_command(Time now, const std::string& verb,
                                            const std::string& rest);
  [[nodiscard]] std::string id_of(int position) const;

  FakeValidator device_;
  std::size_t ended_ = 0;
};

std::string CctalkNote::id_of(int position) const {
  if (position < 1 || position > kNotePositions) return "-";
  const auto& id = device_.make().notes[static_cast<std::size_t>(position - 1)];
  return id.empty() ? "-" : id;
}

std::string CctalkNote::insert(Time now, const std::string& what) {
  int position = number(what);
  const auto& notes = device_.make().notes;
  const auto found = std::ranges::find(notes, what);
  if (!what.empty() && found != notes.end()) position = static_cast<int>(found - notes.begin()) + 1;
  if (position < 1 || position > kNotePositions) return "error: no such note: " + what;
  static const std::map<NoteEntry, std::string> kAnswers = {{NoteEntry::taken, "taken"},
                                                            {NoteEntry::refused, "refused"},
                                                            {NoteEntry::occupied, "occupied"},
                                                            {NoteEntry::no_power, "refused"}};
  const auto& answer = kAnswers.at(device_.insert(now, position));
  const auto id = id_of(position);
  return fmt::format("{} {} {} {}", answer, position, id, note_fen(id));
}

std::string CctalkNote::jam(Time now, const std::string& where) {
  static const std::map<std::string, Jam> kJams = {
      {"reachable", Jam::reachable}, {"unreachable", Jam::unreachable}, {"stacker", Jam::stacker}};
  const auto found = kJams.find(where);
  if (found == kJams.end()) return "error: jam reachable, unreachable or stacker";
  device_.jam(now, found->second);
  return "ok";
}

std::optional<std::string> CctalkNote::number_command(Time now, const std::string& verb,
                                                      const std::string& rest) {
  const int value = rest.empty() ? 0 : number(rest);
  const bool known =
      verb == "event" || verb == "fail-routes" || verb == "power-cycle" || verb == "swap";
  if (!known) return std::nullopt;
  if (value < 0 || (verb == "event" && value > 255)) return "error: no such number: " + rest;
  if (verb == "event") device_.raise(now, value);
  if (verb == "fail-routes") device_.fail_routes(value);
  if (verb == "power-cycle") device_.cut_power(now, std::chrono::milliseconds(value));
  if (verb == "swap") device_.swap(now, static_cast<std::uint32_t>(value));
  return "ok";
}

std::optional<std::string> CctalkNote::command(Time now, const std::string& verb,
                                               const std::string& rest) {
  if (verb == "note") return insert(now, rest);
  if (verb == "jam") return jam(now, rest);
  if (verb == "clear-jam") {
    device_.clear_jam(now);
  } else if (verb == "pull") {
    device_.pull_out(now, rest != "unseen");
  } else if (verb == "unknown") {
    device_.stack_unknown(now);
  } else if (verb == "full" || verb == "emptied") {
    device_.set_full(now, verb == "full");
  } else if (verb == "remove-stacker" || verb == "insert-stacker") {
    device_.set_removed(now, verb == "remove-stacker");
  } else if (verb == "betray") {
    device_.betray_next_stack();
  } else {
    return number_command(now, verb, rest);
  }
  return "ok";
}

std::string CctalkNote::status() const {
  return fmt::format("counter={} holding={} busy={} stacked={} given-back={} master={} mask={:04x}",
                     device_.counter(), device_.holding() ? 1 : 0, device_.busy() ? 1 : 0,
                     device_.count(NoteFate::stacked), device_.count(NoteFate::given_back),
                     device_.master() ? 1 : 0, device_.mask());
}

std::vector<EndedNote> CctalkNote::take_ended() {
  std::vector<EndedNote> ended;
  const auto& notes = device_.notes();
  for (; ended_ < notes.size() && notes[ended_].fate != NoteFate::moving; ++ended_) {
    const FakeNote& note = notes[ended_];
    const auto id = id_of(note.position);
    ended.push_back({.fate = fate_name(note.fate),
                     .position = note.position,
                     .id = id,
                     .fen = note_fen(id),
                     .counter = note.counter});
  }
  return ended;
}

}  // namespace

std::unique_ptr<NoteDevice> make_cctalk_note(const NoteDeviceOptions& options) {
  static const std::map<std::string, AfterPower> kAfterPower = {
      {"give-back", AfterPower::gives_back},
      {"stack", AfterPower::stacks},
      {"silent", AfterPower::stacks_silently}};
  ValidatorMake make;
  make.address = options.address;
  make.crc = options.crc;
  make.echo = options.echo;
  make.paced = options.paced;
  make.serial = options.serial;
  make.moving = options.moving;
  make.holding = options.holding;
  make.room = options.room;
  make.after_power = kAfterPower.at(options.after_power);
  make.notes = {};
  for (std::size_t index = 0; index < options.notes.size() && index < make.notes.size(); ++index) {
    if (options.notes[index] != "-") make.notes[index] = options.notes[index];
  }
  return std::make_unique<CctalkNote>(std::move(make));
}

}  // namespace yijuan::sim
