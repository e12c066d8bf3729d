#include "ledger/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(LedgerErrc code) {
  static constexpr std::array<ErrcLine, 19> kLines = {{
      {static_cast<int>(LedgerErrc::store_unavailable), "the ledger's store cannot be opened"},
      {static_cast<int>(LedgerErrc::store_foreign), "not a store of this version of the ledger"},
      {static_cast<int>(LedgerErrc::store_failed), "the ledger's store refused; nothing was kept"},
      {static_cast<int>(LedgerErrc::store_lost),
       "the disk did not confirm a write; the ledger must be started again"},
      {static_cast<int>(LedgerErrc::store_damaged), "the ledger's store is damaged"},
      {static_cast<int>(LedgerErrc::bad_keys), "the ledger's keys cannot be used"},
      {static_cast<int>(LedgerErrc::unknown_box), "there is no such box"},
      {static_cast<int>(LedgerErrc::box_exists), "this box is known already"},
      {static_cast<int>(LedgerErrc::bad_argument), "the command was not understood"},
      {static_cast<int>(LedgerErrc::not_allowed), "not allowed for this user"},
      {static_cast<int>(LedgerErrc::store_away), "the ledger's database does not answer"},
      {static_cast<int>(LedgerErrc::store_busy),
       "the ledger's database is too busy; nothing was kept"},
      {static_cast<int>(LedgerErrc::office_blocked),
       "nothing is signed in the office's log; see ledgerctl office status"},
      {static_cast<int>(LedgerErrc::no_office_key),
       "there is no office.key; ledgerctl office key makes one"},
      {static_cast<int>(LedgerErrc::copy_unfit),
       "the second copy of the office's log is not as it was left"},
      {static_cast<int>(LedgerErrc::bad_backup), "not a good backup of a ledger"},
      {static_cast<int>(LedgerErrc::no_store), "there is no store"},
      {static_cast<int>(LedgerErrc::store_moved), "this store is not the ledger any more"},
      {static_cast<int>(LedgerErrc::not_done), "not done"},
  }};
  static const ErrcCategory category("ledger", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
