// A simulated disk's calls on open files: what SQLite does with a database and its WAL.
#include <algorithm>
#include <cstring>

#include "tests/support/disk/sim_disk.hpp"

namespace yijuan::test {
namespace {

constexpr std::size_t kPage = 4096;

std::size_t elsewhere(std::size_t offset) {
  return offset >= kPage ? offset - kPage : offset + kPage;
}

std::string flipped(std::string_view bytes) {
  std::string changed(bytes);
  if (!changed.empty()) {
    char& byte = changed[changed.size() / 2];
    byte = static_cast<char>(byte ^ 0x10);
  }
  return changed;
}

}  // namespace

int SimDisk::open_file(const char* path, int flags, Open& open) {
  const std::scoped_lock guard(mutex_);
  open.path = path == nullptr ? "" : path;
  if (before(DiskOperation::open, open.path) != DiskFault::none) return SQLITE_CANTOPEN;
  open.life = life_;
  const auto at = names_.find(open.path);
  if (path == nullptr) {
    open.file = std::make_shared<SimFile>();
  } else if (at != names_.end()) {
    open.file = at->second;
  } else if ((flags & SQLITE_OPEN_CREATE) != 0) {
    open.file = std::make_shared<SimFile>();
    change_names({{open.path, open.file}});
    const int journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    open.folder_unsynced = (flags & journals) != 0;
  } else {
    return SQLITE_CANTOPEN;
  }
  open.locks = locks_of(open.file.get());
  return SQLITE_OK;
}

void SimDisk::close_file(Open& open) {
  const std::scoped_lock guard(mutex_);
  open.locks->unlock(open.holder, SQLITE_LOCK_NONE);
  open.locks->unmap(open.holder);
}

std::string SimDisk::read_content(const SimFile& file, std::size_t offset, std::size_t bytes,
                                  DiskFault fault) {
  const std::string& content = file.content();
  const std::size_t from = fault == DiskFault::misdirect ? elsewhere(offset) : offset;
  std::string read = from < content.size() ? content.substr(from, bytes) : std::string();
  if (fault == DiskFault::stale) read = file.before_last_write(offset, bytes);
  if (fault == DiskFault::flip) read = flipped(read);
  if (fault == DiskFault::cut_short) read.resize(read.size() / 2);
  return read;
}

int SimDisk::read_file(Open& open, void* into, std::size_t bytes, std::size_t offset) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_READ;
  const DiskFault fault = before(DiskOperation::read, open.path, offset, bytes);
  if (fault != DiskFault::none && !is_lie(fault)) return SQLITE_IOERR_READ;
  std::string read = read_content(*open.file, offset, bytes, fault);
  const bool is_short = read.size() < bytes;
  read.resize(bytes);
  std::memcpy(into, read.data(), bytes);
  return is_short ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int SimDisk::write_file(Open& open, std::string_view bytes, std::size_t offset) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_WRITE;
  const DiskFault fault = before(DiskOperation::write, open.path, offset, bytes.size());
  if (fault == DiskFault::full || !has_room(*open.file, offset + bytes.size())) {
    return SQLITE_FULL;
  }
  SimFile& file = *open.file;
  switch (fault) {
    case DiskFault::fail:
      return SQLITE_IOERR_WRITE;
    case DiskFault::part:
    case DiskFault::cut:
      file.write(offset, bytes.substr(0, bytes.size() / 2));
      return SQLITE_IOERR_WRITE;
    case DiskFault::drop:
      return SQLITE_OK;
    case DiskFault::hold:
      file.write(offset, bytes, true);
      return SQLITE_OK;
    case DiskFault::misdirect:
      file.write(elsewhere(offset), bytes);
      return SQLITE_OK;
    case DiskFault::flip:
      file.write(offset, flipped(bytes));
      return SQLITE_OK;
    default:
      file.write(offset, bytes);
      return fault == DiskFault::fail_after ? SQLITE_IOERR_WRITE : SQLITE_OK;
  }
}

int SimDisk::truncate_file(Open& open, std::size_t size) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_TRUNCATE;
  const DiskFault fault = before(DiskOperation::truncate, open.path, size);
  if (fault == DiskFault::none || fault == DiskFault::fail_after) open.file->truncate(size);
  return fault == DiskFault::none || is_lie(fault) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int SimDisk::sync_file(Open& open) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_FSYNC;
  const DiskFault fault = sync_content(open.path, *open.file);
  if (fault != DiskFault::none && !is_lie(fault)) return SQLITE_IOERR_FSYNC;
  if (!open.folder_unsynced) return SQLITE_OK;
  // The unix layer's habit: asked once, and an error passed over.
  open.folder_unsynced = false;
  sync_names(open.path);
  return SQLITE_OK;
}

int SimDisk::size_of(Open& open, std::uint64_t& size) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_FSTAT;
  if (before(DiskOperation::size, open.path) != DiskFault::none) return SQLITE_IOERR_FSTAT;
  size = open.file->content().size();
  return SQLITE_OK;
}

int SimDisk::lock_file(Open& open, int level) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_LOCK;
  if (before(DiskOperation::lock, open.path) != DiskFault::none) return SQLITE_IOERR_LOCK;
  return open.locks->lock(open.holder, level);
}

void SimDisk::unlock_file(Open& open, int level) {
  const std::scoped_lock guard(mutex_);
  open.locks->unlock(open.holder, level);
}

int SimDisk::map(Open& open, std::size_t region, std::size_t bytes, bool extend, void*& memory) {
  const std::scoped_lock guard(mutex_);
  if (dead(open)) return SQLITE_IOERR_SHMMAP;
  if (before(DiskOperation::memory, open.path) != DiskFault::none) return SQLITE_IOERR_SHMMAP;
  memory = open.locks->map(open.holder, region, bytes, extend);
  return SQLITE_OK;
}

int SimDisk::lock_index(Open& open, unsigned first, unsigned count, int flags) {
  const std::scoped_lock guard(mutex_);
  if ((flags & SQLITE_SHM_UNLOCK) == 0) {
    if (dead(open)) return SQLITE_IOERR_SHMLOCK;
    if (before(DiskOperation::lock, open.path) != DiskFault::none) return SQLITE_IOERR_SHMLOCK;
  }
  return open.locks->lock_index(open.holder, first, count, flags);
}

void SimDisk::unmap(Open& open) {
  const std::scoped_lock guard(mutex_);
  open.locks->unmap(open.holder);
}

int SimDisk::remove_file(const std::string& path, bool sync) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  const DiskFault fault = before(DiskOperation::remove, path);
  const bool done = fault == DiskFault::none || fault == DiskFault::fail_after;
  if (done && at != names_.end()) change_names({{path, nullptr}});
  if (fault != DiskFault::none) return SQLITE_IOERR_DELETE;
  if (at == names_.end()) return SQLITE_OK;
  if (!sync) return SQLITE_OK;
  const DiskFault synced = sync_names(path);
  return synced == DiskFault::none || is_lie(synced) ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

int SimDisk::exists(const std::string& path, bool& is) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  // The unix layer takes a file of which the system cannot tell for a missing one, an empty one
  // too.
  is = before(DiskOperation::size, path) == DiskFault::none && at != names_.end() &&
       !at->second->content().empty();
  return SQLITE_OK;
}

}  // namespace yijuan::test
