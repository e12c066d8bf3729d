// What SyncApi refuses, and who hears of it.
#include <utility>

#include "ledger/api_sync.hpp"

namespace yijuan::ledger {

// Durable when this returns, unless nothing new is known by it.
Task<void> SyncApi::raise(Alarm alarm) {
  if (!refusals_.tell({.what = alarm})) co_return Result<void>();
  auto raised =
      co_await parts_.writing.run<void>([this, alarm] { return parts_.store.raise(alarm); });
  if (!raised) unkept_.push_back(std::move(alarm));
  co_return raised;
}

void SyncApi::refused(const Refusal& refusal) {
  if (refusals_.tell(refusal) && refusal.matters) unkept_.push_back(refusal.what);
}

std::vector<Alarm> SyncApi::take_alarms(bool stopping) {
  for (Refusal& again : refusals_.repeated(parts_.clock.now().time, stopping)) {
    if (again.matters) unkept_.push_back(std::move(again.what));
  }
  return std::exchange(unkept_, {});
}

Task<void> SyncApi::keep_alarms() {
  auto alarms = std::make_shared<std::vector<Alarm>>(take_alarms(false));
  if (alarms->empty()) co_return Result<void>();
  auto kept = co_await parts_.writing.run<void>([this, alarms] {
    Result<void> done;
    while (done && !alarms->empty()) {
      done = parts_.store.raise(alarms->back());
      if (done) alarms->pop_back();
    }
    return done;
  });
  unkept_.insert(unkept_.end(), alarms->begin(), alarms->end());
  co_return kept;
}

// The answer to one who may not speak, once its alarm is raised.
Task<sync::BatchReply> SyncApi::turn_away(Refusal stranger) {
  auto raised = co_await raise(stranger.what);
  if (!raised) co_return raised.error();
  co_return sync::BatchReply(sync::Revoked{std::move(stranger.what.text)});
}

Task<net::HttpResponse> SyncApi::forbid(Refusal stranger) {
  auto reply = co_await turn_away(std::move(stranger));
  co_return sync::write_reply(reply ? *reply : unavailable(reply.error()), sync::Version::two);
}

net::HttpResponse SyncApi::refuse(const net::Peer& peer, unsigned status, std::string text) {
  refused(refused_request(peer, status, text, parts_.clock.now().time));
  if (status == 403) return sync::write_reply(sync::Revoked{std::move(text)}, sync::Version::two);
  return sync::write_reply(sync::Rejected{status, std::move(text)}, sync::Version::two);
}

}  // namespace yijuan::ledger
