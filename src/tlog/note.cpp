#include "tlog/note.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::tlog {
namespace {

constexpr std::string_view kDash = "\u2014 ";
constexpr std::size_t kIdBytes = 4;

Result<NoteSignature> parse_signature(std::string_view line) {
  const Error bad(TlogErrc::bad_note, "a signature line is not \"\u2014 name base64\"");
  if (!line.starts_with(kDash)) return bad;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return bad;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kIdBytes) return bad;
  NoteSignature signature{.name = std::string(line.substr(0, space)), .key_id = 0, .bytes = {}};
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    signature.key_id = signature.key_id << 8 | (*bytes)[i];
  }
  signature.bytes.assign(bytes->begin() + kIdBytes, bytes->end());
  return signature;
}

std::string signature_line(const NoteSignature& signature) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(signature.key_id >> shift));
  }
  bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
  return std::string(kDash) + signature.name + " " + to_base64(bytes) + "\n";
}

bool fits(const VerifierKey& key, std::string_view text, const Bytes& bytes) {
  if (key.type == KeyType::cosignature) return verifies_cosignature(key, text, bytes);
  Signature signature;
  if (bytes.size() != signature.size()) return false;
  std::ranges::copy(bytes, signature.begin());
  return key.verifies(as_bytes(text), signature);
}

}  // namespace

Result<Note> parse_note(std::string_view text) {
  if (!is_plain_text(text, true)) return {TlogErrc::bad_note, "it has bytes that are no text"};
  const std::size_t split = text.rfind("\n\n");
  if (split == std::string_view::npos) return {TlogErrc::bad_note, "it has no signatures"};
  Note note{.text = std::string(text.substr(0, split + 1)), .signatures = {}};
  std::string_view rest = text.substr(split + 2);
  if (!rest.ends_with('\n')) return {TlogErrc::bad_note, "its last line is cut"};
  while (!rest.empty()) {
    if (note.signatures.size() == kMostSignatures) {
      return {TlogErrc::bad_note, "it has too many signatures"};
    }
    const std::size_t end = rest.find('\n');
    auto signature = parse_signature(rest.substr(0, end));
    if (!signature) return signature.error();
    note.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string format_note(const Note& note) {
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) text += signature_line(signature);
  return text;
}

Result<std::vector<VerifierKey>> verify_note(const Note& note, std::span<const VerifierKey> known) {
  std::vector<VerifierKey> signers;
  for (const NoteSignature& signature : note.signatures) {
    for (const VerifierKey& key : known) {
      if (key.name != signature.name || key.id() != signature.key_id) continue;
      if (!fits(key, note.text, signature.bytes)) {
        return {TlogErrc::bad_signature, "signed in the name of " + key.name};
      }
      if (std::ranges::find(signers, key) == signers.end()) signers.push_back(key);
    }
  }
  if (signers.empty()) return TlogErrc::not_signed;
  return signers;
}

std::string sign_note(std::string text, const SigningKey& key) {
  YIJUAN_ASSERT(text.ends_with('\n') && is_plain_text(text, true), "only plain text is signed");
  YIJUAN_ASSERT(key.verifier().type == KeyType::note, "a cosigner signs checkpoints only");
  const Signature signature = key.sign(as_bytes(text));
  return format_note({.text = std::move(text),
                      .signatures = {{.name = key.verifier().name,
                                      .key_id = key.verifier().id(),
                                      .bytes = Bytes(signature.begin(), signature.end())}}});
}

Result<std::string> open_note(std::string_view text, const VerifierKey& key) {
  auto note = parse_note(text);
  if (!note) return note.error();
  auto signers = verify_note(*note, {&key, 1});
  if (!signers) return signers.error();
  return std::move(note->text);
}

}  // namespace yijuan::tlog
