#include "ledger/app.hpp"

#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "io/stop_signal.hpp"
#include "ledger/commands.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/open_store.hpp"
#include "ledger/public/public_commands.hpp"
#include "ledger/public/published_floors.hpp"
#include "net/errc.hpp"
#include "sync/batch.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;

constexpr auto kHousekeeping = 5s;
constexpr auto kProgress = 500ms;
constexpr auto kLongestCommand = 3600s;
constexpr std::size_t kBodySlack = 4096;  // so that our own answer, not the server's, is given

net::HttpServer::Limits limits_of(const LedgerConfig::Boxes& boxes) {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  net::HttpServer::Limits limits;
  limits.body = sync::kMostPacked + kBodySlack;
  limits.connections = boxes.connections;
  limits.bodies = 2 * boxes.batches_in_hand * limits.body;  // as many again on their way
  limits.handshake = ceil<milliseconds>(boxes.handshake);
  limits.idle = ceil<milliseconds>(boxes.idle);
  limits.request = ceil<milliseconds>(boxes.request);
  limits.handler = ceil<milliseconds>(boxes.request);
  return limits;
}

// Whether the store may answer again by itself: a database server that was restarted.
bool comes_back(const Error& error) {
  return error == make_error_code(LedgerErrc::store_away) ||
         error == make_error_code(LedgerErrc::store_busy);
}

// An error with the key of ledger.toml that is to be changed.
Error of_key(std::string_view key, const Error& error) {
  return {error.code(), fmt::format("{} = {}", key, error.detail())};
}

struct Counted {
  std::atomic<std::uint64_t> done = 0;
  std::atomic<std::uint64_t> of = 0;
};

}  // namespace

Result<std::unique_ptr<App>> App::open(LedgerConfig config) {
  auto cosigner = read_cosigner(config);
  if (!cosigner) return cosigner.error();
  auto authority = read_authority(config);  // of no use here, but it must be as safe as the rest
  if (!authority) return authority.error();
  auto tls = read_server_tls(config);
  if (!tls) return tls.error();
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  auto store = open_store(config, [](std::uint64_t, std::uint64_t) {});
  if (!store) return store.error();
  auto wall_clock = std::make_unique<SystemWallClock>();
  auto heeded = heed_own_publication(config, **store, wall_clock->now().time);
  if (!heeded) return heeded.error();
  auto office = Office::open(config, **store, *wall_clock);
  const bool keyless = !office && office.error() == make_error_code(LedgerErrc::no_office_key);
  if (!office && !keyless) return office.error();
  if (keyless) log_warning("office", office.error().message());
  std::unique_ptr<App> app(new App({.config = std::move(config),
                                    .lock = *std::move(lock),
                                    .cosigner = *std::move(cosigner),
                                    .tls = *std::move(tls),
                                    .store = *std::move(store),
                                    .wall_clock = std::move(wall_clock),
                                    .office = keyless ? nullptr : *std::move(office)}));
  auto listening = app->listen();
  if (!listening) return listening.error();
  return app;
}

App::App(Opened opened)
    : parts_(std::move(opened)),
      reading_(context_.get_executor()),
      writing_(context_.get_executor()),
      showing_(context_.get_executor()),
      apart_(context_.get_executor()),
      sync_({.store = *parts_.store,
             .reading = reading_,
             .writing = writing_,
             .cosigner = parts_.cosigner,
             .clock = wall_clock_,
             .office = office_log()},
            parts_.config.boxes.batches_in_hand, [this](const Error&) { stop(false); }),
      tasks_(context_.get_executor(), [this](std::string_view name, const Error& error) {
        log_error(name, error.message());
        stop(false);
      }) {
  sync_.add_routes(router_);
}

App::~App() = default;

Result<void> App::listen() {
  server_ = std::make_unique<net::HttpServer>(
      context_.get_executor(), clock_, parts_.tls,
      [this](net::HttpRequest request) { return answer(std::move(request)); },
      limits_of(parts_.config.boxes));
  server_->on_refused([this](const net::Peer& peer, const Error& why) {
    sync_.refused(refused_connection(peer, why, wall_clock_.now().time));
  });
  auto listening = server_->listen(parts_.config.boxes.listen);
  if (!listening) return of_key("[boxes] listen", listening.error());
  control_ = std::make_unique<net::ControlServer>(
      context_.get_executor(), clock_,
      [this](net::ControlRequest request, net::ControlProgress& progress) {
        return command(std::move(request), progress);
      },
      kLongestCommand);
  listening = control_->listen(parts_.config.socket().string());
  if (!listening || parts_.config.published.folder.empty()) return listening;
  return open_public();
}

Result<void> App::open_public() {
  const LedgerConfig& config = parts_.config;
  publication_.emplace(publication_of(config, office_log()));
  publication_->stopped = [this] { return stopping_.load(); };
  daily_.emplace(context_.get_executor(), *publication_, clock_, wall_clock_,
                 [this] { return publish_now(); });
  if (config.pages.listen.empty()) return {};
  pages_api_.emplace(publication_->folder, config.domain, Auditors(config.auditors()),
                     *parts_.store);
  auto opened = Pages::open(context_.get_executor(), clock_, config.pages,
                            [this](net::HttpRequest request) { return show(std::move(request)); });
  if (!opened && opened.error() == make_error_code(NetErrc::cannot_listen)) {
    return of_key("[pages] listen", opened.error());
  }
  if (!opened) return opened.error();
  pages_ = *std::move(opened);
  return {};
}

Task<Published> App::publish_now() {
  auto published = co_await apart_.run<Published>([this, now = wall_clock_.now().time] {
    return publish_and_raise(*publication_, *parts_.store, now);
  });
  co_return published;
}

Task<net::HttpResponse> App::answer(net::HttpRequest request) {
  const net::Peer peer = request.peer;
  const std::string what = request.method + ' ' + request.target;
  auto response = co_await router_.handle(std::move(request));
  // Of another version than any that is spoken here, or of no box of ours.
  if (response && (response->status == 404 || response->status == 405)) {
    sync_.refused(refused_request(peer, response->status, what, wall_clock_.now().time));
  }
  co_return response;
}

Task<net::HttpResponse> App::show(net::HttpRequest request) {
  auto response = co_await showing_.run<net::HttpResponse>(
      [this, request = std::move(request), now = wall_clock_.now().time] {
        return Result<net::HttpResponse>(pages_api_->answer(request, domain::shanghai_day(now)));
      });
  co_return response;
}

bool App::run() {
  started_ = clock_.now();
  tasks_.spawn("boxes", server_->run());
  tasks_.spawn("control", control_->run());
  tasks_.spawn("housekeeping", keep_house());
  tasks_.spawn("signals", wait_for_signal());
  if (daily_) tasks_.spawn("public", daily_->run());
  if (pages_) {
    tasks_.spawn("pages", pages_->run());
    tasks_.spawn("certificate", pages_->watch_certificate());
    log_info("ledgerd", fmt::format("showing the public log on {} (port {})",
                                    parts_.config.pages.listen, pages_->port()));
  }
  log_info("ledgerd", fmt::format("serving boxes on {} (port {})", parts_.config.boxes.listen,
                                  server_->port()));
  context_.run();
  if (!in_order_) return false;
  auto kept = parts_.store->keep_last_words(sync_.take_last_words());
  for (const Alarm& alarm : sync_.take_alarms(true)) {
    if (kept) kept = parts_.store->raise(alarm);
  }
  auto rested = kept ? parts_.store->rest() : kept;
  if (!rested && comes_back(rested.error())) {
    log_warning("store", rested.error().message());  // what is history was answered for before
    return true;
  }
  if (!rested) log_error("store", rested.error().message());
  return rested.has_value();
}

void App::request_stop() {
  asio::post(context_, [this] { stop(true); });
}

void App::stop(bool in_order) {
  stopping_ = true;
  in_order_ = in_order_ && in_order;
  tasks_.cancel();
}

Task<void> App::wait_for_signal() {
  auto asked = co_await stop_signal();
  if (!asked) co_return asked;
  log_info("ledgerd", "asked to stop");
  stop(true);
  co_return Result<void>();
}

Task<void> App::keep_house() {
  std::uint64_t rested_at = 0;
  while (true) {
    auto slept = co_await clock_.sleep_for(kHousekeeping);
    if (!slept) co_return slept.error();
    auto kept = co_await sync_.keep_last_words();
    if (kept) kept = co_await sync_.keep_alarms();
    if (!kept && comes_back(kept.error())) continue;
    if (!kept) co_return kept.error();
    if (parts_.office) {
      auto done = co_await writing_.run<void>(
          [this, now = wall_clock_.now().time] { return parts_.office->keep_house(now); });
      if (!done && comes_back(done.error())) continue;
      if (!done) co_return done.error();
    }
    if (sync_.stored() == rested_at) continue;
    rested_at = sync_.stored();
    auto rested = co_await writing_.run<void>([this] { return parts_.store->rest(); });
    if (!rested) co_return rested.error();
  }
}

boost::json::object App::status() const {
  return {{"version", YIJUAN_VERSION},
          {"port", server_->port()},
          {"pages_port", pages_ ? pages_->port() : 0},
          {"connections", server_->connections()},
          {"batches", sync_.stored()},
          {"up_seconds", std::chrono::floor<std::chrono::seconds>(clock_.now() - started_).count()},
          {"cosigner", parts_.cosigner.verifier().text()},
          {"office", parts_.office ? parts_.office->log().standing()
                                   : "none; ledgerctl office key makes its key"},
          {"copy", parts_.office && parts_.office->copy() != nullptr
                       ? parts_.office->copy()->standing().text
                       : "none"}};
}

Task<boost::json::object> App::command(net::ControlRequest request,
                                       net::ControlProgress& progress) {
  if (request.command == "status") co_return status();
  const Command* command = find_command(request.command);
  if (command == nullptr) co_return Error(LedgerErrc::bad_argument, request.command);
  if (command->writes && request.peer.role != net::ControlRole::owner) {
    co_return Error(LedgerErrc::not_allowed, request.peer.user);
  }
  if (command->writes) {
    log_info("control", fmt::format("{} by {}", request.command, request.peer.user));
  }
  auto kept = co_await sync_.keep_last_words();  // reports tell what is known now
  if (kept) kept = co_await sync_.keep_alarms();
  if (!kept) co_return kept.error();
  auto reply = co_await run_command(*command, std::move(request.arguments), progress);
  co_return reply;
}

Task<boost::json::object> App::run_command(const Command& command, boost::json::object arguments,
                                           net::ControlProgress& progress) {
  const auto counted = std::make_shared<Counted>();
  const WallTime now = wall_clock_.now().time;
  Worker& worker = command.apart ? apart_ : command.writes ? writing_ : reading_;
  const auto job = worker.start<boost::json::object>(
      [this, &command, arguments = std::move(arguments), counted, now] {
        return command.run({.config = parts_.config,
                            .store = *parts_.store,
                            .now = now,
                            .office = parts_.office.get(),
                            .progress =
                                [counted](std::uint64_t done, std::uint64_t of) {
                                  counted->done = done;
                                  counted->of = of;
                                },
                            .stopped = [this] { return stopping_.load(); }},
                           arguments);
      });
  while (true) {
    auto waited = co_await with_timeout(clock_, kProgress, job->done.wait());
    if (waited || waited.error() != make_error_code(AsyncErrc::timed_out)) break;
    boost::json::object state{{"done", counted->done.load()}, {"of", counted->of.load()}};
    auto sent = co_await progress.send(std::move(state));
    if (!sent) break;  // nobody listens; the work goes on to its end
  }
  co_await job->done.wait_shielded();
  co_return std::move(*job->result);
}

}  // namespace yijuan::ledger
