// send_journal: sends what a box's journal holds to its ledger, with the client that kioskd has,
// until all of it is cosigned; "entries seconds". For benches: no acceptor, no screen, no pause.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "async/task_group.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "sync/client.hpp"
#include "sync/enrolment.hpp"

namespace {

using namespace yijuan;

constexpr std::chrono::minutes kLongest{2};
constexpr std::chrono::milliseconds kLook{1};

struct Wanted {
  std::filesystem::path data;
  std::filesystem::path identity;
  std::string url;
  std::size_t batch = 1000;  // entries
};

/// What the office's answer and the box's keys say.
struct Access {
  tlog::SigningKey key;
  tlog::VerifierKey cosigner;
  net::TlsContext tls;
  net::ServerUrl url;
};

Result<Access> read_access(const Wanted& wanted) {
  const sync::BoxFiles files = sync::box_files(wanted.data);
  auto text = read_file(wanted.identity, sync::kLongestEnrolmentFile);
  if (!text) return text.error();
  auto identity = sync::parse_box_identity(*text);
  if (!identity) return identity.error();
  auto seed_file = read_key_file(files.log_key);
  if (!seed_file) return seed_file.error();
  auto seed = tlog::parse_seed_file(as_text(*seed_file));
  if (!seed) return seed.error();
  auto tls_key = read_key_file(files.tls_key);
  if (!tls_key) return tls_key.error();
  auto cosigner = tlog::VerifierKey::parse(identity->cosigner);
  if (!cosigner) return cosigner.error();
  auto tls = net::TlsContext::client(
      {identity->certificate, std::string(as_text(*tls_key)), identity->authority});
  if (!tls) return tls.error();
  auto url = net::ServerUrl::parse(wanted.url);
  if (!url) return url.error();
  return Access{tlog::SigningKey(identity->origin, tlog::KeyType::note, *seed),
                *std::move(cosigner), *std::move(tls), *std::move(url)};
}

// Ends when the ledger has cosigned everything, or will not, or takes too long.
Task<void> wait_until_cosigned(Clock& clock, const sync::Client& client) {
  const Instant last = clock.now() + kLongest;
  for (;;) {
    const sync::ClientStatus status = client.status();
    if (status.lag() == 0 || !status.alarm.empty() || clock.now() > last) {
      co_return Result<void>();
    }
    auto slept = co_await clock.sleep_for(kLook);
    if (!slept) co_return slept;
  }
}

Task<void> then_stop(Clock& clock, const sync::Client& client, TaskGroup& tasks) {
  auto waited = co_await wait_until_cosigned(clock, client);
  tasks.cancel();
  co_return waited;
}

Result<std::unique_ptr<SqliteJournal>> open_journal(asio::io_context& loop, WallClock& wall,
                                                    Random& random, const Wanted& wanted,
                                                    const std::string& origin) {
  JournalOptions options;
  options.path = (wanted.data / "journal.db").string();
  options.origin = origin;
  return SqliteJournal::open(loop.get_executor(), wall, random, std::move(options));
}

sync::Heartbeat state_now() {
  sync::Heartbeat heartbeat;
  heartbeat.version = YIJUAN_VERSION;
  return heartbeat;
}

Result<void> send(const Wanted& wanted) {
  auto access = read_access(wanted);
  if (!access) return access.error();
  asio::io_context loop(1);
  RealClock clock;
  SystemWallClock wall;
  SystemRandom random;
  auto journal = open_journal(loop, wall, random, wanted, access->key.verifier().name);
  if (!journal) return journal.error();

  const Instant begin = clock.now();
  net::HttpClient http(
      loop.get_executor(), clock, access->tls, access->url,
      [&wall] { return net::date_check(wall.now(), SystemWallClock::build_epoch()); }, {});
  sync::HttpsUplink uplink(http);
  sync::Client client(loop.get_executor(),
                      {.clock = clock,
                       .random = random,
                       .journal = **journal,
                       .uplink = uplink,
                       .log_key = access->key,
                       .cosigner = access->cosigner},
                      state_now, {}, {.linger = {}, .batch_entries = wanted.batch});
  TaskGroup tasks(loop.get_executor(), [](std::string_view, const Error&) {});
  tasks.spawn("client", client.run());
  tasks.spawn("end", then_stop(clock, client, tasks));
  loop.run();

  const sync::ClientStatus status = client.status();
  if (status.lag() != 0) {
    return {IoErrc::failed, fmt::format("{} of {} entries are cosigned; {}{}", status.cosigned,
                                        status.head, status.alarm, status.trouble)};
  }
  fmt::print("{} {:.6f}\n", status.cosigned,
             std::chrono::duration<double>(clock.now() - begin).count());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Sends a box's journal to its ledger and says how long it took.");
  Wanted wanted;
  app.add_option("data", wanted.data, "the box's data folder, as boxctl init made it")->required();
  app.add_option("--identity", wanted.identity, "the office's answer")->required();
  app.add_option("--url", wanted.url, "of the ledger: https://HOST:PORT")->required();
  app.add_option("--batch", wanted.batch, "entries in one request, at most 1000");
  CLI11_PARSE(app, argc, argv);
  const auto sent = send(wanted);
  if (!sent) fmt::print(stderr, "send_journal: {}\n", sent.error().message());
  return sent ? 0 : 1;
}
