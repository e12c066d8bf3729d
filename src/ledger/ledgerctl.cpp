#include "ledger/ledgerctl.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "io/file_lock.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/commands.hpp"
#include "ledger/open_store.hpp"
#include "ledger/public/published_floors.hpp"
#include "net/control_socket.hpp"
#include "net/errc.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kPatience{3600};

Result<json::object> run_here(const LedgerConfig& config, const std::string& name,
                              const json::object& arguments) {
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  auto store = open_store(config, show_progress);
  if (!store) return store.error();
  const SystemWallClock clock;
  auto heeded = heed_own_publication(config, **store, clock.now().time);
  if (!heeded) return heeded.error();
  auto office = Office::open(config, **store, clock);
  const bool keyless = !office && office.error() == make_error_code(LedgerErrc::no_office_key);
  if (!office && !keyless) return office.error();
  return find_command(name)->run({.config = config,
                                  .store = **store,
                                  .now = clock.now().time,
                                  .office = keyless ? nullptr : office->get(),
                                  .progress = show_progress},
                                 arguments);
}

}  // namespace

int fail(const Error& error) {
  std::fprintf(stderr, "ledgerctl: %s\n", error.message().c_str());
  return 1;
}

void show_progress(std::uint64_t done, std::uint64_t of) {
  if (isatty(STDERR_FILENO) == 0 || of == 0) return;
  constexpr std::uint64_t kBars = 24;
  const std::uint64_t bars = std::min(done, of) * kBars / of;
  fmt::print(stderr, "\r[{:#<{}}{:-<{}}] {} of {}", "", bars, "", kBars - bars, done, of);
  if (done >= of) fmt::print(stderr, "\n");
}

Result<json::object> run_anywhere(const LedgerConfig& config, const std::string& name,
                                  const json::object& arguments) {
  const auto on_progress = [](const json::object& progress) {
    const json::value* done = progress.if_contains("done");
    const json::value* of = progress.if_contains("of");
    if (done != nullptr && of != nullptr && done->is_number() && of->is_number()) {
      show_progress(done->to_number<std::uint64_t>(), of->to_number<std::uint64_t>());
    }
  };
  auto reply = net::control_call(config.socket().string(), name, arguments, on_progress, kPatience);
  if (reply || reply.error() != make_error_code(NetErrc::unreachable)) return reply;
  return run_here(config, name, arguments);
}

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

void print_warning(const json::object& reply) {
  const std::string warning = text_in(reply, "warning");
  if (!warning.empty()) std::fprintf(stderr, "ledgerctl: %s\n", warning.c_str());
}

int print_text(const Result<json::object>& reply) {
  if (!reply) return fail(reply.error());
  std::fputs(text_in(*reply, "text").c_str(), stdout);
  return 0;
}

}  // namespace yijuan::ledger
