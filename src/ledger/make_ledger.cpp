#include "ledger/make_ledger.hpp"

#include "io/file_lock.hpp"
#include "io/owner.hpp"
#include "ledger/errc.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/open_store.hpp"

namespace yijuan::ledger {
namespace {

Result<void> make_data_folder(const LedgerConfig& config) {
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  using std::filesystem::perms;
  // The control socket stands in the data folder: its group must be let in, but not to the keys.
  if (!error) permissions(config.data, perms::owner_all | perms::group_exec, error);
  if (error) return {LedgerErrc::not_done, config.data.string() + ": " + error.message()};
  return {};
}

Result<void> expect_no_keys(const LedgerConfig& config) {
  std::error_code error;
  if (!std::filesystem::exists(config.keys(), error) && !error) return {};
  if (!error && std::filesystem::is_empty(config.keys(), error) && !error) return {};
  std::string text = config.keys().string();
  text += error ? ": " + error.message() : " holds keys already";
  if (!error && config.postgres.empty() && !std::filesystem::exists(config.store, error)) {
    text += ", but " + config.store.string() +
            " is missing: mount its disk or ledgerctl restore a backup; for a new ledger move the "
            "keys away";
  }
  return {LedgerErrc::bad_keys, std::move(text)};
}

Result<void> make_empty_store(const LedgerConfig& config) {
  auto store = make_store(config);
  if (!store) return store.error();
  auto logs = (*store)->logs();
  if (!logs) return logs.error();
  if (logs->empty()) return {};
  return {LedgerErrc::not_done,
          "the store holds a ledger already, and " + config.keys().string() +
              " is missing: bring its keys back, or choose another store for a new ledger"};
}

}  // namespace

Result<void> make_ledger(const LedgerConfig& config, std::span<const std::string> hosts,
                         WallTime now, Random& random) {
  auto done = expect_own_folder(config.data);
  if (done) done = expect_no_keys(config);
  if (done) done = make_data_folder(config);
  if (!done) return done;
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  // The keys last: where they are, there was a store.
  done = make_empty_store(config);
  return done ? make_ledger_keys(config, hosts, now, random) : done;
}

}  // namespace yijuan::ledger
