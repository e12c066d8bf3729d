// The box's journal as the simulation sees it: what was acknowledged must be there after every
// start, byte for byte; no seq is given twice; nothing is read out to the ledger that was not
// acknowledged (I1, I2).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chronicle.hpp"
#include "journal/sqlite_journal.hpp"
#include "ports/journal.hpp"

namespace yijuan::sim {

/// An entry that the journal said is durable.
struct Acknowledged {
  Hash leaf{};
  std::int64_t cash_fen = 0;  // 0: no cash
};

/// What one log promised, over all lives of its box.
struct LogPromises {
  std::vector<Acknowledged> entries;  // from seq 0 on
  std::vector<Acknowledged> gone;     // with a disk that lied or went back
};

class WatchedJournal : public Journal {
 public:
  WatchedJournal(Journal& journal, LogPromises& promises, Chronicle& chronicle, std::string name);

  std::vector<EntryRef> append(Append append, Done done) override;
  [[nodiscard]] Seq next_seq() const override { return journal_.next_seq(); }
  [[nodiscard]] LogHead head() const override { return journal_.head(); }
  Task<std::vector<std::string>> read(Seq first, std::size_t max_lines,
                                      std::size_t max_bytes) override;
  Task<Hash> root_at(std::uint64_t size) override { return journal_.root_at(size); }
  [[nodiscard]] std::optional<std::string> cosigned() const override { return journal_.cosigned(); }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return journal_.cosigned_size(); }
  Task<void> store_cosigned(std::uint64_t size, std::string note) override {
    return journal_.store_cosigned(size, std::move(note));
  }

  /// Whether the entry is one that the journal acknowledged.
  [[nodiscard]] bool acknowledged(Seq seq) const { return seq < promises_.entries.size(); }
  /// The intent of a note that `device` holds under `counter` is acknowledged, and the newest.
  [[nodiscard]] bool has_intent(const std::string& device, int counter) const;
  /// The process is dead: what it still hears is nobody's promise.
  void die() { alive_ = false; }

 private:
  void acknowledge(Seq first, const std::vector<Acknowledged>& entries);

  Journal& journal_;
  LogPromises& promises_;
  Chronicle& chronicle_;
  std::string name_;
  Seq next_;
  bool alive_ = true;
  std::map<std::string, int> intents_;
  std::shared_ptr<int> here_ = std::make_shared<int>();
};

/// The journal was opened again: holds it against `promises`, and what is there now is promised
/// from now on. `lied`: its disk may have lost what it promised.
void check_reopened(SqliteJournal& journal, LogPromises& promises, bool lied, Chronicle& chronicle,
                    const std::string& name);

}  // namespace yijuan::sim
