// Errors of ledger/.
#pragma once

#include <system_error>

namespace yijuan {

enum class LedgerErrc {
  store_unavailable = 1,  // cannot be opened
  store_foreign,          // not a ledger's store, or a newer one
  store_failed,           // a statement failed; nothing of the transaction is kept
  store_lost,             // a flush failed: memory and disk may disagree, restart from the disk
  store_damaged,          // rows that this program cannot have written
  bad_keys,
  unknown_box,
  box_exists,
  bad_argument,
  not_allowed,
  store_away,      // no database server, or the connection broke: done or not, ask again later
  store_busy,      // others wrote the same rows again and again; nothing of the transaction is kept
  office_blocked,  // nothing is signed in the office's log before a person has decided
  no_office_key,
  bad_backup,
  no_store,     // where the configuration says that it is; nothing was made there
  store_moved,  // the ledger lives in another store now; this one is what it was then
  not_done,     // the command is understood, but what it is about is not fit for it
  copy_unfit,   // the second copy of the office's log cannot be gone on with
};
std::error_code make_error_code(LedgerErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::LedgerErrc> : std::true_type {};
