#include "journal/create.hpp"

#include <fmt/format.h>

#include "journal/database.hpp"
#include "journal/format.hpp"
#include "journal/mark.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::journal {
namespace {

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
  auto put = database.prepare(kPutMark);
  if (!put) return put.error();
  for (const CounterMark& mark : options.first_marks) {
    ran = put_mark(*put, {mark, 0});
    if (!ran) return ran;
  }
  return database.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<void> create_file(Disk& disk, const JournalOptions& options) {
  const std::string fresh = options.path + ".new";
  for (const char* end : {"", "-wal", "-shm"}) disk.remove(fresh + end);
  // A WAL without its file: the journal was removed by hand, and its last entries may be in there.
  const auto wal = disk.size(options.path + "-wal");
  if (!wal) return wal.error();
  if (*wal) {
    return Error(JournalErrc::damaged, options.path + " is gone but its WAL is not");
  }
  auto made = write_tables(fresh, options);
  if (made) made = disk.sync(fresh);
  if (!made) return made;
  for (const char* end : {"-wal", "-shm"}) disk.remove(fresh + end);
  made = disk.rename(fresh, options.path);
  if (made) made = disk.sync_folder(options.path);
  return made;
}

}  // namespace yijuan::journal
