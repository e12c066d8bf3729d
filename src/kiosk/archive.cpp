#include "kiosk/archive.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "io/files.hpp"

namespace yijuan::kiosk {

Result<std::unique_ptr<Archive>> Archive::open(World world, const BoxEpoch& epoch,
                                               const std::string& certificates) {
  JournalOptions options;
  options.path = epoch.journal.string();
  options.origin = epoch.origin();
  options.wal_bytes = 0;
  options.reserve_bytes = 0;  // nothing is appended that a full disk could refuse
  auto journal = SqliteJournal::open(world.executor, world.wall, world.random, std::move(options));
  if (!journal) return journal.error();
  return std::unique_ptr<Archive>(new Archive(world, epoch, *std::move(journal), certificates));
}

Archive::Archive(World world, const BoxEpoch& epoch, std::unique_ptr<SqliteJournal> journal,
                 const std::string& certificates)
    : epoch_(epoch),
      journal_(std::move(journal)),
      client_(world.executor,
              {.clock = world.clock,
               .random = world.random,
               .journal = *journal_,
               .uplink = world.uplink,
               .log_key = epoch_.key,
               .cosigner = world.cosigner,
               .epochs = certificates,
               .archive = true},
              {}, {}) {}

Task<void> Archive::run() {
  auto ran = co_await client_.run();
  if (!ran) co_return ran;
  if (!client_.delivered()) co_return Result<void>();
  log_info("sync", fmt::format("the ledger has all of {}", origin()));
  auto marked = write_file_atomically(epoch_.delivered, "");
  if (!marked) log_warning("sync", marked.error().message());
  co_return Result<void>();
}

}  // namespace yijuan::kiosk
