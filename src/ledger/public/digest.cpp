#include "ledger/public/digest.hpp"

#include <algorithm>
#include <vector>

namespace yijuan::ledger {

Digest make_digest(domain::Day day, std::span<const tlog::Checkpoint> checkpoints) {
  std::vector<std::string> lines;
  lines.reserve(checkpoints.size());
  for (const tlog::Checkpoint& checkpoint : checkpoints) {
    lines.push_back(checkpoint.origin + " " + std::to_string(checkpoint.size) + " " +
                    to_base64(checkpoint.root) + "\n");
  }
  std::ranges::sort(lines);  // no character of an origin sorts before the space that ends it
  std::string text;
  for (const std::string& line : lines) text += line;
  return read_digest(day, std::move(text));
}

Digest read_digest(domain::Day day, std::string text) {
  Digest digest{.day = day, .logs = 0, .text = std::move(text), .hash = {}};
  digest.logs = static_cast<std::uint64_t>(std::ranges::count(digest.text, '\n'));
  digest.hash = sha256(as_bytes(digest.text));
  return digest;
}

}  // namespace yijuan::ledger
