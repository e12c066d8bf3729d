// Keeps a second copy of what nobody else has: the office's log (what boxes wrote they have too).
// A thread of its own copies whatever the store holds beyond the copy. Whoever appended waits for
// it, but for `patience` at most, and not at all once the copy is in trouble: a dead disk or host
// must not stop the office. What it missed it catches up with.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "ledger/office/copy_folder.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

class SecondCopy {
 public:
  static constexpr std::chrono::milliseconds kPatience{5000};
  static constexpr std::chrono::seconds kTryAgain{30};

  /// `store` outlives it. The folder must be there: a disk that is not mounted is no place.
  SecondCopy(std::filesystem::path folder, LedgerStore& store,
             std::chrono::milliseconds patience = kPatience);
  ~SecondCopy();
  SecondCopy(const SecondCopy&) = delete;
  SecondCopy& operator=(const SecondCopy&) = delete;

  /// Copies the log with this name, and waits until it is there up to `size`. False: it is not.
  bool keep(const std::string& origin, std::uint64_t size);
  /// Copies it when it can; waits for nothing.
  void want(const std::string& origin, std::uint64_t size);
  /// A line for `status`, and whether all is copied.
  struct Standing {
    bool good = false;
    std::string text;
  };
  [[nodiscard]] Standing standing() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  void run(const std::stop_token& stop);
  Result<std::uint64_t> copy(const std::string& origin);
  Result<void> find_place(const LogState& log);

  std::filesystem::path folder_;
  LedgerStore& store_;
  std::chrono::milliseconds patience_;
  CopyFolder copies_;  // the thread's own

  mutable std::mutex lock_;
  std::condition_variable_any changed_;
  std::map<std::string, std::uint64_t> wanted_;
  std::map<std::string, std::uint64_t> copied_;
  std::string trouble_;
  bool hangs_ = false;  // somebody has lost patience with what runs now
  std::jthread thread_;
};

}  // namespace yijuan::ledger
