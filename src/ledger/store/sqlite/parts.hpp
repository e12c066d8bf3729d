// What the two halves of SqliteStore share. Private to it.
#pragma once

#include <mutex>

#include "ledger/store/sqlite/connection.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"

namespace yijuan::ledger {

/// A connection and the lock that its user holds.
struct LockedConnection {
  explicit LockedConnection(Connection opened) : connection(std::move(opened)) {}
  std::mutex mutex;
  Connection connection;
};

struct SqliteStore::Parts {
  Parts(Connection write, Connection read) : writer(std::move(write)), reader(std::move(read)) {}
  LockedConnection writer;
  LockedConnection reader;
  bool old_books = false;
};

/// Columns of a log, in the order in which read_log() takes and append binds them.
inline constexpr std::string_view kLogColumns =
    "origin, box, vkey, kind, base, retold, posted, floor_size, floor_root, unsure, frontier, "
    "note, "
    "received, anchor_boot, anchor_at, anchor_up, cash_count, "
    "cash_fen, test_count, test_fen, gift_count, gift_fen, "
    "disputed_count, disputed_fen, tampers, gaps, lost, unknown, faults, last_slip";

}  // namespace yijuan::ledger
