#include "ledger/public/public_proof.hpp"

#include "tlog/checkpoint.hpp"
#include "tlog/note.hpp"
#include "tlog/tile_proof.hpp"

namespace yijuan::ledger {
namespace {

struct Shown {
  std::string note;
  std::uint64_t size = 0;
};

Result<Shown> shown(const PublicFolder& folder, const std::string& name) {
  auto note = folder.read(published::Checkpoint{name});
  if (!note) return note.error();
  if (!*note) return Shown{};
  auto parsed = tlog::parse_note(**note);
  if (!parsed) return parsed.error();
  auto checkpoint = tlog::parse_checkpoint(parsed->text);
  if (!checkpoint) return checkpoint.error();
  return Shown{.note = **std::move(note), .size = checkpoint->size};
}

}  // namespace

Result<std::uint64_t> shown_size(const PublicFolder& folder, const std::string& name) {
  auto now = shown(folder, name);
  if (!now) return now.error();
  return now->size;
}

Result<std::optional<tlog::TlogProof>> published_proof(const PublicFolder& folder,
                                                       const std::string& name, Seq seq) {
  auto now = shown(folder, name);
  if (!now) return now.error();
  if (seq >= now->size) return std::optional<tlog::TlogProof>();
  tlog::TileReader tiles(now->size,
                         [&](const tlog::Tile& tile) { return folder.tile(name, tile); });
  auto path = tiles.inclusion(seq);
  if (!path) return path.error();
  return std::optional(tlog::TlogProof{
      .extra = {}, .index = seq, .path = *std::move(path), .checkpoint = std::move(now->note)});
}

}  // namespace yijuan::ledger
