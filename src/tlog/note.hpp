// Signed notes (C2SP signed-note): a text, an empty line, and lines "— name base64(id || bytes)".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"
#include "tlog/key.hpp"

namespace yijuan::tlog {

/// A note from outside has at most this many signature lines.
inline constexpr std::size_t kMostSignatures = 64;

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes bytes;  // for Ed25519 64; for cosignature/v1 8 of time and 64
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  std::string text;  // ends with a newline
  std::vector<NoteSignature> signatures;
};

/// TlogErrc::bad_note; nothing is verified.
Result<Note> parse_note(std::string_view note);
std::string format_note(const Note& note);

/// Which of `known` signed the note. A signature by an unknown key is passed over; one that names
/// a known key and does not fit is TlogErrc::bad_signature; none by a known key is not_signed.
Result<std::vector<VerifierKey>> verify_note(const Note& note, std::span<const VerifierKey> known);

/// The text, signed. REQUIRES: `text` ends with a newline and has no other control character;
/// the key's type is note.
std::string sign_note(std::string text, const SigningKey& key);
/// The text of a note that `key` signed.
Result<std::string> open_note(std::string_view note, const VerifierKey& key);

}  // namespace yijuan::tlog
