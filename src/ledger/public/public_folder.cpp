#include "ledger/public/public_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/assert.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"

namespace yijuan::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = std::size_t{16} * 1024 * 1024;  // a digest of 100,000 logs
constexpr unsigned kFileMode = 0644;  // a web server of another user may serve it

// Makes the folders of a file, open to other readers whatever our umask is.
Result<void> make_folders(const fs::path& folder) {
  if (folder.empty() || fs::is_directory(folder)) return {};
  auto made = make_folders(folder.parent_path());
  if (!made) return made;
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return io_error(IoErrc::failed, folder.string(), errno);
  }
  if (::chmod(folder.c_str(), 0755) != 0) return io_error(IoErrc::failed, folder.string(), errno);
  return {};
}

Result<void> write_unsynced(const fs::path& path, BytesView bytes) {
  fs::path next = path;
  next += ".new";
  {
    const Descriptor file(
        ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
    if (!file.valid()) return io_error(IoErrc::cannot_open, next.string(), errno);
    if (::fchmod(file.get(), kFileMode) != 0) return io_error(IoErrc::failed, next.string(), errno);
    while (!bytes.empty()) {
      const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return io_error(IoErrc::failed, next.string(), errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
  if (::rename(next.c_str(), path.c_str()) != 0) {
    return io_error(IoErrc::failed, path.string(), errno);
  }
  return {};
}

}  // namespace

fs::path PublicFolder::file(const PublicResource& resource) const {
  YIJUAN_ASSERT(!std::holds_alternative<published::Bundle>(resource) &&
                    !std::holds_alternative<published::Proof>(resource),
                "bundles and proofs are no files");
  return root_ / public_path(resource).substr(1);
}

fs::path PublicFolder::progress_file(const std::string& log) const {
  return root_ / log / ".progress";
}

Result<std::optional<std::string>> PublicFolder::read(const PublicResource& resource) const {
  const fs::path path = file(resource);
  std::error_code error;
  if (!fs::exists(path, error) && !error) return std::optional<std::string>();
  auto content = read_file(path, kLargestFile);
  if (!content) return content.error();
  return std::optional(*std::move(content));
}

Result<std::vector<Hash>> PublicFolder::tile(const std::string& log, const tlog::Tile& tile) const {
  auto content = read(published::Tile{log, tile});
  if (!content) return content.error();
  if (*content) return tlog::parse_tile(as_bytes(**content), tile.width);
  if (tile.width == tlog::kTileWidth) {
    return {TlogErrc::bad_tile, "there is no " + log + "/" + tlog::tile_path(tile)};
  }
  auto full = this->tile(log, {.level = tile.level, .index = tile.index});
  if (full) full->resize(tile.width);
  return full;
}

bool PublicFolder::has(const PublicResource& resource) const {
  std::error_code error;
  return fs::exists(file(resource), error);
}

Result<std::vector<std::string>> PublicFolder::office_notes() const {
  std::vector<std::string> notes;
  std::error_code error;
  const fs::path offices = root_ / "office";
  if (!fs::exists(offices, error) && !error) return notes;
  for (auto at = fs::directory_iterator(offices, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    auto note = read(published::Checkpoint{"office/" + at->path().filename().string()});
    if (!note) return note.error();
    if (*note) notes.push_back(**std::move(note));
  }
  if (error) return io_error(IoErrc::failed, offices.string(), error.value());
  return notes;
}

Result<void> PublicFolder::put_tile(const std::string& log, const tlog::Tile& tile,
                                    std::span<const Hash> hashes) const {
  const fs::path path = file(published::Tile{log, tile});
  auto made = make_folders(path.parent_path());
  if (!made) return made;
  return write_unsynced(path, tlog::write_tile(hashes));
}

Result<void> PublicFolder::sync() const {
  auto made = make_folders(root_);
  if (!made) return made;
  const Descriptor folder(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::syncfs(folder.get()) != 0) {
    return io_error(IoErrc::failed, "sync " + root_.string(), errno);
  }
  return {};
}

Result<void> PublicFolder::put(const PublicResource& resource, std::string_view content) const {
  const fs::path path = file(resource);
  auto made = make_folders(path.parent_path());
  if (!made) return made;
  return write_file_atomically(path, content, kFileMode);
}

Result<void> PublicFolder::remove(const PublicResource& resource) const {
  std::error_code error;
  fs::remove(file(resource), error);
  if (error) return io_error(IoErrc::failed, file(resource).string(), error.value());
  return sync();
}

void PublicFolder::remove_outgrown(const std::string& log, std::uint64_t older,
                                   std::uint64_t size) const {
  for (const tlog::Tile& tile : tlog::partial_tiles(older)) {
    if (tlog::tile_width(tile.level, tile.index, size) != tlog::kTileWidth) continue;
    // All widths of this tile: "000.p" is their folder.
    std::error_code ignored;
    fs::remove_all(file(published::Tile{log, tile}).parent_path(), ignored);
  }
}

std::optional<tlog::TileEdge> PublicFolder::progress(const std::string& log) const {
  const auto content = read_file(progress_file(log), kLargestFile);
  if (!content || content->size() < sizeof(Hash)) return {};
  BytesView bytes = as_bytes(*content);
  std::uint64_t size = 0;
  for (const std::uint8_t byte : bytes.first(8)) size = size << 8 | byte;
  bytes = bytes.subspan(8);
  if (size >> 62 != 0) return {};
  auto edge = tlog::TileEdge::read(size, [&](const tlog::Tile& tile) {
    const std::size_t length = std::min(bytes.size(), tile.width * sizeof(Hash));
    auto hashes = tlog::parse_tile(bytes.first(length), tile.width);
    bytes = bytes.subspan(length);
    return hashes;
  });
  if (!edge || !bytes.empty()) return {};
  return *std::move(edge);
}

Result<void> PublicFolder::put_progress(const std::string& log, const tlog::TileEdge& edge) const {
  std::string content;
  for (int shift = 56; shift >= 0; shift -= 8) {
    content += static_cast<char>(edge.size() >> shift & 0xff);
  }
  for (const tlog::Tile& tile : tlog::partial_tiles(edge.size())) {
    content += as_text(tlog::write_tile(edge.row(tile.level)));
  }
  auto made = make_folders(progress_file(log).parent_path());
  if (!made) return made;
  return write_file_atomically(progress_file(log), content, kFileMode);
}

void PublicFolder::remove_progress(const std::string& log) const {
  std::error_code ignored;
  fs::remove(progress_file(log), ignored);
}

}  // namespace yijuan::ledger
