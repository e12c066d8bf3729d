// The check of the whole journal that runs behind a box at work: once after the start, again when
// a technician asks. At most one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "async/event.hpp"
#include "journal/sqlite_journal.hpp"

namespace yijuan::kiosk {

class Verification {
 public:
  Verification(const asio::any_io_executor& executor, SqliteJournal& journal)
      : journal_(journal), ended_(executor) {}

  /// Runs the check, or waits for the one under way; its result.
  Task<void> run();

  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] std::uint64_t checked() const { return checked_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Of the last check that ended.
  [[nodiscard]] const std::optional<Result<void>>& result() const { return result_; }

 private:
  SqliteJournal& journal_;
  Event ended_;
  bool running_ = false;
  std::uint64_t checked_ = 0;
  std::uint64_t size_ = 0;
  std::optional<Result<void>> result_;
};

}  // namespace yijuan::kiosk
