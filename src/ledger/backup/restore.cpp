#include "ledger/backup/restore.hpp"

#include <fcntl.h>

#include <cerrno>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/backup/file_hash.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/office_log.hpp"
#include "ledger/office/second_copy.hpp"
#include "ledger/open_store.hpp"
#include "ledger/rebuild.hpp"

namespace yijuan::ledger {
namespace {

// A store's file and those that SQLite keeps beside it.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& store) {
  std::vector<std::filesystem::path> files;
  for (const char* suffix : {"", "-wal", "-shm"}) files.emplace_back(store.string() + suffix);
  return files;
}

Result<void> expect_no_store(const std::filesystem::path& store) {
  for (const auto& file : files_of(store)) {
    if (std::filesystem::exists(file)) {
      return {LedgerErrc::bad_argument, file.string() + " is there; move it away first"};
    }
  }
  return {};
}

Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_error(IoErrc::failed, to.string(), errno);
  const Descriptor folder(::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.get()) != 0) {
    return io_error(IoErrc::failed, to.parent_path().string(), errno);
  }
  return {};
}

// Nothing is signed in the office's log, also if the backup is from before it began. A second copy
// that is gone too, or damaged, stops no restore.
Result<void> doubt(const LedgerConfig& config, LedgerStore& store, Restored& restored) {
  auto key = read_office_key(config);
  if (!key && key.error() != make_error_code(LedgerErrc::no_office_key)) return key.error();
  if (!key) return store.doubt_all();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  const SystemWallClock clock;
  SystemRandom random;
  OfficeLog office({.store = store,
                    .key = *std::move(key),
                    .cosigner = *cosigner,
                    .clock = clock,
                    .random = random});
  auto made = office.make_row();
  if (!made) return made.error();
  auto done = store.doubt_all();
  if (!done || config.copy.empty()) return done;
  auto completed = office.complete_from(CopyFolder(config.copy));
  if (completed) restored.completed = *completed;
  if (!completed) restored.trouble = completed.error().message();
  return {};
}

Result<void> count(LedgerStore& store, Restored& restored) {
  auto logs = store.logs();
  if (!logs) return logs.error();
  restored.logs = logs->size();
  for (const LogState& log : *logs) restored.entries += log.size() - log.base;
  return {};
}

Result<Restored> doubt_and_count(const LedgerConfig& config) {
  auto store = open_store(config, {});
  if (!store) return store.error();
  Restored restored;
  auto done = doubt(config, **store, restored);
  if (done) done = count(**store, restored);
  if (done) done = (*store)->rest();
  if (!done) return done.error();
  return restored;
}

}  // namespace

Result<Restored> restore_backup(const LedgerConfig& config, const std::filesystem::path& folder,
                                const BackupWatch& watch) {
  if (!config.postgres.empty()) {
    return {LedgerErrc::bad_argument, "the store is PostgreSQL's: pg_restore, then --doubt"};
  }
  auto free = expect_no_store(config.store);
  if (!free) return free.error();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  auto manifest = verify_backup(folder, cosigner->verifier(), watch);
  if (!manifest) return manifest.error();
  if (manifest->domain != config.domain) {
    return {LedgerErrc::bad_backup, "it is of the ledger " + manifest->domain};
  }
  LedgerConfig beside = config;
  beside.store += ".restored";
  for (const auto& file : files_of(beside.store)) std::filesystem::remove(file);
  auto copied = copy_and_hash(backup_file(folder), beside.store,
                              [](std::uint64_t) { return Result<void>(); });
  if (!copied) return copied.error();
  if (copied->hash != manifest->hash) return {LedgerErrc::bad_backup, "it changed meanwhile"};
  // Only a store that knows that it was restored takes the store's place.
  auto restored = doubt_and_count(beside);
  if (!restored) return restored;
  auto placed = rename_durably(beside.store, config.store);
  if (!placed) return placed.error();
  return restored;
}

Result<Restored> doubt_store(const LedgerConfig& config) {
  return doubt_and_count(config);
}

}  // namespace yijuan::ledger
