#include "tlog/checkpoint.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "tlog/line_text.hpp"
#include "tlog/note.hpp"

namespace yijuan::tlog {
std::string write_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_line = take_line(text);
  const auto root_line = take_line(text);
  if (!root_line || !text.empty()) return {TlogErrc::bad_checkpoint, "it has not three lines"};
  const auto size = parse_decimal(*size_line);
  const auto root = from_base64(*root_line);
  if (!is_key_name(*origin) || !size || !root || root->size() != sizeof(Hash)) {
    return {TlogErrc::bad_checkpoint, "its origin, size or root is none"};
  }
  Checkpoint checkpoint{.origin = std::string(*origin), .size = *size, .root = {}};
  std::ranges::copy(*root, checkpoint.root.begin());
  return checkpoint;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& log) {
  YIJUAN_ASSERT(log.verifier().name == checkpoint.origin, "a log signs only for itself");
  return sign_note(write_checkpoint(checkpoint), log);
}

Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& log) {
  auto text = open_note(note, log);
  if (!text) return text.error();
  auto checkpoint = parse_checkpoint(*text);
  if (checkpoint && checkpoint->origin != log.name) return TlogErrc::wrong_origin;
  return checkpoint;
}

}  // namespace yijuan::tlog
