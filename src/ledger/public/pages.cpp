#include "ledger/public/pages.hpp"

#include <sys/stat.h>

#include "base/log.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestChain = std::size_t{64} * 1024;
constexpr std::size_t kLongestBody = 1024;  // nobody has to send us anything
constexpr auto kLookAgain = 5s;

net::HttpServer::Limits limits_of(const LedgerConfig::Pages& pages) {
  net::HttpServer::Limits limits;
  limits.body = kLongestBody;
  limits.connections = pages.connections;
  limits.idle = pages.idle;
  limits.request = pages.request;
  limits.handler = pages.request;
  return limits;
}

Result<net::TlsContext> read_certificate(const LedgerConfig::Pages& pages) {
  auto key = read_key_file(pages.key);
  if (!key) return key.error();
  auto chain = read_file(pages.certificate, kLongestChain);
  if (!chain) return chain.error();
  return net::TlsContext::public_server(*chain, std::string(as_text(*key)));
}

}  // namespace

Result<std::unique_ptr<Pages>> Pages::open(const asio::any_io_executor& executor, Clock& clock,
                                           LedgerConfig::Pages config, net::HttpHandler handler) {
  std::optional<net::TlsContext> tls;
  if (!config.certificate.empty()) {
    auto read = read_certificate(config);
    if (!read) return read.error();
    tls = *std::move(read);
  }
  const std::string listen = config.listen;
  std::unique_ptr<Pages> pages(
      new Pages(executor, clock, std::move(config), std::move(tls), std::move(handler)));
  auto listening = pages->server_.listen(listen);
  if (!listening) return listening.error();
  return pages;
}

Pages::Pages(const asio::any_io_executor& executor, Clock& clock, LedgerConfig::Pages config,
             std::optional<net::TlsContext> tls, net::HttpHandler handler)
    : clock_(clock),
      config_(std::move(config)),
      server_(executor, clock, std::move(tls), std::move(handler), limits_of(config_)),
      seen_(stamp()) {}

Task<void> Pages::watch_certificate() {
  while (true) {
    auto slept = co_await clock_.sleep_for(kLookAgain);
    if (!slept) co_return slept.error();
    if (!config_.certificate.empty()) read_again();
  }
}

void Pages::read_again() {
  const Stamp now = stamp();
  if (now == seen_) return;
  seen_ = now;
  auto tls = read_certificate(config_);
  if (!tls) {
    log_error("pages", "the new certificate is not used: " + tls.error().message());
    return;
  }
  server_.use(*std::move(tls));
  log_info("pages", "the new certificate is in use");
}

Pages::Stamp Pages::stamp() const {
  Stamp stamp{};
  std::size_t at = 0;
  for (const auto& file : {config_.certificate, config_.key}) {
    struct stat status{};
    if (::stat(file.c_str(), &status) == 0) {
      stamp[at] = static_cast<std::int64_t>(status.st_ino);
      stamp[at + 1] = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
      stamp[at + 2] = status.st_size;
    }
    at += 3;
  }
  return stamp;
}

}  // namespace yijuan::ledger
