#include "tlog/cosignature.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "tlog/note.hpp"

namespace yijuan::tlog {
namespace {

constexpr std::size_t kTimeBytes = 8;
// The last second of the year 9999: later ones are nonsense, and would overflow a WallTime.
constexpr std::uint64_t kLastSecond = 253'402'300'799;

std::string message(std::uint64_t seconds, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

std::uint64_t time_of(BytesView bytes) {
  std::uint64_t seconds = 0;
  for (const std::uint8_t byte : bytes.first(kTimeBytes)) seconds = seconds << 8 | byte;
  return seconds;
}

}  // namespace

bool verifies_cosignature(const VerifierKey& cosigner, std::string_view text, BytesView bytes) {
  Signature signature;
  if (bytes.size() != kTimeBytes + signature.size() || time_of(bytes) > kLastSecond) return false;
  std::ranges::copy(bytes.subspan(kTimeBytes), signature.begin());
  return cosigner.verifies(as_bytes(message(time_of(bytes), text)), signature);
}

Result<std::string> cosign(std::string_view text, const SigningKey& cosigner, WallTime time) {
  auto note = parse_note(text);
  if (!note) return note.error();
  YIJUAN_ASSERT(cosigner.verifier().type == KeyType::cosignature, "not a cosigner's key");
  YIJUAN_ASSERT(time >= WallTime(), "a cosignature is not from before 1970");
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
  NoteSignature line{
      .name = cosigner.verifier().name, .key_id = cosigner.verifier().id(), .bytes = {}};
  for (int shift = 56; shift >= 0; shift -= 8) {
    line.bytes.push_back(static_cast<std::uint8_t>(seconds >> shift));
  }
  const Signature signature = cosigner.sign(as_bytes(message(seconds, note->text)));
  line.bytes.insert(line.bytes.end(), signature.begin(), signature.end());
  note->signatures.push_back(std::move(line));
  return format_note(*note);
}

Result<WallTime> cosigned_at(std::string_view text, const VerifierKey& cosigner) {
  auto note = parse_note(text);
  if (!note) return note.error();
  auto signers = verify_note(*note, {&cosigner, 1});
  if (!signers) return signers.error();
  for (const NoteSignature& line : note->signatures) {
    if (line.name == cosigner.name && line.key_id == cosigner.id()) {
      return WallTime(std::chrono::seconds(time_of(line.bytes)));
    }
  }
  return TlogErrc::not_signed;
}

}  // namespace yijuan::tlog
