#include "ledger/backup/backup.hpp"

#include <fmt/format.h>

#include "io/errc.hpp"
#include "io/files.hpp"
#include "ledger/backup/check_logs.hpp"
#include "ledger/backup/file_hash.hpp"
#include "ledger/store/sqlite/sqlite_copy.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kPage = 8192;  // of the stores that we make

const Error kStopped(LedgerErrc::store_failed, "stopped before its end");

Result<void> make_room(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && !std::filesystem::is_empty(folder, error) && !error) {
    return {LedgerErrc::not_done, folder.string() + " is not empty"};
  }
  using std::filesystem::perms;
  if (!error) permissions(folder, perms::owner_all, error);
  if (error) return io_error(IoErrc::failed, folder.string(), error.value());
  return {};
}

// The whole of what is to be done, in bytes, of which an entry counts as so many.
struct Count {
  static constexpr std::uint64_t kEntry = 256;

  const BackupWatch& watch;
  std::uint64_t of = 0;
  std::uint64_t before = 0;

  Result<void> operator()(std::uint64_t done) const {
    if (watch.progress) watch.progress(std::min(before + done, of), of);
    if (watch.stopped && watch.stopped()) return kStopped;
    return {};
  }
};

Result<void> check_whole(Connection& store) {
  Statement check = store.statement("PRAGMA integrity_check(1)");
  auto row = check.step();
  if (!row) return {LedgerErrc::bad_backup, row.error().message()};
  const std::string said = *row ? check.text() : "nothing";
  if (said != "ok") return {LedgerErrc::bad_backup, said};
  return {};
}

Error differs(std::string_view what) {
  return {LedgerErrc::bad_backup, fmt::format("{} is not the one of the manifest", what)};
}

}  // namespace

Result<Manifest> make_backup(const std::filesystem::path& store,
                             const std::filesystem::path& folder, const std::string& domain,
                             WallTime now, const BackupWatch& watch) {
  auto room = make_room(folder);
  if (!room) return room.error();
  const auto file = backup_file(folder);
  // Pages are copied and then read again to be hashed: two halves of the work.
  auto copied = copy_store(
      store, file,
      [&watch](std::uint64_t done, std::uint64_t of) {
        if (watch.progress) watch.progress(done * kPage, 2 * of * kPage);
      },
      watch.stopped);
  if (!copied) return copied.error();
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(file, error);
  const Count count{.watch = watch, .of = 2 * bytes, .before = bytes};
  auto hashed =
      hash_file(file, [&count](std::string_view, std::uint64_t done) { return count(done); });
  if (!hashed) return hashed.error();
  auto opened = Connection::open(file.string(), Connection::Mode::read, {});
  if (!opened) return opened.error();
  auto logs = listed_logs(*opened);
  if (!logs) return logs.error();
  Manifest manifest{.made = now,
                    .domain = domain,
                    .bytes = hashed->bytes,
                    .hash = hashed->hash,
                    .logs = *std::move(logs)};
  auto written = write_file_atomically(manifest_file(folder), write_manifest(manifest), 0600);
  if (!written) return written.error();
  return manifest;
}

Result<Manifest> verify_backup(const std::filesystem::path& folder,
                               const tlog::VerifierKey& cosigner, const BackupWatch& watch) {
  auto manifest = read_manifest(folder);
  if (!manifest) return manifest;
  const auto file = backup_file(folder);
  std::uint64_t entries = 0;
  for (const Manifest::Log& log : manifest->logs) entries += log.size;
  Count count{.watch = watch, .of = manifest->bytes + entries * Count::kEntry};
  auto hashed =
      hash_file(file, [&count](std::string_view, std::uint64_t done) { return count(done); });
  if (!hashed) return hashed.error();
  if (*hashed != FileHash{.bytes = manifest->bytes, .hash = manifest->hash}) {
    return differs(file.string());
  }
  count.before = manifest->bytes;
  auto store = Connection::open(file.string(), Connection::Mode::read, {});
  if (!store) return store.error();
  auto whole = check_whole(*store);
  if (!whole) return whole.error();
  auto logs = listed_logs(*store);
  if (!logs) return logs.error();
  if (*logs != manifest->logs) return differs("what it says of its logs");
  auto checked = check_logs(*store, cosigner,
                            [&count](std::uint64_t read) { return count(read * Count::kEntry); });
  if (!checked) return checked.error();
  auto told = count(entries * Count::kEntry);
  if (!told) return told.error();
  return manifest;
}

}  // namespace yijuan::ledger
