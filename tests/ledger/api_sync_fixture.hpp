// The boxes' requests, from HTTP message to HTTP message, with a store that fails when told to.
#pragma once

#include "ledger/api_sync.hpp"
#include "sync/heartbeat.hpp"
#include "tests/ledger/failing_store.hpp"
#include "tests/ledger/ledger_fixture.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::ledger {

class FixedWallClock : public WallClock {
 public:
  WallTime time = *parse_rfc3339("2026-10-17T08:00:00.000Z");
  [[nodiscard]] WallReading now() const override { return {time, ClockQuality::ntp}; }
  [[nodiscard]] std::string boot_id() const override { return "0123456789abcdef"; }
  [[nodiscard]] Uptime uptime() const override { return Uptime(1); }
};

class ApiSyncTest : public LedgerFixture {
 protected:
  explicit ApiSyncTest() { restart(32); }

  // A new daemon on the same disk.
  void restart(std::size_t batches_in_hand) {
    router = {};
    api.emplace(SyncApi::Parts{.store = failing,
                               .reading = reading,
                               .writing = writing,
                               .cosigner = cosigner,
                               .clock = wall_clock,
                               .office = office},
                batches_in_hand, [this](const Error&) { ++lost; });
    api->add_routes(router);
  }
  net::HttpRequest request(std::string_view path, std::string_view type, std::string body) {
    net::HttpRequest made;
    made.method = "POST";
    made.target = path;
    made.fields = {{"content-type", std::string(type)}};
    made.body = std::move(body);
    made.peer.box = log.box();
    return made;
  }
  net::HttpRequest batch_request(const sync::Batch& batch) {
    const Bytes packed = sync::pack(batch);
    return request(sync::kBatchPath, sync::kBatchType, std::string(as_text(packed)));
  }
  net::HttpResponse ask(net::HttpRequest request) {
    auto response = test::run_task(context, router.handle(std::move(request)));
    EXPECT_TRUE(response.has_value());
    return *response;
  }
  net::HttpResponse ask(const sync::Batch& batch) { return ask(batch_request(batch)); }
  net::HttpRequest heartbeat_request(const std::string& origin) {
    sync::Heartbeat heartbeat;
    heartbeat.version = "1";
    heartbeat.origin = origin;
    heartbeat.head = log.size();
    heartbeat.unsynced = 3;
    heartbeat.unsynced_sum = yuan(7);
    heartbeat.clock = wall_clock.now();
    return request(sync::kHeartbeatPath, sync::kHeartbeatType, sync::write_heartbeat(heartbeat));
  }
  net::HttpResponse beat(const std::string& origin) { return ask(heartbeat_request(origin)); }
  static sync::BatchReply read(const net::HttpResponse& response) {
    return sync::read_reply(response, sync::Version::two);
  }

  asio::io_context context;
  FixedWallClock wall_clock;
  FailingStore failing{*store};
  Worker reading{context.get_executor()};
  Worker writing{context.get_executor()};
  net::Router router;
  OfficeLog* office = nullptr;
  std::optional<SyncApi> api;
  int lost = 0;
};

}  // namespace yijuan::ledger
