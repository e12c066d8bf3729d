// ledgerd: the only place that constructs edges. Listeners of the office (control socket), of boxes
// and of anyone (`pages`); a thread that checks what boxes send, one that writes, one that shows
// the public log, and one for what takes long. Ends by a signal, or when the disk does not confirm
// a write: then memory and disk may disagree and it must start anew.
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
#include "ledger/office/office.hpp"
#include "ledger/public/daily.hpp"
#include "ledger/public/pages.hpp"
#include "ledger/public/pages_api.hpp"
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
  /// Of the public log's listener; 0 if there is none.
  [[nodiscard]] unsigned pages_port() const { return pages_ ? pages_->port() : 0; }

 private:
  struct Opened {
    LedgerConfig config;
    FileLock lock;
    tlog::SigningKey cosigner;
    net::TlsContext tls;
    std::unique_ptr<LedgerStore> store;
    std::unique_ptr<SystemWallClock> wall_clock;
    std::unique_ptr<Office> office;  // null without a key for it
  };
  explicit App(Opened opened);
  Result<void> listen();
  OfficeLog* office_log() { return parts_.office ? &parts_.office->log() : nullptr; }
  Result<void> open_public();
  void stop(bool in_order);

  Task<void> wait_for_signal();
  Task<void> keep_house();
  Task<Published> publish_now();
  Task<net::HttpResponse> answer(net::HttpRequest request);
  Task<net::HttpResponse> show(net::HttpRequest request);
  Task<boost::json::object> command(net::ControlRequest request, net::ControlProgress& progress);
  Task<boost::json::object> run_command(const Command& command, boost::json::object arguments,
                                        net::ControlProgress& progress);
  [[nodiscard]] boost::json::object status() const;

  Opened parts_;
  asio::io_context context_{1};
  RealClock clock_;
  SystemWallClock& wall_clock_ = *parts_.wall_clock;
  Worker reading_;
  Worker writing_;
  Worker showing_;
  Worker apart_;
  SyncApi sync_;
  net::Router router_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::ControlServer> control_;
  std::optional<Publication> publication_;
  std::optional<PagesApi> pages_api_;
  std::unique_ptr<Pages> pages_;
  std::optional<DailyPublication> daily_;
  TaskGroup tasks_;
  Instant started_{};
  bool in_order_ = true;
  std::atomic<bool> stopping_ = false;
};

}  // namespace yijuan::ledger
