#include "tlog/checkpoint.hpp"

#include <algorithm>
#include <charconv>

#include "base/assert.hpp"
#include "tlog/note.hpp"

namespace yijuan::tlog {
namespace {

// Takes a line from the front of `text`; nothing if it does not end.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), size);
  const bool canonical = text == "0" || (!text.empty() && text.front() != '0');
  if (error != std::errc() || end != text.end() || !canonical) return std::nullopt;
  return size;
}

}  // namespace

std::string write_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_line = take_line(text);
  const auto root_line = take_line(text);
  if (!root_line || !text.empty()) return {TlogErrc::bad_checkpoint, "it has not three lines"};
  const auto size = parse_size(*size_line);
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
