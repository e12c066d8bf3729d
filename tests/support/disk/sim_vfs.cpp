#include "tests/support/disk/sim_vfs.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "base/assert.hpp"
#include "tests/support/disk/sim_disk.hpp"

namespace yijuan::test {
namespace {

struct OpenFile {
  sqlite3_file base;
  SimDisk* disk;
  SimDisk::Open* open;
};

OpenFile& ours(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}
SimDisk& disk_of(sqlite3_vfs* layer) {
  return *static_cast<SimDisk*>(layer->pAppData);
}

int close_file(sqlite3_file* file) {
  ours(file).disk->close_file(*ours(file).open);
  delete ours(file).open;
  return SQLITE_OK;
}
int read_file(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset) {
  return ours(file).disk->read_file(*ours(file).open, into, static_cast<std::size_t>(bytes),
                                    static_cast<std::size_t>(offset));
}
int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  return ours(file).disk->write_file(
      *ours(file).open, {static_cast<const char*>(from), static_cast<std::size_t>(bytes)},
      static_cast<std::size_t>(offset));
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return ours(file).disk->truncate_file(*ours(file).open, static_cast<std::size_t>(size));
}
int sync_file(sqlite3_file* file, int /*flags*/) {
  return ours(file).disk->sync_file(*ours(file).open);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  std::uint64_t found = 0;
  const int code = ours(file).disk->size_of(*ours(file).open, found);
  *size = static_cast<sqlite3_int64>(found);
  return code;
}
int lock_file(sqlite3_file* file, int level) {
  return ours(file).disk->lock_file(*ours(file).open, level);
}
int unlock_file(sqlite3_file* file, int level) {
  ours(file).disk->unlock_file(*ours(file).open, level);
  return SQLITE_OK;
}
int check_lock(sqlite3_file* file, int* reserved) {
  *reserved = ours(file).open->locks->reserved() ? 1 : 0;
  return SQLITE_OK;
}
int control_file(sqlite3_file* /*file*/, int operation, void* argument) {
  if (operation != SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
  *static_cast<sqlite3_int64*>(argument) = 0;  // nothing is ever mapped
  return SQLITE_OK;
}
// As the unix layer answers.
int sector_size(sqlite3_file* /*file*/) {
  return 4096;
}
int characteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int map_shared(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
  void* found = nullptr;
  const int code = ours(file).disk->map(*ours(file).open, static_cast<std::size_t>(region),
                                        static_cast<std::size_t>(bytes), extend != 0, found);
  *memory = found;
  return code;
}
int lock_shared(sqlite3_file* file, int first, int count, int flags) {
  return ours(file).disk->lock_index(*ours(file).open, static_cast<unsigned>(first),
                                     static_cast<unsigned>(count), flags);
}
void order_shared(sqlite3_file* /*file*/) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}
int unmap_shared(sqlite3_file* file, int /*remove*/) {
  ours(file).disk->unmap(*ours(file).open);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    file_size,
    lock_file,
    unlock_file,
    check_lock,
    control_file,
    sector_size,
    characteristics,
    map_shared,
    lock_shared,
    order_shared,
    unmap_shared,
    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs* layer, const char* path, sqlite3_file* file, int flags, int* got) {
  auto& opened = ours(file);
  std::memset(&opened, 0, sizeof opened);
  auto open = std::make_unique<SimDisk::Open>();
  const int code = disk_of(layer).open_file(path, flags, *open);
  if (code != SQLITE_OK) return code;
  opened.disk = &disk_of(layer);
  opened.open = open.release();
  opened.base.pMethods = &kMethods;
  if (got != nullptr) *got = flags;
  return SQLITE_OK;
}
int remove_file(sqlite3_vfs* layer, const char* path, int sync) {
  return disk_of(layer).remove_file(path, sync != 0);
}
int access_file(sqlite3_vfs* layer, const char* path, int /*flags*/, int* is) {
  bool found = false;
  const int code = disk_of(layer).exists(path, found);
  *is = found ? 1 : 0;
  return code;
}
int full_path(sqlite3_vfs* /*layer*/, const char* path, int room, char* full) {
  const std::size_t bytes = std::strlen(path) + 1;
  if (bytes > static_cast<std::size_t>(room)) return SQLITE_CANTOPEN;
  std::memcpy(full, path, bytes);
  return SQLITE_OK;
}

}  // namespace

SimVfs::SimVfs(SimDisk& disk) : name_(fmt::format("sim-{}", static_cast<const void*>(&disk))) {
  layer_ = *sqlite3_vfs_find(nullptr);  // its random numbers, its sleep
  layer_.szOsFile = sizeof(OpenFile);
  layer_.zName = name_.c_str();
  layer_.pAppData = &disk;
  layer_.pNext = nullptr;
  layer_.xOpen = open_file;
  layer_.xDelete = remove_file;
  layer_.xAccess = access_file;
  layer_.xFullPathname = full_path;
  YIJUAN_ASSERT(sqlite3_vfs_register(&layer_, 0) == SQLITE_OK, "a file layer");
}

SimVfs::~SimVfs() {
  sqlite3_vfs_unregister(&layer_);
}

}  // namespace yijuan::test
