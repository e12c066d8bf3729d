#include "journal/create.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/descriptor.hpp"
#include "journal/database.hpp"
#include "journal/format.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::journal {
namespace {

Result<void> sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.valid() && ::fsync(file.get()) == 0) return {};
  return Error(JournalErrc::write_failed, fmt::format("{}: {}", path, std::strerror(errno)));
}

Result<void> write_tables(const std::string& path, const JournalOptions& options) {
  auto opened = Database::open(path, Database::Mode::create, options.vfs);
  if (!opened) return opened.error();
  Database& database = *opened;
  auto ran = database.run(
      fmt::format("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE;"
                  "PRAGMA application_id = {}; PRAGMA user_version = {}",
                  kApplicationId, kFormatVersion));
  if (!ran) return ran;
  for (const char* table : kSchema) {
    ran = database.run(table);
    if (!ran) return ran;
  }
  auto head = database.prepare("INSERT INTO head(id, size, frontier) VALUES(0, 0, ?1)");
  if (!head) return head.error();
  const Bytes empty = tlog::Frontier().to_bytes();
  head->bind(1, BytesView(empty));
  ran = head->run();
  if (!ran) return ran;
  auto origin = database.prepare("INSERT INTO meta(name, value) VALUES('origin', ?1)");
  if (!origin) return origin.error();
  origin->bind(1, std::string_view(options.origin));
  ran = origin->run();
  if (!ran) return ran;
  return database.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<void> create_file(const JournalOptions& options) {
  const std::filesystem::path path = options.path;
  const std::string fresh = options.path + ".new";
  for (const char* end : {"", "-wal", "-shm"}) ::unlink((fresh + end).c_str());
  // A WAL without its file: the journal was removed by hand, and its last entries may be in there.
  if (std::filesystem::exists(options.path + "-wal")) {
    return Error(JournalErrc::damaged, options.path + " is gone but its WAL is not");
  }
  auto made = write_tables(fresh, options);
  if (!made) return made;
  made = sync_path(fresh, O_RDWR);
  if (!made) return made;
  for (const char* end : {"-wal", "-shm"}) ::unlink((fresh + end).c_str());
  if (::rename(fresh.c_str(), options.path.c_str()) != 0) {
    return Error(JournalErrc::write_failed,
                 fmt::format("{}: {}", options.path, std::strerror(errno)));
  }
  return sync_path(path.has_parent_path() ? path.parent_path().string() : ".",
                   O_RDONLY | O_DIRECTORY);
}

Result<void> settle_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return {};
  if (!file.valid() || ::fdatasync(file.get()) != 0) {
    return Error(JournalErrc::cannot_open, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  return {};
}

}  // namespace yijuan::journal
