// The ledger under load: the shipped ledgerd as a process of its own, in a folder of its own.
// Blocking.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ledger/ledger_config.hpp"
#include "net/http_client.hpp"
#include "tools/fleet/fleet_box.hpp"

namespace yijuan::fleet {

/// What the office's report says was given.
struct Given {
  std::uint64_t gifts = 0;
  Fen sum;
};

class ShippedLedger {
 public:
  struct Options {
    std::filesystem::path bin;     // of ledgerd and ledgerctl
    std::filesystem::path folder;  // made here
    std::size_t connections = 512;
    std::size_t batches_in_hand = 32;
    std::chrono::milliseconds sync_delay{0};  // added to each sync of its disk (strace)
  };
  /// Makes its keys, as `ledgerctl init`. Errors of this class are std::runtime_error.
  explicit ShippedLedger(Options options);
  ~ShippedLedger();
  ShippedLedger(const ShippedLedger&) = delete;

  /// As `ledgerctl box add`, by the same code, for every box. While it does not run.
  void enrol(const std::vector<std::unique_ptr<FleetBox>>& boxes,
             const std::function<void(std::size_t)>& progress);
  /// Until it answers.
  void start();
  /// SIGKILL: as a crash.
  void kill() { end(9); }
  /// In order.
  void stop() { end(15); }
  /// Throws if it has ended by itself.
  void check_running();

  [[nodiscard]] net::ServerUrl url() const { return {"127.0.0.1", std::to_string(port_)}; }
  [[nodiscard]] std::string domain() const { return config_.domain; }
  /// Bytes in memory at most, since its start, as the kernel counts them.
  [[nodiscard]] std::uint64_t memory_peak() const;
  /// Files that it has open now, and sockets among them.
  [[nodiscard]] std::size_t sockets() const;
  /// Its own processor time so far.
  [[nodiscard]] std::chrono::nanoseconds processor_time() const;

  /// What the shipped ledgerctl prints.
  [[nodiscard]] std::string ctl(const std::string& arguments) const;
  [[nodiscard]] Given given() const;

 private:
  void end(int signal);
  void write_config();
  [[nodiscard]] std::vector<std::string> command() const;

  Options options_;
  unsigned port_ = 0;
  std::filesystem::path config_file_;
  ledger::LedgerConfig config_;
  pid_t process_ = 0;
};

}  // namespace yijuan::fleet
