// What a bill validator says that a coin acceptor does not: names and scaling of its notes, a
// longer mask, its events. Pure. Source: the generic ccTalk specification 4.7. Event counter and
// buffer (header 159) are those of protocol.hpp.
#pragma once

#include "base/fen.hpp"
#include "drivers/cctalk/protocol.hpp"

namespace yijuan::cctalk {

inline constexpr int kMostNotes = 64;

/// Note positions 1..64 as the mask bytes of 231: bit 0 of the first is note 1; 1 = accepted.
struct NoteMask {
  std::uint64_t bits = 0;

  [[nodiscard]] bool has(int position) const { return (bits >> (position - 1) & 1) != 0; }
  void add(int position) { bits |= std::uint64_t{1} << (position - 1); }
  /// The first `size` bytes of it, 1 to 8.
  [[nodiscard]] Bytes data(std::size_t size) const;
  /// Nothing on another length than 1 to 8.
  static std::optional<NoteMask> parse(BytesView data);
  friend bool operator==(NoteMask, NoteMask) = default;
};

/// A note's name in the device: country, value in its units, issue ("CN0100A").
struct NoteId {
  std::string country;
  int value = 0;
  char issue = 'A';

  /// Nothing for a blank position (".......") and for what is not a note id.
  static std::optional<NoteId> parse(std::string_view text);
  friend bool operator==(const NoteId&, const NoteId&) = default;
};

/// Reply to note_scale: what one unit of a note id's value is worth, and the decimals of it.
struct NoteScale {
  int factor = 100;
  int decimals = 2;

  /// Nothing on another length than 3, and for 0,0,0: the device does not know the country.
  static std::optional<NoteScale> parse(BytesView data);
  /// What `value` is worth; nothing where that is no whole number of fen.
  [[nodiscard]] std::optional<Fen> worth(int value) const;
};

/// What an event with A = 0 is about.
enum class NoteEventKind {
  status,     // nothing happened to a note
  came_back,  // from escrow
  reject,     // not taken
  jam_reachable,
  jam_unreachable,
  jam_stacker,
  fraud,
  stacker_ok,
  stacker_removed,
  stacker_inserted,
  stacker_full,
  broken,           // a part of the device
  unknown_stacked,  // in the box, but which note?
  unknown,          // no event of the specification
};

struct NoteEvent {
  int code = 0;
  std::string_view name;
  NoteEventKind kind = NoteEventKind::status;
};

/// What the event (0, `code`) means.
NoteEvent note_event(int code);
/// Whether `code` says that a note was refused because it, or everything, is inhibited.
bool is_inhibited_note(int code);

}  // namespace yijuan::cctalk
