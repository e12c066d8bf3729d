// One of the ledgers: the real SyncApi over the shared store, behind the network. Its process ends
// at any call that it makes of the store, and begins again; requests under way then are never
// answered. A dead process's tasks run to their end and do nothing any more.
#pragma once

#include <memory>
#include <string>

#include "ledger/api_sync.hpp"
#include "net/router.hpp"
#include "sim_network.hpp"
#include "sim_store.hpp"
#include "store_steps.hpp"
#include "tlog/key.hpp"

namespace yijuan::sim {

class SimLedger : public Listener {
 public:
  struct World {
    asio::any_io_executor executor;
    SimClock& clock;
    Chance& chance;
    Chronicle& chronicle;
    CosignedLogs& cosigned;
    SimStore& store;
    const tlog::SigningKey& cosigner;
  };
  SimLedger(World world, std::string name) : world_(world), name_(std::move(name)) {}

  /// REQUIRES: the store runs.
  void start();
  void kill();
  [[nodiscard]] bool running() const { return life_ != nullptr && life_->alive; }
  /// At the `n`th call of the store from now on.
  void plan(std::uint64_t n, StepFate fate) {
    step_ = n;
    fate_ = fate;
  }
  /// Housekeeping: what boxes said last is stored, the store rests.
  Task<void> keep_house();

  Task<net::HttpResponse> answer(net::HttpRequest request) override;

 private:
  struct Life {
    explicit Life(SimLedger& ledger);
    bool alive = true;
    std::shared_ptr<ledger::LedgerStore> store;
    StoreSteps steps;
    ledger::Worker reading, writing;
    ledger::SyncApi api;
    net::Router router;
  };
  StepFate fate_of(const Life& life, const char* call, bool writes);
  void hear(const std::string& target, const net::HttpResponse& response);

  World world_;
  std::string name_;
  std::shared_ptr<Life> life_;
  std::uint64_t step_ = 0;  // 0: none planned
  StepFate fate_ = StepFate::goes_on;
};

}  // namespace yijuan::sim
