#include "ledger/refusals.hpp"

#include <fmt/format.h>

#include "async/errc.hpp"
#include "base/log.hpp"
#include "net/errc.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kLongestReason = 300;

void write_line(const Refusal& refused, std::string_view more) {
  const Alarm& what = refused.what;
  const std::string& about = what.origin.empty() ? what.box : what.origin;
  const std::string line = fmt::format("{} {} {}: {}{}", refused.matters ? "ALARM" : "refused",
                                       what.code, about.empty() ? "stranger" : about,
                                       tlog::plain_text(what.text, kLongestReason), more);
  log_line(refused.matters ? LogLevel::error : LogLevel::warning, "sync", line);
}

// A clock that was set back must not silence anything.
bool is_over(WallTime told, WallTime now) {
  return now < told || now - told >= kRefusalInterval;
}

}  // namespace

Refusal refused_connection(const net::Peer& peer, const Error& why, WallTime now) {
  Refusal refused{.what = {.box = peer.box,
                           .origin = "",
                           .code = "garbled",
                           .text = peer.address + ": " + why.message(),
                           .evidence = "",
                           .first = now,
                           .last = now},
                  .matters = false};
  if (why == make_error_code(NetErrc::untrusted)) {
    refused.what.code = "certificate";
    refused.matters = true;
  } else if (why == make_error_code(NetErrc::too_large)) {
    refused.what.code = "too-large";
  } else if (why == make_error_code(AsyncErrc::timed_out)) {
    refused.what.code = "slow";
  } else if (peer.box.empty()) {
    refused.what.code = "handshake";
  }
  return refused;
}

Refusal refused_request(const net::Peer& peer, unsigned status, std::string why, WallTime now) {
  return {.what = {.box = peer.box,
                   .origin = "",
                   .code = fmt::format("status-{}", status),
                   .text = std::move(why),
                   .evidence = "",
                   .first = now,
                   .last = now},
          .matters = false};
}

bool Refusals::tell(const Refusal& refused) {
  const Alarm& what = refused.what;
  const auto [told, is_new] = told_.try_emplace({what.box, what.origin, what.code});
  told->second.last = refused;
  if (is_new) {
    told->second.at = what.last;
    write_line(refused, "");
  } else {
    ++told->second.more;
  }
  return is_new;
}

std::vector<Refusal> Refusals::repeated(WallTime now, bool stopping) {
  std::vector<Refusal> found;
  for (auto told = told_.begin(); told != told_.end();) {
    Told& known = told->second;
    if (!stopping && !is_over(known.at, now)) {
      ++told;
    } else if (known.more == 0) {
      told = told_.erase(told);
    } else {
      known.last.what.count = std::exchange(known.more, 0);
      known.at = now;
      write_line(known.last, fmt::format(" ({} times more)", known.last.what.count));
      found.push_back((told++)->second.last);
    }
  }
  return found;
}

}  // namespace yijuan::ledger
