// --protocol ict: the note acceptor of drivers/ict. A pseudo-terminal has no parity, so a byte can
// be lost on the way to the host, but not arrive damaged.
#include <fmt/format.h>

#include <algorithm>

#include "drivers/ict/fake.hpp"
#include "tools/sim_note/note_device.hpp"

namespace yijuan::sim {
namespace {

using ict_fake::Fate;
using ict_fake::Fault;

constexpr int kPositions = 10;
constexpr int kJam = 0x22;
constexpr int kStackerOpen = 0x24;
constexpr int kStackerProblem = 0x28;

class IctNote : public NoteDevice {
 public:
  IctNote(const ict_fake::Make& make, std::vector<std::string> notes)
      : device_(make), ids_(std::move(notes)) {
    device_.set_faults([this] {
      if (to_lose_ == 0) return Fault::none;
      --to_lose_;
      return Fault::lose;
    });
  }

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
  [[nodiscard]] std::string id_of(int position) const;

  ict_fake::FakeNoteAcceptor device_;
  std::vector<std::string> ids_;
  std::size_t ended_ = 0;
  int to_lose_ = 0;
};

std::string IctNote::id_of(int position) const {
  const auto index = static_cast<std::size_t>(position - 1);
  return position >= 1 && index < ids_.size() ? ids_[index] : "-";
}

std::string IctNote::insert(Time now, const std::string& what) {
  int position = number(what);
  const auto found = std::ranges::find(ids_, what);
  if (found != ids_.end() && what != "-") position = static_cast<int>(found - ids_.begin()) + 1;
  if (position < 1 || position > kPositions) return "error: no such note: " + what;
  const bool occupied = device_.busy();
  const char* const answer = occupied                        ? "occupied"
                             : device_.insert(now, position) ? "taken"
                                                             : "refused";
  const auto id = id_of(position);
  return fmt::format("{} {} {} {}", answer, position, id, note_fen(id));
}

std::optional<std::string> IctNote::command(Time now, const std::string& verb,
                                            const std::string& rest) {
  const int value = rest.empty() ? 0 : number(rest);
  if (verb == "note") return insert(now, rest);
  if (verb == "jam") {
    device_.trouble(now, kJam);
  } else if (verb == "remove-stacker") {
    device_.trouble(now, kStackerOpen);
  } else if (verb == "full") {
    device_.trouble(now, kStackerProblem);
  } else if (verb == "clear-jam" || verb == "insert-stacker" || verb == "emptied") {
    device_.trouble(now, 0);
  } else if (verb == "power-cycle" && value >= 0) {
    device_.cut_power(now, std::chrono::milliseconds(value));
  } else if (verb == "lose" && value >= 0) {
    to_lose_ = value;
  } else if (verb == "event" && value >= 0 && value < 0xFF) {
    device_.disturb(now, {static_cast<std::uint8_t>(value)});
  } else {
    return std::nullopt;
  }
  return "ok";
}

std::string IctNote::status() const {
  const auto count = [this](Fate fate) {
    return std::ranges::count(device_.notes(), fate, &ict_fake::Note::fate);
  };
  return fmt::format("holding={} busy={} stacked={} given-back={}", device_.held() ? 1 : 0,
                     device_.busy() ? 1 : 0, count(Fate::stacked), count(Fate::returned));
}

std::vector<EndedNote> IctNote::take_ended() {
  std::vector<EndedNote> ended;
  const auto& notes = device_.notes();
  for (; ended_ < notes.size(); ++ended_) {
    const auto& note = notes[ended_];
    if (note.fate != Fate::stacked && note.fate != Fate::returned) break;
    const auto id = id_of(note.position);
    ended.push_back({.fate = note.fate == Fate::stacked ? "stacked" : "given-back",
                     .position = note.position,
                     .id = id,
                     .fen = note_fen(id)});
  }
  return ended;
}

}  // namespace

std::unique_ptr<NoteDevice> make_ict_note(const NoteDeviceOptions& options) {
  ict_fake::Make make;
  make.positions = std::min(kPositions, static_cast<int>(options.notes.size()));
  make.stacks_in = make.returns_in = options.moving;
  make.stacks_at_power_cut = options.after_power != "give-back";
  return std::make_unique<IctNote>(make, options.notes);
}

}  // namespace yijuan::sim
