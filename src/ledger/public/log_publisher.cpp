#include "ledger/public/log_publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/errc.hpp"
#include "tlog/leaf.hpp"
#include "tlog/proof.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kSlice = 1000;              // entries read at a time
constexpr std::uint64_t kBetweenMarks = 1U << 16U;  // a tile of level 1: the edge is small there

Result<void> keep_nothing(const tlog::Tile& /*tile*/, std::span<const Hash> /*hashes*/) {
  return {};
}

}  // namespace

LogPublisher::LogPublisher(const Publication& publication, LedgerStore& store, const LogState& log,
                           std::string name, OnRead on_read)
    : publication_(publication),
      folder_(publication.folder),
      store_(store),
      log_(log),
      name_(std::move(name)),
      on_read_(std::move(on_read)) {}

Result<std::optional<std::string>> LogPublisher::compare() {
  const auto key = tlog::VerifierKey::parse(log_.vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + log_.origin};
  auto next = tlog::open_checkpoint(log_.note, *key);
  if (!next) return {LedgerErrc::store_damaged, "the checkpoint of " + log_.origin};
  next_ = *std::move(next);
  auto shown = folder_.read(published::Checkpoint{name_});
  if (!shown) return shown.error();
  shown_ = {.origin = log_.origin, .size = 0, .root = tlog::tree_root({})};
  if (*shown) {
    auto checkpoint = tlog::open_checkpoint(**shown, *key);
    if (!checkpoint) {
      return fmt::format("the published checkpoint cannot be read ({}): nothing is published",
                         checkpoint.error().message());
    }
    shown_ = *std::move(checkpoint);
  }
  if (shown_.size > next_.size) {
    return fmt::format(
        "{} entries are published and this ledger holds {}: it is older than what it published, "
        "and publishes nothing",
        shown_.size, next_.size);
  }
  if (shown_.size == next_.size && shown_.root != next_.root) {
    return fmt::format("another log of {} entries is published than this ledger holds",
                       shown_.size);
  }
  auto begun = begin();
  if (!begun) return begun.error();
  return std::optional<std::string>();
}

// Where the tiles go on; true: from a mark beyond what is shown.
Result<bool> LogPublisher::begin() {
  const auto marked = publication_.repair ? std::nullopt : folder_.progress(name_);
  if (marked && marked->size() > shown_.size && marked->size() <= next_.size) {
    edge_ = *marked;
    return true;
  }
  auto edge = tlog::TileEdge::read(
      shown_.size, [this](const tlog::Tile& tile) { return folder_.tile(name_, tile); });
  damaged_ = !edge || edge->root() != shown_.root;
  if (!damaged_) edge_ = *std::move(edge);
  return false;
}

std::uint64_t LogPublisher::to_read() const {
  const bool mends = damaged_ || publication_.repair;
  return mends ? shown_.size + next_.size : next_.size - edge_.size();
}

Result<std::optional<std::string>> LogPublisher::put_tiles() {
  if (damaged_ || publication_.repair) {
    auto mended = mend();
    if (!mended || *mended) return mended;
  }
  const auto put = [this](const tlog::Tile& tile, std::span<const Hash> hashes) {
    return folder_.put_tile(name_, tile, hashes);
  };
  for (bool again = true; again;) {
    const bool marked = edge_.size() > shown_.size;
    auto read = read_until(next_.size, put, true);
    if (!read) return read.error();
    again = marked && edge_.root() != next_.root;  // the mark is no good
    if (!again) break;
    folder_.remove_progress(name_);
    auto begun = begin();
    if (!begun) return begun.error();
    if (damaged_) return mend();
  }
  if (edge_.root() != next_.root) {
    return fmt::format("its {} entries do not give its root as a continuation of the {} published",
                       next_.size, shown_.size);
  }
  if (fresh() == 0) return std::optional<std::string>();
  auto done = put_partial_tiles(put);
  if (!done) return done.error();
  return std::optional<std::string>();
}

// Makes the tiles of what is shown again, where the store still holds that.
Result<std::optional<std::string>> LogPublisher::mend() {
  edge_ = {};
  auto read = read_until(shown_.size, keep_nothing, false);
  if (!read) return read.error();
  if (edge_.root() != shown_.root) {
    return fmt::format("its first {} entries are not those that were published", shown_.size);
  }
  edge_ = {};
  const auto put = [this](const tlog::Tile& tile, std::span<const Hash> hashes) {
    return put_if_other(tile, hashes);
  };
  read = read_until(shown_.size, put, false);
  if (read) read = put_partial_tiles(put);
  if (!read) return read.error();
  return std::optional<std::string>();
}

Result<void> LogPublisher::read_until(std::uint64_t size, const tlog::TileEdge::OnFull& on_full,
                                      bool marks) {
  while (edge_.size() < size) {
    if (publication_.stopped && publication_.stopped()) return AsyncErrc::cancelled;
    const std::uint64_t to_mark = kBetweenMarks - edge_.size() % kBetweenMarks;
    const std::uint64_t count = std::min({kSlice, size - edge_.size(), to_mark});
    auto lines = store_.lines(log_.origin, edge_.size(), count);
    if (!lines) return lines.error();
    if (lines->size() != count) {
      return {LedgerErrc::store_damaged, "entries are missing in " + log_.origin};
    }
    for (const std::string& line : *lines) {
      auto appended = edge_.append(tlog::leaf_hash(line), on_full);
      if (!appended) return appended;
    }
    on_read_(count);
    if (!marks || edge_.size() % kBetweenMarks != 0) continue;
    auto marked = folder_.sync();
    if (marked) marked = folder_.put_progress(name_, edge_);
    if (!marked) return marked;
  }
  return {};
}

Result<void> LogPublisher::put_partial_tiles(const tlog::TileEdge::OnFull& put) {
  for (const tlog::Tile& tile : tlog::partial_tiles(edge_.size())) {
    auto done = put(tile, edge_.row(tile.level));
    if (!done) return done;
  }
  return {};
}

Result<void> LogPublisher::put_if_other(const tlog::Tile& tile, std::span<const Hash> hashes) {
  const auto there = folder_.tile(name_, tile);
  if (there && std::ranges::equal(*there, hashes)) return {};
  ++mended_;
  return folder_.put_tile(name_, tile, hashes);
}

Result<void> LogPublisher::put_checkpoint() {
  if (fresh() == 0) return {};
  auto put = folder_.put(published::Checkpoint{name_}, log_.note);
  if (!put) return put;
  folder_.remove_progress(name_);
  folder_.remove_outgrown(name_, shown_.size, next_.size);
  return {};
}

}  // namespace yijuan::ledger
