// A simulated note acceptor as the program sees it, whatever it speaks: bytes and moments in,
// bytes and moments out, commands for what happens to it, and the truth about its notes. One
// implementation for each --protocol; none has a clock, thread or port.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace yijuan::sim {

using Time = std::chrono::nanoseconds;

/// A note that is no longer on its way.
struct EndedNote {
  std::string fate;  // "stacked", "given-back", "taken-out"
  int position = 0;  // 0: the device could not name it
  std::string id;    // "CN0100A"; "-" where there is none
  int fen = 0;
  int counter = 0;  // of its "stacked" event; 0 where there is none
};

class NoteDevice {
 public:
  virtual ~NoteDevice() = default;

  // The wire.
  virtual void receive(Time now, BytesView bytes) = 0;
  virtual Bytes transmit(Time now) = 0;
  [[nodiscard]] virtual std::optional<Time> next_transmission() const = 0;
  virtual void hang_up() = 0;

  /// Moves notes along to where they are by `now`. Called often while busy().
  virtual void tick(Time now) = 0;
  [[nodiscard]] virtual bool busy() const = 0;
  /// Carries out a command that is about the device; nothing where it is none of its own.
  virtual std::optional<std::string> command(Time now, const std::string& verb,
                                             const std::string& rest) = 0;
  [[nodiscard]] virtual std::string status() const = 0;
  /// Notes that ended since the last call.
  virtual std::vector<EndedNote> take_ended() = 0;
};

/// What --protocol's devices are made from; each takes what it knows.
struct NoteDeviceOptions {
  std::vector<std::string> notes;  // ids of positions 1, 2, ...; "-" is an empty one
  std::uint32_t serial = 0;
  int address = 40;
  bool crc = false;
  bool echo = true;
  bool paced = false;
  std::chrono::milliseconds moving{};   // into the stacker, or back out
  std::chrono::milliseconds holding{};  // then it gives a held note back by itself
  int room = 0;                         // notes that its stacker takes
  std::string after_power;              // with a note in the path: give-back, stack, silent
};

std::unique_ptr<NoteDevice> make_cctalk_note(const NoteDeviceOptions& options);
std::unique_ptr<NoteDevice> make_ict_note(const NoteDeviceOptions& options);

/// What a note's id says it is worth ("CN0100A": 10000); 0 where it says nothing.
int note_fen(const std::string& id);
/// The number that `text` is from first to last; -1 if it is none.
int number(std::string_view text);

}  // namespace yijuan::sim
