#include "tlog/tlog_proof.hpp"

#include <algorithm>

#include "tlog/cosignature.hpp"
#include "tlog/line_text.hpp"
#include "tlog/note.hpp"

namespace yijuan::tlog {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

Error malformed(const char* why) {
  return {TlogErrc::bad_proof, why};
}

std::optional<Hash> parse_hash(std::string_view text) {
  const auto bytes = from_base64(text);
  Hash hash;
  if (!bytes || bytes->size() != hash.size()) return {};
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

// The hashes up to the empty line that ends them.
Result<Proof> take_path(std::string_view& text) {
  Proof path;
  while (true) {
    const auto line = take_line(text);
    if (!line) return malformed("it ends within its hashes");
    if (line->empty()) return path;
    const auto hash = parse_hash(*line);
    if (!hash) return malformed("a line is no hash");
    if (path.size() == kLongestProof) return malformed("it has too many hashes");
    path.push_back(*hash);
  }
}

}  // namespace

std::string write_tlog_proof(const TlogProof& proof) {
  std::string text = std::string(kFirstLine) + "\n";
  if (proof.extra) text += std::string(kExtra) + to_base64(*proof.extra) + "\n";
  text += std::string(kIndex) + std::to_string(proof.index) + "\n";
  for (const Hash& hash : proof.path) text += to_base64(hash) + "\n";
  return text + "\n" + proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kLongestProofFile) return malformed("it is too long");
  if (take_line(text) != kFirstLine) return malformed("its first line is another");
  TlogProof proof;
  auto line = take_line(text);
  if (line && line->starts_with(kExtra)) {
    proof.extra = from_base64(line->substr(kExtra.size()));
    if (!proof.extra) return malformed("its extra data is not base64");
    line = take_line(text);
  }
  if (!line || !line->starts_with(kIndex)) return malformed("it has no index");
  const auto index = parse_decimal(line->substr(kIndex.size()));
  if (!index) return malformed("its index is no number");
  proof.index = *index;
  auto path = take_path(text);
  if (!path) return path.error();
  proof.path = *std::move(path);
  auto note = parse_note(text);
  if (!note) return note.error();
  proof.checkpoint = text;
  return proof;
}

Result<ProvenEntry> verify_tlog_proof(const TlogProof& proof, const Hash& leaf,
                                      const VerifierKey& log, const VerifierKey& cosigner) {
  auto checkpoint = open_checkpoint(proof.checkpoint, log);
  if (!checkpoint) return checkpoint.error();
  auto cosigned = cosigned_at(proof.checkpoint, cosigner);
  if (!cosigned) return cosigned.error();
  auto included =
      verify_inclusion(leaf, proof.index, checkpoint->size, checkpoint->root, proof.path);
  if (!included) return included.error();
  return ProvenEntry{.checkpoint = *std::move(checkpoint), .cosigned = *cosigned};
}

}  // namespace yijuan::tlog
