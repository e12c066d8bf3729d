#include "kiosk/app.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "domain/gift_slip.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::kiosk {
namespace {

constexpr std::size_t kFactsQueued = 16;
constexpr std::size_t kTapsQueued = 16;
constexpr std::size_t kScansQueued = 4;
constexpr std::chrono::hours kLongestCommand{25};  // a recording may take a day

Result<History> read_history(SqliteJournal& journal) {
  History history;
  if (const auto& snapshot = journal.snapshot()) {
    auto known = History::from_snapshot(snapshot->text, snapshot->size);
    if (known) history = std::move(*known);
  }
  auto read = journal.for_each_line(history.size, [&](Seq seq, std::string_view line) {
    auto entry = tlog::parse_line(line);
    if (!entry) return;  // verify() names what is damaged; nothing is derived from it
    history.add(seq, entry->header.at, entry->body);
    history.health.recall(entry->body);
  });
  if (!read) return read.error();
  history.unsynced.cosigned(journal.cosigned_size());
  return history;
}

}  // namespace

App::App(asio::io_context& context, Opened opened)
    : context_(context),
      opened_(std::move(opened)),
      facts_(context.get_executor(), kFactsQueued),
      taps_(context.get_executor(), kTapsQueued),
      scans_(context.get_executor(), kScansQueued),
      language_(opened_.config.language),
      test_watch_(context.get_executor()),
      presented_(context.get_executor()),
      stop_(context.get_executor()),
      acceptors_(context.get_executor(),
                 [this](std::string_view name, const Error& error) { task_failed(name, error); }),
      others_(context.get_executor(),
              [this](std::string_view name, const Error& error) { task_failed(name, error); }),
      root_(context.get_executor(),
            [this](std::string_view name, const Error& error) { task_failed(name, error); }) {}

App::~App() = default;

void App::task_failed(std::string_view name, const Error& error) {
  log_error(name, error.message());
  exit_code_ = 1;
  stop_.set();
}

Result<std::unique_ptr<App>> App::open(asio::io_context& context, KioskConfig config) {
  std::error_code absent;
  if (!std::filesystem::is_directory(config.data, absent)) {
    return Error(IoErrc::cannot_open,
                 fmt::format("{}: is not there; run: boxctl init", config.data.string()));
  }
  auto lock = FileLock::acquire(config.lock());
  if (!lock) {
    return Error(lock.error().code(), fmt::format("{}; one kioskd per box", lock.error().detail()));
  }
  auto keys = load_box_keys(config);
  if (!keys) return keys.error();
  auto ledger = load_ledger_access(config, *keys);
  if (!ledger) return ledger.error();
  std::unique_ptr<App> app(new App(
      context, {std::move(config), std::move(*lock), std::move(*keys), std::move(*ledger)}));
  auto journal = app->open_journal();
  if (!journal) return journal.error();
  auto parts = app->open_parts();
  if (!parts) return parts.error();
  return app;
}

Result<void> App::open_journal() {
  JournalOptions options;
  options.path = opened_.keys.epoch().journal.string();
  options.origin = opened_.keys.origin();
  options.create = true;
  auto journal = SqliteJournal::open(context_.get_executor(), wall_, random_, std::move(options));
  if (!journal) return journal.error();
  journal_ = std::move(*journal);
  return {};
}

Result<void> App::open_parts() {
  const auto executor = context_.get_executor();
  KioskConfig& config = opened_.config;
  for (const auto& [name, section] : config.devices()) {
    registry_.add(std::string(name), section->driver, section->port());
  }
  devices_ =
      make_devices(config, {executor, clock_, random_}, {facts_, taps_, scans_}, journal_->marks(),
                   [this](std::string_view device) { return recordings_.tap(device); });

  auto history = read_history(*journal_);
  if (!history) return history.error();
  // A long way from the snapshot to the head was read just now: the next start shall not.
  snapshot_size_ = journal_->snapshot() ? journal_->snapshot()->size : 0;
  box_.emplace(Box::World{executor, *journal_, clock_, wall_, *this}, identity(),
               std::move(*history));
  if (devices_.printer) {
    slips_.emplace(executor, clock_, *devices_.printer,
                   SlipDesk::Reports{[this](const auto& printed) { box_->printed(printed); },
                                     [this](const auto& state) {
                                       registry_.hear_state(state, clock_.now());
                                       test_watch_.hear(state);
                                       on_fact(state);
                                     },
                                     [this](const auto& found) {
                                       registry_.hear(found, clock_.now());
                                       log_info("printer", found.product);
                                     }});
  }
  if (devices_.display) screen_.emplace(executor, clock_, *devices_.display, config.geometry);
  if (opened_.ledger) {
    link_.emplace(LedgerLink::World{executor, clock_, random_, *journal_, wall_, *box_,
                                    opened_.keys, registry_},
                  *opened_.ledger,
                  LedgerLink::Told{
                      .time =
                          [this](WallTime time, Instant at) {
                            wall_.attest(time, std::chrono::floor<std::chrono::milliseconds>(at));
                            box_->look_around();
                          },
                      .dead = [this](const std::string& why) { log_is_dead(why); }});
  }
  verification_.emplace(executor, *journal_);
  control_.emplace(
      executor, clock_,
      [this](net::ControlRequest request, net::ControlProgress& progress) {
        return control(std::move(request), progress);
      },
      kLongestCommand);
  auto listening = control_->listen(config.socket().string());
  if (!listening) return listening;
  journal_->on_disk_full([this](bool full) { box_->disk_full(full); });
  journal_->on_failed([this](const Error& error) { box_->fail(error); });
  return {};
}

Box::Identity App::identity() const {
  const BoxEpoch& epoch = opened_.keys.epoch();
  Box::Identity identity{.box = opened_.config.box,
                         .origin = epoch.origin(),
                         .vkey = epoch.key.verifier().text(),
                         .slip_key = opened_.keys.slip_key};
  if (epoch.certificate) {
    identity.previous = epoch.certificate->previous;
    identity.why = epoch.certificate->why;
  }
  return identity;
}

void App::log_is_dead(const std::string& why) {
  const auto pause =
      pause_before_epoch(opened_.config, opened_.keys.epochs, journal_->cosigned_size() > 0);
  if (!pause) {
    log_error("kioskd", "no new log is begun: this box has had as many as a box may have");
  } else if (*pause == std::chrono::nanoseconds::zero()) {
    leave_log(why);
  } else {
    log_error("kioskd", fmt::format("the ledger took nothing of the last logs: money is taken, and "
                                    "the next log is begun in {} hours",
                                    std::chrono::floor<std::chrono::hours>(*pause).count()));
    others_.spawn("next log", leave_log_later(why, *pause));
  }
}

// Not one more entry: what is held goes back, and the daemon begins anew with the next log.
void App::leave_log(const std::string& why) {
  if (!left_because_.empty()) return;
  left_because_ = why;
  box_->leave(why);
  stop_.set();
}

int App::run() {
  // For good, before the first entry: else a power cut brings it back, and the log would say of a
  // run that was cut that it ended in order.
  const auto clean = remove_file(opened_.config.clean_mark());
  if (!clean) log_warning("kioskd", clean.error().message());
  read_pack();
  box_->start(clean && *clean);
  std::vector<std::string> devices;
  for (const DeviceRow& row : registry_.rows()) {
    if (row.configured()) devices.push_back(row.name);
  }
  box_->has_devices(devices);
  box_->disk_full(journal_->disk_full());  // found at opening; from here on we are told
  spawn_all();
  context_.run();
  return exit_code_;
}

void App::print(Seq gift, std::uint32_t copy) {
  const DurableGift* given = box_->gift(gift);
  if (!slips_ || given == nullptr || !box_->pack()) {
    box_->printed({gift, copy, tlog::SlipOutcome::failed, "this slip cannot be made any more"});
    return;
  }
  slips_->print({gift, copy,
                 domain::make_gift_slip({.pack = *box_->pack(),
                                         .origin = *Origin::parse(opened_.keys.origin()),
                                         .gift = given->gift,
                                         .at = given->ref.at,
                                         .code = slip_payload(*given),
                                         .copy = copy})});
}

void App::accept(bool wanted) {
  if (devices_.coin) devices_.coin->accept(wanted);
  if (devices_.note) devices_.note->accept(wanted);
  for (const char* const device : {"coin", "note"}) recordings_.accept(device, wanted);
}

void App::decide(const std::string& device, int counter, NoteVerdict verdict) {
  recordings_.decide(device, counter, verdict);
  if (device == "note" && devices_.note) devices_.note->decide(counter, verdict);
}

void App::durable() {
  facts_.set_working(box_->busy());
  if (link_) link_->notify();
  keep_snapshot();
}

void App::failed(const Error&) {
  exit_code_ = 1;
  stop_.set();
}

}  // namespace yijuan::kiosk
