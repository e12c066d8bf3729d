// ledgerd: the only place that constructs edges. Two listeners of people and boxes (control socket
// and `boxes`), a thread that reads and checks, a thread that writes. Ends by a signal, or when
// the disk does not confirm a write: then memory and disk may disagree and it must start anew.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "async/task_group.hpp"
#include "io/file_lock.hpp"
#include "io/real_clock.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/api_sync.hpp"
#include "ledger/ledger_config.hpp"
#include "ledger/store/ledger_store.hpp"
#include "ledger/worker.hpp"
#include "net/control_socket.hpp"
#include "net/http_server.hpp"
#include "net/router.hpp"
#include "net/tls_context.hpp"

namespace yijuan::ledger {

struct Command;

class App {
 public:
  /// Takes the lock, reads the keys, opens the store, listens. An error is for the operator.
  static Result<std::unique_ptr<App>> open(LedgerConfig config);
  ~App();

  /// Serves until a signal; true if it ended in order.
  bool run();
  /// As a signal does; from any thread.
  void request_stop();
  [[nodiscard]] unsigned port() const { return server_->port(); }

 private:
  struct Opened {
    LedgerConfig config;
    FileLock lock;
    tlog::SigningKey cosigner;
    net::TlsContext tls;
    std::unique_ptr<LedgerStore> store;
  };
  explicit App(Opened opened);
  Result<void> listen();
  void stop(bool in_order);

  Task<void> wait_for_signal();
  Task<void> keep_house();
  Task<boost::json::object> command(net::ControlRequest request, net::ControlProgress& progress);
  Task<boost::json::object> run_command(const Command& command, boost::json::object arguments,
                                        net::ControlProgress& progress);
  [[nodiscard]] boost::json::object status() const;

  Opened parts_;
  asio::io_context context_{1};
  RealClock clock_;
  SystemWallClock wall_clock_;
  Worker reading_;
  Worker writing_;
  SyncApi sync_;
  net::Router router_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::ControlServer> control_;
  TaskGroup tasks_;
  Instant started_{};
  bool in_order_ = true;
};

}  // namespace yijuan::ledger
