// blocklog DIRECTORY IMAGE LOG: mounts a directory with one file, disk.img, that begins as IMAGE
// and lives in memory; every write and every flush that it gets goes to LOG, in order, before it
// is answered. A loop device on it with a real ext4 shows what a disk would have been sent, so
// that the state after a power cut at any moment can be built (tools/power_cuts).
#define FUSE_USE_VERSION 35
#include <fcntl.h>
#include <fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "tools/blocklog/block_log.hpp"

namespace {

using yijuan::blocklog::Kind;
using yijuan::blocklog::Record;

constexpr const char* kDisk = "/disk.img";

struct Disk {
  std::string content;
  int log = -1;

  // False if the log cannot be written: then the disk fails too, and the test with it.
  bool record(std::uint64_t offset, std::string_view bytes, Kind kind) const {
    const Record header{offset, static_cast<std::uint32_t>(bytes.size()), kind};
    std::string all(reinterpret_cast<const char*>(&header), sizeof header);
    all += bytes;
    return ::write(log, all.data(), all.size()) == static_cast<ssize_t>(all.size());
  }
};

Disk& disk() {
  return *static_cast<Disk*>(fuse_get_context()->private_data);
}

int get_attributes(const char* path, struct stat* info, fuse_file_info*) {
  *info = {};
  if (std::strcmp(path, "/") == 0) {
    info->st_mode = S_IFDIR | 0755;
    info->st_nlink = 2;
    return 0;
  }
  if (std::strcmp(path, kDisk) != 0) return -ENOENT;
  info->st_mode = S_IFREG | 0600;
  info->st_nlink = 1;
  info->st_size = static_cast<off_t>(disk().content.size());
  return 0;
}

int list(const char*, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*,
         fuse_readdir_flags) {
  return fill(buffer, kDisk + 1, nullptr, 0, {});
}

int open_disk(const char*, fuse_file_info*) {
  return 0;
}

int read_disk(const char*, char* into, std::size_t size, off_t offset, fuse_file_info*) {
  const auto at = static_cast<std::size_t>(offset);
  if (at >= disk().content.size()) return 0;
  return static_cast<int>(disk().content.copy(into, size, at));
}

int write_disk(const char*, const char* from, std::size_t size, off_t offset, fuse_file_info*) {
  const auto at = static_cast<std::size_t>(offset);
  if (at + size > disk().content.size()) return -ENOSPC;
  if (!disk().record(at, {from, size}, Kind::write)) return -EIO;
  disk().content.replace(at, size, from, size);
  return static_cast<int>(size);
}

int flush_disk(const char*, int, fuse_file_info*) {
  return disk().record(0, {}, Kind::flush) ? 0 : -EIO;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "blocklog DIRECTORY IMAGE LOG: see the beginning of its source\n";
    return 2;
  }
  std::ifstream image(arguments[2], std::ios::binary);
  Disk disk{.content = std::string(std::istreambuf_iterator<char>(image), {}),
            .log = ::open(arguments[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (disk.content.empty() || disk.log < 0) {
    std::cerr << "blocklog: cannot read the image or write the log\n";
    return 1;
  }
  fuse_operations operations{};
  operations.getattr = get_attributes;
  operations.readdir = list;
  operations.open = open_disk;
  operations.read = read_disk;
  operations.write = write_disk;
  operations.fsync = flush_disk;
  // In the foreground, one request at a time: the log's order is the disk's.
  char foreground[] = "-f";
  char single[] = "-s";
  char* fuse[] = {arguments[0], foreground, single, arguments[1], nullptr};
  return fuse_main(4, fuse, &operations, &disk);
}
