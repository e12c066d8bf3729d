#include "kiosk/epochs.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/asio/io_context.hpp>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "io/errc.hpp"
#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "sync/enrolment.hpp"

namespace yijuan::kiosk {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, std::string_view what) {
  return {IoErrc::failed, fmt::format("{}: {}", path.string(), what)};
}

Result<tlog::Seed> read_seed(const fs::path& path) {
  auto file = read_key_file(path);
  if (!file) return file.error();
  return tlog::parse_seed_file(as_text(*file));
}

Result<BoxEpoch> load_first(const KioskConfig& config) {
  auto seed = read_seed(config.keys() / "log.key");
  if (!seed) {
    if (fs::exists(config.keys())) return seed.error();
    return Error(IoErrc::cannot_open, fmt::format("{}: this box has no keys yet; run: boxctl init",
                                                  config.keys().string()));
  }
  auto text = read_file(config.request(), sync::kLongestEnrolmentFile);
  if (!text) return text.error();
  auto request = sync::parse_box_request(*text);
  if (!request) return request.error();
  tlog::SigningKey key(request->origin, tlog::KeyType::note, *seed);
  if (request->box != config.box || request->log_vkey != key.verifier().text()) {
    return Error(IoErrc::failed, fmt::format("{}: is of box {}, or of another key; [box] id is {}",
                                             config.request().string(), request->box, config.box));
  }
  return BoxEpoch{1, key, std::nullopt, config.journal(), config.data / "journal.delivered"};
}

Result<BoxEpoch> load_later(const fs::path& folder, unsigned number, const BoxEpoch& before) {
  auto seed = read_seed(folder / "log.key");
  if (!seed) return seed.error();
  auto text = read_file(folder / "epoch.json", sync::kLongestEpochs);
  if (!text) return text.error();
  auto certificates = sync::parse_epochs(*text);
  if (!certificates) return certificates.error();
  if (certificates->size() != 1) return failed(folder, "not one certificate");
  const sync::EpochCertificate& certificate = certificates->front();
  auto good = sync::check_epoch(certificate, before.key.verifier());
  if (!good) return good.error();
  const std::string origin = tlog::VerifierKey::parse(certificate.vkey)->name;
  tlog::SigningKey key(origin, tlog::KeyType::note, *seed);
  if (key.verifier().text() != certificate.vkey) return failed(folder, "its key is another");
  return BoxEpoch{number, key, certificate, folder / "journal.db", folder / "delivered"};
}

// What the log that is left says of itself.
struct Left {
  LogHead head;
  bool cosigned = false;
};

Result<Left> read_left(const BoxEpoch& epoch) {
  asio::io_context context;
  SystemWallClock wall;
  SystemRandom random;
  JournalOptions options;
  options.path = epoch.journal.string();
  options.origin = epoch.origin();
  auto journal = SqliteJournal::open(context.get_executor(), wall, random, std::move(options));
  if (!journal) return journal.error();
  return Left{(*journal)->head(), (*journal)->cosigned_size() > 0};
}

// So that the acceptors' events go on where the log before ended: no coin falls between two logs.
Result<void> make_journal(const fs::path& path, const std::string& origin,
                          std::vector<CounterMark> marks) {
  asio::io_context context;
  SystemWallClock wall;
  SystemRandom random;
  JournalOptions options;
  options.path = path.string();
  options.origin = origin;
  options.create = true;
  options.first_marks = std::move(marks);
  auto journal = SqliteJournal::open(context.get_executor(), wall, random, std::move(options));
  if (!journal) return journal.error();
  return {};
}

std::size_t uncosigned_before(const fs::path& folder) {
  const auto text = read_file(folder / "uncosigned", 8);
  return text ? static_cast<std::size_t>(std::strtoul(text->c_str(), nullptr, 10)) : 0;
}

fs::path folder_of(const KioskConfig& config, unsigned number) {
  return config.data / "epochs" / std::to_string(number);
}

std::size_t uncosigned_in_a_row(const KioskConfig& config, const BoxEpoch& epoch, bool cosigned) {
  return cosigned ? 0 : uncosigned_before(folder_of(config, epoch.number)) + 1;
}

Result<void> fill_folder(const fs::path& folder, const BoxEpoch& current, const Left& left,
                         std::string_view why, std::vector<CounterMark> marks, Random& random) {
  const auto before = Origin::parse(current.origin());
  YIJUAN_ASSERT(before, "a log in use has an origin");
  tlog::Seed seed;
  random.fill(seed);
  const std::string origin =
      Origin{before->domain, before->box, tlog::epoch_id_of(tlog::public_key_of(seed))}.text();
  const tlog::SigningKey key(origin, tlog::KeyType::note, seed);
  const std::string seed_file = tlog::write_seed_file(seed);
  sodium_memzero(seed.data(), seed.size());
  const auto certificate = sync::certify_epoch(
      key.verifier(), {current.origin(), left.head.size, left.head.root}, why, current.key);
  auto done = create_key_file(folder / "log.key", as_bytes(seed_file));
  if (done) {
    done = create_file(folder / "epoch.json", sync::write_epochs({&certificate, 1}), 0644);
  }
  if (done) done = make_journal(folder / "journal.db", origin, std::move(marks));
  return done;
}

}  // namespace

Result<std::vector<BoxEpoch>> load_epochs(const KioskConfig& config) {
  std::vector<BoxEpoch> epochs;
  auto first = load_first(config);
  if (!first) return first.error();
  epochs.push_back(*std::move(first));
  for (unsigned number = 2; fs::exists(folder_of(config, number)); ++number) {
    auto later = load_later(folder_of(config, number), number, epochs.back());
    if (!later) return later.error();
    epochs.push_back(*std::move(later));
  }
  return epochs;
}

std::optional<std::chrono::nanoseconds> pause_before_epoch(std::size_t logs, std::size_t in_vain) {
  if (logs >= sync::kMostEpochs) return std::nullopt;
  if (in_vain > kMostUncosigned) return kPauseInVain;
  return std::chrono::nanoseconds::zero();
}

std::optional<std::chrono::nanoseconds> pause_before_epoch(const KioskConfig& config,
                                                           const std::vector<BoxEpoch>& epochs,
                                                           bool cosigned) {
  return pause_before_epoch(epochs.size(), uncosigned_in_a_row(config, epochs.back(), cosigned));
}

Result<void> begin_epoch(const KioskConfig& config, std::string_view why,
                         std::vector<CounterMark> marks, Random& random) {
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  auto epochs = load_epochs(config);
  if (!epochs) return epochs.error();
  const BoxEpoch& current = epochs->back();
  auto left = read_left(current);
  if (!left) return left.error();
  const std::size_t in_vain = uncosigned_in_a_row(config, current, left->cosigned);
  const fs::path folder = folder_of(config, current.number + 1);
  const fs::path fresh = folder.string() + ".new";
  std::error_code error;
  fs::remove_all(fresh, error);  // a start that was cut short
  fs::create_directories(fresh, error);
  if (error) return failed(fresh, error.message());
  auto done = fill_folder(fresh, current, *left, why, std::move(marks), random);
  if (done) done = create_file(fresh / "uncosigned", std::to_string(in_vain), 0644);
  if (done) done = sync_folder(fresh);
  if (!done) return done;
  fs::rename(fresh, folder, error);
  if (error) return failed(folder, error.message());
  done = sync_folder(folder.parent_path());
  if (done) done = sync_folder(config.data);
  if (!done) return done;
  log_warning("kioskd", fmt::format("a new log is begun ({}): {} is left", why, current.origin()));
  return {};
}

}  // namespace yijuan::kiosk
