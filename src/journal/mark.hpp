// How far acceptors' events are known, as the journal stores it: each mark with the log's size
// right after the commit that wrote it. A disk that kept an old page for the mark and new ones for
// the entries would have the acceptor asked for coins that are in the log already.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "journal/database.hpp"
#include "ports/device_fact.hpp"
#include "tlog/entry.hpp"

namespace yijuan::journal {

struct StoredMark {
  CounterMark mark;
  std::uint64_t size = 0;
};

inline constexpr const char* kPutMark =
    "INSERT OR REPLACE INTO mark(device, serial, counter, quiet, size, hash)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
/// `put`: prepared of kPutMark.
Result<void> put_mark(Statement& put, const StoredMark& stored);

/// Stored with it: a mark that a bad block changed would count coins that never fell.
Hash hash_of(const StoredMark& stored);
/// JournalErrc::damaged names the device.
Result<std::vector<StoredMark>> read_marks(Database& database);
/// Gives a file of format version 1, whose marks have no size, today's table of them.
Result<void> upgrade_marks(Database& database);

/// The newest entries that moved a mark: cash, and gaps.
class MarkedEntries {
 public:
  /// In the order of the log.
  void add(Seq seq, const tlog::Body& body);
  /// No mark is older than its device's entries. JournalErrc::damaged.
  [[nodiscard]] Result<void> check(std::span<const StoredMark> marks) const;

 private:
  std::map<std::string, Seq> newest_;  // by device
};

}  // namespace yijuan::journal
