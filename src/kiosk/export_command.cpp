#include "kiosk/export_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <functional>
#include <memory>

#include "async/task_group.hpp"
#include "io/errc.hpp"
#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "kiosk/box_keys.hpp"
#include "kiosk/export_desk.hpp"
#include "kiosk/table_values.hpp"
#include "net/control_socket.hpp"
#include "net/errc.hpp"
#include "sync/batch.hpp"
#include "sync/epoch.hpp"
#include "sync/stick.hpp"

namespace yijuan::kiosk {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// Answers questions of export_desk.hpp.
using Ask = std::function<Result<json::object>(const json::object&)>;

/// The logs of a stopped kioskd, opened here: its own lock keeps it from starting meanwhile.
class StoppedBox {
 public:
  static Result<std::unique_ptr<StoppedBox>> open(const KioskConfig& config) {
    auto lock = FileLock::acquire(config.lock());
    if (!lock) return lock.error();
    auto keys = load_box_keys(config);
    if (!keys) return keys.error();
    auto ledger = load_ledger_access(config, *keys);
    if (!ledger) return ledger.error();
    std::unique_ptr<StoppedBox> box(
        new StoppedBox(*std::move(lock), *std::move(keys), *std::move(ledger)));
    auto opened = box->open_journals();
    if (!opened) return opened.error();
    return box;
  }

  Result<json::object> ask(json::object question) {
    ExportDesk desk;
    for (std::size_t i = 0; i < journals_.size(); ++i) {
      desk.logs.push_back({journals_[i].get(), &keys_.epochs[i].key});
    }
    desk.certificates = keys_.certificates();
    if (ledger_) desk.cosigner = &ledger_->cosigner;
    std::optional<Result<json::object>> answer;
    TaskGroup group(context_.get_executor(), {});
    group.spawn("export", run(std::move(desk), std::move(question), answer));
    context_.restart();
    while (!group.empty() && context_.run_one() > 0) {
    }
    return answer ? std::move(*answer) : Result<json::object>(NetErrc::refused, "no answer");
  }

 private:
  StoppedBox(FileLock lock, BoxKeys keys, std::optional<LedgerAccess> ledger)
      : lock_(std::move(lock)), keys_(std::move(keys)), ledger_(std::move(ledger)) {}

  Result<void> open_journals() {
    for (const BoxEpoch& epoch : keys_.epochs) {
      JournalOptions options;
      options.path = epoch.journal.string();
      options.origin = epoch.origin();
      auto journal =
          SqliteJournal::open(context_.get_executor(), wall_, random_, std::move(options));
      if (!journal) return journal.error();
      journals_.push_back(*std::move(journal));
    }
    return {};
  }
  static Task<void> run(ExportDesk desk, json::object question,
                        std::optional<Result<json::object>>& answer) {
    auto got = co_await answer_export(std::move(desk), std::move(question));
    answer.emplace(std::move(got));
    co_return Result<void>();
  }

  asio::io_context context_;
  SystemWallClock wall_;
  SystemRandom random_;
  FileLock lock_;
  BoxKeys keys_;
  std::optional<LedgerAccess> ledger_;
  std::vector<std::unique_ptr<SqliteJournal>> journals_;
};

struct Log {
  std::string origin;
  std::uint64_t head = 0;
  std::uint64_t cosigned = 0;
  fs::path folder;
};

struct Totals {
  std::uint64_t entries = 0;
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  std::uint64_t of = 0;  // entries to be written
};

void show_progress(const Totals& totals) {
  if (isatty(STDERR_FILENO) == 0 || totals.of == 0) return;
  const std::uint64_t bars = totals.entries * 24 / totals.of;
  fmt::print(stderr, "\r[{:#<{}}{:-<{}}] {} of {} entries", "", bars, "", 24 - bars, totals.entries,
             totals.of);
  if (totals.entries == totals.of) fmt::print(stderr, "\n");
}

// What the office left for us at the last visit; whatever is wrong with it is said and passed over.
void take_back(const Ask& ask, Log& log) {
  const fs::path path = log.folder / sync::kCosignedFile;
  std::error_code none;
  if (!fs::exists(fs::symlink_status(path, none))) return;
  auto note = sync::read_stick_file(path, sync::kLongestNote);
  if (!note) {
    fmt::print(stderr, "boxctl: {}\n", note.error().message());
    return;
  }
  auto taken = ask({{"do", "cosigned"}, {"origin", log.origin}, {"note", *note}});
  if (!taken) {
    fmt::print(stderr, "boxctl: {}: {}\n", path.string(), taken.error().message());
    return;
  }
  log.cosigned = static_cast<std::uint64_t>(number(*taken, "cosigned"));
  if (flag(*taken, "taken")) {
    fmt::print("{}: the ledger has {} entries\n", log.origin, log.cosigned);
  }
}

// Batches of earlier visits are written anew: what was in them is in the new ones, or cosigned.
void remove_old(const Log& log) {
  auto names = sync::stick_names(log.folder);
  if (!names) return;
  for (const std::string& name : *names) {
    std::error_code ignored;
    if (sync::parse_batch_file_name(name)) fs::remove(log.folder / name, ignored);
  }
}

Result<void> write_batches(const Ask& ask, const Log& log, Totals& totals) {
  std::uint64_t next = log.cosigned;
  while (next < log.head) {
    auto made = ask({{"do", "batch"}, {"origin", log.origin}, {"first", next}});
    if (!made) return made.error();
    const auto packed = from_base64(text(*made, "packed"));
    const auto end = static_cast<std::uint64_t>(number(*made, "end"));
    if (!packed || packed->size() > sync::kLargestStickFile || end <= next) {
      return Error(IoErrc::failed, "kioskd gave no batch");
    }
    auto written =
        write_file_atomically(log.folder / sync::batch_file_name(next), as_text(*packed));
    if (!written) return written;
    totals.entries += std::min(end, log.head) - next;
    totals.bytes += packed->size();
    ++totals.batches;
    show_progress(totals);
    next = end;
  }
  return {};
}

Result<std::vector<Log>> find_logs(const Ask& ask, const fs::path& stick, const fs::path& box) {
  auto listed = ask({{"do", "list"}});
  if (!listed) return listed.error();
  std::vector<Log> logs;
  for (const json::object& row : rows(*listed, "logs")) {
    const auto origin = Origin::parse(text(row, "origin"));
    if (!origin) return Error(IoErrc::failed, "kioskd named no log");
    Log log{origin->text(), static_cast<std::uint64_t>(number(row, "head")),
            static_cast<std::uint64_t>(number(row, "cosigned")), box / origin->epoch};
    auto made = sync::make_stick_folder(stick, log.folder);
    if (!made) return made.error();
    logs.push_back(std::move(log));
  }
  const std::string certificates = text(*listed, "epochs");
  if (certificates.empty()) return logs;
  auto written = write_file_atomically(box / sync::kEpochsFile, certificates);
  if (!written) return written.error();
  return logs;
}

Result<Totals> write_stick(const Ask& ask, const fs::path& stick, const std::string& box) {
  auto logs = find_logs(ask, stick, stick / sync::kStickFolder / box);
  if (!logs) return logs.error();
  Totals totals;
  for (Log& log : *logs) {
    take_back(ask, log);
    remove_old(log);
    totals.of += log.head - std::min(log.cosigned, log.head);
  }
  for (const Log& log : *logs) {
    auto written = write_batches(ask, log, totals);
    if (!written) return written.error();
  }
  return totals;
}

}  // namespace

int export_to_stick(const KioskConfig& config, const fs::path& stick) {
  std::error_code none;
  if (!fs::is_directory(stick, none)) {
    fmt::print(stderr, "boxctl: {}: no folder; mount the stick first\n", stick.string());
    return 1;
  }
  std::unique_ptr<StoppedBox> stopped;
  Ask ask = [&config](const json::object& question) {
    return net::control_call(config.socket().string(), "export", question);
  };
  const auto running = ask({{"do", "list"}});
  if (!running && running.error() == make_error_code(NetErrc::unreachable)) {
    auto opened = StoppedBox::open(config);
    if (!opened) {
      fmt::print(stderr, "boxctl: {}\n", opened.error().message());
      return 1;
    }
    stopped = *std::move(opened);
    ask = [&stopped](const json::object& question) { return stopped->ask(question); };
  }
  auto totals = write_stick(ask, stick, config.box);
  if (!totals) {
    fmt::print(stderr, "boxctl: {}\n", totals.error().message());
    return 1;
  }
  fmt::print("{} entries in {} batches, {} bytes, are on the stick\n", totals->entries,
             totals->batches, totals->bytes);
  if (totals->entries > 0) {
    fmt::print("next: in the office, ledgerctl import {}; then bring the stick back\n",
               stick.string());
  }
  return 0;
}

}  // namespace yijuan::kiosk
