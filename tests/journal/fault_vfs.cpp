#include "tests/journal/fault_vfs.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <utility>

#include "base/assert.hpp"

namespace yijuan::test {
namespace {

constexpr std::int64_t kBlock = 4096;

// An open file: SQLite's part, ours, and behind it the system layer's own object.
struct OpenFile {
  sqlite3_file base;
  FaultVfs* owner;
  std::string* path;
  sqlite3_file* real;
};

OpenFile& ours(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}
const sqlite3_io_methods& real(sqlite3_file* file) {
  return *ours(file).real->pMethods;
}

int close_file(sqlite3_file* file) {
  const int code = real(file).xClose(ours(file).real);
  delete ours(file).path;
  return code;
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  return real(file).xRead(ours(file).real, into, size, offset);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const int planned = ours(file).owner->before(FileOperation::write, *ours(file).path);
  if (planned != SQLITE_OK) return planned;
  const int code = real(file).xWrite(ours(file).real, from, size, offset);
  if (code == SQLITE_OK) {
    ours(file).owner->wrote(
        *ours(file).path,
        {offset, std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
  }
  return code;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int planned = ours(file).owner->before(FileOperation::truncate, *ours(file).path);
  if (planned != SQLITE_OK) return planned;
  const int code = real(file).xTruncate(ours(file).real, size);
  if (code == SQLITE_OK) ours(file).owner->wrote(*ours(file).path, {size, {}, true});
  return code;
}

int sync_file(sqlite3_file* file, int flags) {
  const int planned = ours(file).owner->before(FileOperation::sync, *ours(file).path);
  if (planned != SQLITE_OK) return planned;
  const int code = real(file).xSync(ours(file).real, flags);
  if (code == SQLITE_OK) ours(file).owner->synced(*ours(file).path);
  return code;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file).xFileSize(ours(file).real, size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file).xLock(ours(file).real, level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file).xUnlock(ours(file).real, level);
}
int check_lock(sqlite3_file* file, int* reserved) {
  return real(file).xCheckReservedLock(ours(file).real, reserved);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return real(file).xFileControl(ours(file).real, operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file).xSectorSize(ours(file).real);
}
int characteristics(sqlite3_file* file) {
  return real(file).xDeviceCharacteristics(ours(file).real);
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return real(file).xShmMap(ours(file).real, page, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real(file).xShmLock(ours(file).real, offset, count, flags);
}
void order_shared(sqlite3_file* file) {
  real(file).xShmBarrier(ours(file).real);
}
int unmap_shared(sqlite3_file* file, int remove) {
  return real(file).xShmUnmap(ours(file).real, remove);
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

// The layer itself: the system's, with our way to open a file.
struct Layer {
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;
  FaultVfs* owner = nullptr;
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* got) {
  auto* layer = static_cast<Layer*>(vfs->pAppData);
  auto& opened = ours(file);
  std::memset(&opened, 0, sizeof opened);
  opened.owner = layer->owner;
  opened.real = reinterpret_cast<sqlite3_file*>(&opened + 1);
  const int code = layer->system->xOpen(layer->system, path, opened.real, flags, got);
  if (code != SQLITE_OK) return code;
  opened.path = new std::string(path == nullptr ? "" : path);
  opened.base.pMethods = &kMethods;
  layer->owner->opened(*opened.path);
  return SQLITE_OK;
}

std::map<std::string, std::unique_ptr<Layer>>& layers() {
  static std::map<std::string, std::unique_ptr<Layer>> all;
  return all;
}

void apply(std::string& content, const FaultVfs::Write& write) {
  const auto offset = static_cast<std::size_t>(write.offset);
  if (write.shrink) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + write.bytes.size()) content.resize(offset + write.bytes.size());
  content.replace(offset, write.bytes.size(), write.bytes);
}

}  // namespace

FaultVfs::FaultVfs() : name_(fmt::format("fault-{}", static_cast<const void*>(this))) {
  auto layer = std::make_unique<Layer>();
  layer->system = sqlite3_vfs_find(nullptr);
  layer->owner = this;
  layer->vfs = *layer->system;
  layer->vfs.szOsFile = static_cast<int>(sizeof(OpenFile)) + layer->system->szOsFile;
  layer->vfs.zName = name_.c_str();
  layer->vfs.pAppData = layer.get();
  layer->vfs.pNext = nullptr;
  layer->vfs.xOpen = open_file;
  YIJUAN_ASSERT(sqlite3_vfs_register(&layer->vfs, 0) == SQLITE_OK, "a file layer");
  layers()[name_] = std::move(layer);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&layers()[name_]->vfs);
  layers().erase(name_);
}

void FaultVfs::plan(Plan plan) {
  const std::scoped_lock lock(mutex_);
  plan_ = std::move(plan);
}

FaultVfs::Counts FaultVfs::take_counts() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(counts_, {});
}

int FaultVfs::before(FileOperation operation, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  (operation == FileOperation::sync ? counts_.syncs : counts_.writes) += 1;
  return plan_ ? plan_(operation, path) : SQLITE_OK;
}

void FaultVfs::opened(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (path.empty() || files_.contains(path)) return;
  std::ifstream content(path, std::ios::binary);
  files_[path].durable.assign(std::istreambuf_iterator<char>(content), {});
}

void FaultVfs::wrote(const std::string& path, Write write) {
  const std::scoped_lock lock(mutex_);
  files_[path].later.push_back(std::move(write));
}

void FaultVfs::synced(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  File& file = files_[path];
  for (const Write& write : file.later) apply(file.durable, write);
  file.later.clear();
}

void FaultVfs::leave_disk(std::uint64_t seed) {
  const std::scoped_lock lock(mutex_);
  std::mt19937_64 random(seed);
  for (auto& [path, file] : files_) {
    std::shuffle(file.later.begin(), file.later.end(), random);
    for (const Write& write : file.later) {
      if (seed == 0 || write.shrink) continue;
      // Each block of the write reaches the disk or does not.
      auto size = static_cast<std::int64_t>(write.bytes.size());
      for (std::int64_t at = 0; at < size;) {
        const std::int64_t end = std::min(size, at + kBlock - (write.offset + at) % kBlock);
        if (random() % 2 == 0) {
          apply(file.durable,
                {write.offset + at, write.bytes.substr(static_cast<std::size_t>(at),
                                                       static_cast<std::size_t>(end - at))});
        }
        at = end;
      }
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << file.durable;
  }
  files_.clear();
  plan_ = {};
}

}  // namespace yijuan::test
