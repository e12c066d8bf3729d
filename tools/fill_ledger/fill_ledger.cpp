// fill_ledger: gives a stopped ledger's store the logs of boxes that sent for years, through the
// same checks as ledgerd, so that they are cosigned and in the books. For benches and tests that
// need long logs and cannot wait for the coins. Run again with a larger number, it goes on.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/settings.hpp"
#include "io/file_lock.hpp"
#include "ledger/ingest.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/open_store.hpp"
#include "tools/bench_ledger/senders.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::ledger;

constexpr std::uint64_t kBatchesBetweenRests = 25;

struct Wanted {
  std::string config;
  std::uint64_t entries = 0;  // of each box
  int boxes = 1;
};

struct Filling {
  LedgerStore& store;
  const tlog::SigningKey& cosigner;
  WallTime now;
};

Result<void> enrol(const Filling& filling, const bench::Sender& sender) {
  auto known = filling.store.box(sender.box());
  if (!known) return known.error();
  if (*known) return {};
  return filling.store.add_box({.id = sender.box(),
                                .status = BoxStatus::active,
                                .key_fingerprint = {},
                                .since = filling.now},
                               sender.log());
}

Result<void> take(const Filling& filling, bench::Sender& sender, std::size_t count) {
  auto checked = check_batch({.store = filling.store, .cosigner = filling.cosigner}, sender.box(),
                             sender.next_batch(count), filling.now);
  if (!checked) return checked.error();
  auto* appending = std::get_if<Appending>(&*checked);
  if (appending == nullptr)
    return {LedgerErrc::store_foreign, "it holds other logs of these boxes"};
  auto appended = filling.store.append(*appending);
  if (!appended) return appended.error();
  return {};
}

Result<void> fill_box(const Filling& filling, int number, std::uint64_t entries) {
  bench::Sender sender(number);
  auto done = enrol(filling, sender);
  if (!done) return done;
  auto log = filling.store.log(sender.log().origin);
  if (!log) return log.error();
  if (!*log) return {LedgerErrc::store_foreign, "it knows these boxes otherwise"};
  sender.go_to((*log)->size());
  for (std::uint64_t batch = 1; sender.size() < entries; ++batch) {
    done = take(filling, sender, std::min(sync::kMostEntries, entries - sender.size()));
    if (done && batch % kBatchesBetweenRests == 0) done = filling.store.rest();
    if (!done) return done;
    if (isatty(STDERR_FILENO) != 0) {
      std::fprintf(stderr, "\r%s: %3llu %%", sender.box().c_str(),
                   static_cast<unsigned long long>(sender.size() * 100 / entries));
    }
  }
  return {};
}

Result<void> fill(const Wanted& wanted) {
  const LedgerConfig config = read_ledger_config(wanted.config);
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  auto store = open_store(config, [](std::uint64_t, std::uint64_t) {});
  if (!store) return store.error();
  const Filling filling{
      .store = **store, .cosigner = *cosigner, .now = *parse_rfc3339("2027-01-01T00:00:00.000Z")};
  for (int box = 0; box < wanted.boxes; ++box) {
    auto done = fill_box(filling, box, wanted.entries);
    if (!done) return done;
  }
  return (*store)->rest();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Fills a stopped ledger's store.");
  Wanted wanted;
  app.add_option("--config", wanted.config, "ledger.toml, of domain ledger.example")->required();
  app.add_option("--entries", wanted.entries, "of each box, in all")->required();
  app.add_option("--boxes", wanted.boxes, "how many")->check(CLI::Range(1, 200));
  CLI11_PARSE(app, argc, argv);
  try {
    const auto done = fill(wanted);
    if (done) return 0;
    std::fprintf(stderr, "fill_ledger: %s\n", done.error().message().c_str());
  } catch (const SettingsError& error) {
    std::fprintf(stderr, "fill_ledger: %s\n", error.what());
  }
  return 1;
}
