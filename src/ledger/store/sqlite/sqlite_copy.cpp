#include "ledger/store/sqlite/sqlite_copy.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>

namespace yijuan::ledger {
namespace {

constexpr int kPagesAtOnce = 512;

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

struct Finish {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

Error failed(sqlite3* handle, const std::filesystem::path& file) {
  return {LedgerErrc::store_failed, fmt::format("{}: {}", file.string(), sqlite3_errmsg(handle))};
}

Result<Handle> open(const std::filesystem::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) {
    return {LedgerErrc::store_unavailable,
            fmt::format("{}: {}", file.string(), sqlite3_errstr(code))};
  }
  sqlite3_busy_timeout(raw, 5000);
  return handle;
}

Result<void> execute(const Handle& handle, const char* sql, const std::filesystem::path& file) {
  if (sqlite3_exec(handle.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failed(handle.get(), file);
}

Result<void> step_through(sqlite3_backup* backup, const Handle& to,
                          const std::filesystem::path& target, const CopyProgress& progress,
                          const std::function<bool()>& stopped) {
  while (true) {
    const int code = sqlite3_backup_step(backup, kPagesAtOnce);
    const auto of = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup));
    if (progress) progress(of - left, of);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) {
      return failed(to.get(), target);
    }
    if (stopped && stopped()) return {LedgerErrc::store_failed, "stopped before its end"};
  }
}

}  // namespace

Result<void> copy_store(const std::filesystem::path& source, const std::filesystem::path& target,
                        const CopyProgress& progress, const std::function<bool()>& stopped) {
  auto from = open(source, SQLITE_OPEN_READONLY);
  if (!from) return from.error();
  auto to = open(target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!to) return to.error();
  // A read that stays open holds one state of the store: without it every batch that is stored
  // meanwhile would begin the copy anew.
  auto held = execute(*from, "PRAGMA mmap_size=0; BEGIN; SELECT count(*) FROM logs", source);
  if (!held) return held;
  {
    const std::unique_ptr<sqlite3_backup, Finish> backup(
        sqlite3_backup_init(to->get(), "main", from->get(), "main"));
    if (!backup) return failed(to->get(), target);
    auto copied = step_through(backup.get(), *to, target, progress, stopped);
    if (!copied) return copied;
  }
  // As the file of a running daemon it would need files beside it to be read.
  return execute(*to, "PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE", target);
}

}  // namespace yijuan::ledger
