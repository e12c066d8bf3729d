#include "ledger/backup/restore.hpp"

#include "io/files.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/backup/file_hash.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/box_register.hpp"
#include "ledger/office/office_log.hpp"
#include "ledger/office/second_copy.hpp"
#include "ledger/open_store.hpp"
#include "ledger/public/published_floors.hpp"
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
      return {LedgerErrc::not_done, file.string() + " is there; move it away first"};
    }
  }
  return {};
}

// Where the public log may be found: the ledger's own folder, and a mirror.
Result<std::vector<PublicFolder>> public_folders(const LedgerConfig& config,
                                                 const std::filesystem::path& mirror) {
  std::vector<PublicFolder> folders;
  if (!config.published.folder.empty()) folders.emplace_back(config.published.folder);
  if (mirror.empty()) return folders;
  if (!std::filesystem::is_directory(mirror)) {
    return {LedgerErrc::bad_argument, mirror.string() + " is no folder of a public log"};
  }
  folders.emplace_back(mirror);
  return folders;
}

struct Doubting {
  const LedgerConfig& config;
  LedgerStore& store;
  const tlog::SigningKey& cosigner;
  std::span<const PublicFolder> folders;
  WallTime now;
};

// What the public holds of the office's logs stops them by itself.
Result<void> hear_public(const Doubting& doubting, OfficeLog& office) {
  for (const PublicFolder& folder : doubting.folders) {
    auto notes = folder.office_notes();
    if (!notes) return notes.error();
    for (const std::string& note : *notes) {
      auto heard = office.hear(note);
      if (!heard) return heard.error();
      if (!heard->news) continue;
      auto is_new = office.remember(*heard->news);
      if (!is_new) return is_new.error();
      if (!*is_new) continue;
      auto raised = doubting.store.raise({.box = "",
                                          .origin = heard->news->checkpoint.origin,
                                          .code = heard->news->code,
                                          .text = heard->news->text,
                                          .evidence = heard->news->note,
                                          .first = doubting.now,
                                          .last = doubting.now});
      if (!raised) return raised;
    }
  }
  return {};
}

// What the office's second copy has more than the backup: also of boxes, which the backup may not
// know at all.
Result<void> take_copy(const Doubting& doubting, OfficeLog& office, Restored& restored) {
  auto completed = office.complete_from(CopyFolder(doubting.config.copy));
  if (!completed) {
    restored.trouble = completed.error().message();
    return {};
  }
  restored.completed = *completed;
  restored.boxes_known = true;
  auto offices = office.all();
  if (!offices) return offices.error();
  auto listed = read_register(doubting.store, *offices);
  auto done = listed ? listed->post(doubting.store) : listed.error();
  return done ? doubting.store.doubt_all() : done;
}

// Nothing is signed in the office's log, also if the backup is from before it began. A second copy
// that is gone too, or damaged, stops no restore.
Result<void> doubt(const Doubting& doubting, Restored& restored) {
  const LedgerConfig& config = doubting.config;
  auto key = read_office_key(config);
  if (!key && key.error() != make_error_code(LedgerErrc::no_office_key)) return key.error();
  if (!key) return doubting.store.doubt_all();
  const SystemWallClock clock;
  SystemRandom random;
  OfficeLog office({.store = doubting.store,
                    .key = *std::move(key),
                    .cosigner = doubting.cosigner,
                    .clock = clock,
                    .random = random});
  auto made = office.make_row();
  if (!made) return made.error();
  auto done = doubting.store.doubt_all();
  if (!done) return done;
  if (!config.copy.empty()) {
    done = take_copy(doubting, office, restored);
    if (!done) return done;
  }
  return hear_public(doubting, office);
}

Result<void> heed_public(const Doubting& doubting, Restored& restored) {
  for (const PublicFolder& folder : doubting.folders) {
    auto heeded = heed_published({.folder = folder,
                                  .domain = doubting.config.domain,
                                  .cosigner = doubting.cosigner.verifier()},
                                 doubting.store, doubting.now);
    if (!heeded) return heeded.error();
    restored.behind += heeded->raised;
  }
  return {};
}

Result<void> count(LedgerStore& store, Restored& restored) {
  auto logs = store.logs();
  if (!logs) return logs.error();
  auto boxes = store.boxes();
  if (!boxes) return boxes.error();
  restored.boxes = *std::move(boxes);
  restored.logs = logs->size();
  for (const LogState& log : *logs) restored.entries += log.size() - log.base;
  return {};
}

Result<Restored> doubt_and_count(const LedgerConfig& config, const std::filesystem::path& mirror) {
  auto folders = public_folders(config, mirror);
  if (!folders) return folders.error();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  auto store = open_store(config, {});
  if (!store) return store.error();
  const Doubting doubting{.config = config,
                          .store = **store,
                          .cosigner = *cosigner,
                          .folders = *folders,
                          .now = SystemWallClock().now().time};
  Restored restored;
  auto done = doubt(doubting, restored);
  if (done) done = heed_public(doubting, restored);
  if (done) done = count(**store, restored);
  if (done) done = (*store)->rest();
  if (!done) return done.error();
  return restored;
}

}  // namespace

Result<Restored> restore_backup(const LedgerConfig& config, const std::filesystem::path& folder,
                                const BackupWatch& watch, const std::filesystem::path& mirror) {
  if (!config.postgres.empty()) {
    return {LedgerErrc::not_done, "the store is PostgreSQL's: pg_restore, then --doubt"};
  }
  auto folders = public_folders(config, mirror);  // before the long work
  if (!folders) return folders.error();
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
  auto restored = doubt_and_count(beside, mirror);
  if (!restored) return restored;
  auto placed = rename_durably(beside.store, config.store);
  if (!placed) return placed.error();
  return restored;
}

Result<Restored> doubt_store(const LedgerConfig& config, const std::filesystem::path& mirror) {
  return doubt_and_count(config, mirror);
}

}  // namespace yijuan::ledger
