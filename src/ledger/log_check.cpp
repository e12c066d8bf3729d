#include "ledger/log_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "async/errc.hpp"
#include "ledger/fold_chunk.hpp"
#include "ledger/office/declared_hole.hpp"
#include "ledger/public/public_path.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::ledger {
namespace {

bool begins_with_epoch(const LogState& log, const FoldChunk& chunk) {
  if (chunk.lines.empty() || chunk.lines.front().empty()) return true;  // told as missing
  const auto entry = tlog::parse_line(chunk.lines.front().front());
  const auto* epoch = entry ? std::get_if<tlog::Epoch>(&entry->body) : nullptr;
  return epoch != nullptr && epoch->key == log.vkey;
}

}  // namespace

Result<void> LogCheck::read_published() {
  const auto name = stored_.kind == LogKind::fork
                        ? std::nullopt
                        : public_name(stored_.origin, verification_.domain);
  if (!verification_.published || !name) return {};
  auto note = verification_.published->read(published::Checkpoint{*name});
  if (!note) return note.error();
  if (!*note) return {};
  shown_ = open(**note, "its published checkpoint");
  public_name_ = *name;
  if (!shown_) return {};
  auto hole = declared_hole(verification_.store, stored_, *shown_);
  if (!hole) return hole.error();
  hole_ = *std::move(hole);
  return {};
}

Result<RebuiltLog> LogCheck::run(const std::function<void(std::uint64_t)>& count) {
  auto fold = StoredFold::begin(verification_.store, stored_, snapshot_.office);
  if (!fold) return fold.error();
  if (shown_) fold->want_root(shown_->size);
  const auto note = stored_.note.empty() ? std::nullopt : open(stored_.note, "its checkpoint");
  if (note) fold->want_root(note->size);
  auto done = fold_all(*fold, count);
  if (!done) return done.error();
  done = check_end();
  if (!done) return done.error();
  for (std::string& what :
       compare_log(stored_, fold->log(), snapshot_.open_cash.at(stored_.origin))) {
    wrong_.push_back(std::move(what));
  }
  if (stored_.note.empty() && stored_.size() > 0) tell("it has entries and no checkpoint");
  if (note && note->size != stored_.size() && !stored_.floor) {
    tell(fmt::format("its checkpoint is of size {}, the log of {}", note->size, stored_.size()));
  } else if (note && fold->root_at(note->size) != note->root) {
    tell(fmt::format("its checkpoint of size {} has another root than the entries", note->size));
  }
  done = check_published(*fold);
  if (!done) return done.error();
  return fold->log();
}

// One thread reads, another checks what was read before.
Result<void> LogCheck::fold_all(StoredFold& fold, const std::function<void(std::uint64_t)>& count) {
  auto marks = verification_.store.batches(stored_.origin);
  if (!marks) return marks.error();
  // What came since the snapshot is not judged.
  std::erase_if(*marks, [this](const BatchMark& mark) { return mark.first >= stored_.size(); });
  std::span<const BatchMark> left(*marks);
  std::future<std::optional<std::string>> checking;
  auto chunk = read_chunk(verification_.store, stored_.origin, left);
  while (chunk && !chunk->marks.empty()) {
    if (verification_.stopped && verification_.stopped()) return AsyncErrc::cancelled;
    if (stored_.kind != LogKind::fork && chunk->marks.front().first == 0 &&
        !begins_with_epoch(stored_, *chunk)) {
      tell("its first entry is not the epoch of its key");
    }
    const FoldChunk checked = *std::move(chunk);
    checking = std::async(std::launch::async, [&] { return add_chunk(fold, checked); });
    chunk = read_chunk(verification_.store, stored_.origin, left);
    auto wrong = checking.get();
    if (wrong) {
      wrong_.push_back(*std::move(wrong));
      return {};
    }
    count(checked.entries);
  }
  if (!chunk) return chunk.error();
  return {};
}

// Whether entries lie beyond the head, which no commit can leave.
Result<void> LogCheck::check_end() {
  auto beyond = verification_.store.lines(stored_.origin, stored_.size(), 1);
  if (!beyond) return beyond.error();
  if (beyond->empty()) return {};
  auto now = verification_.store.log(stored_.origin);
  if (!now) return now.error();
  if (*now && (*now)->size() == stored_.size()) tell("it has entries beyond its size");
  return {};
}

// A checkpoint that both keys signed; nothing, and told, for any other.
std::optional<tlog::Checkpoint> LogCheck::open(const std::string& note, const std::string& what) {
  const auto key = tlog::VerifierKey::parse(stored_.vkey);
  if (!key) {
    tell("its key cannot be read");
    return {};
  }
  auto checkpoint = tlog::open_checkpoint(note, *key);
  if (!checkpoint) {
    tell(what + ": " + checkpoint.error().message());
    return {};
  }
  if (stored_.kind != LogKind::fork) {
    const auto cosigned = tlog::cosigned_at(note, verification_.cosigner);
    if (!cosigned) tell(what + ", the cosignature: " + cosigned.error().message());
  }
  return *std::move(checkpoint);
}

Result<void> LogCheck::check_published(const StoredFold& fold) {
  if (!shown_) return {};
  if (hole_) return check_tiles();
  if (shown_->size > stored_.size()) {
    tell(fmt::format("{} entries are published, and {} are held", shown_->size, stored_.size()));
  } else if (fold.root_at(shown_->size) != shown_->root) {
    tell(fmt::format("another root is published for {} entries", shown_->size));
  }
  return check_tiles();
}

// The published tiles, from the leaves upwards, and that they give the published root.
Result<void> LogCheck::check_tiles() {
  tlog::TileEdge edge;
  const auto on_full = [this](const tlog::Tile& tile, std::span<const Hash> hashes) {
    if (tile.level > 0) check_tile(tile, hashes);
    return Result<void>();
  };
  while (edge.size() < shown_->size) {
    if (verification_.stopped && verification_.stopped()) return AsyncErrc::cancelled;
    const std::uint64_t index = edge.size() / tlog::kTileWidth;
    const tlog::Tile tile{
        .level = 0, .index = index, .width = tlog::tile_width(0, index, shown_->size)};
    const auto leaves = verification_.published->tile(public_name_, tile);
    if (!leaves) {
      tell("a published tile: " + leaves.error().message());
      return {};
    }
    for (const Hash& leaf : *leaves) {
      auto appended = edge.append(leaf, on_full);
      if (!appended) return appended;
    }
  }
  for (const tlog::Tile& tile : tlog::partial_tiles(shown_->size)) {
    if (tile.level > 0) check_tile(tile, edge.row(tile.level));
  }
  if (edge.root() != shown_->root) tell("its published tiles do not give the published root");
  return {};
}

void LogCheck::check_tile(const tlog::Tile& tile, std::span<const Hash> hashes) {
  const auto there = verification_.published->tile(public_name_, tile);
  if (!there || !std::ranges::equal(*there, hashes)) {
    tell("its published " + tlog::tile_path(tile) + " is missing or not made of those below it");
  }
}

}  // namespace yijuan::ledger
