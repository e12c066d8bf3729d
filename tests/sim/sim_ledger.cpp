#include "sim_ledger.hpp"

#include <fmt/format.h>

#include "net/errc.hpp"
#include "sync/reply.hpp"

namespace yijuan::sim {
namespace {

constexpr std::size_t kBatchesInHand = 8;

const char* when(StepFate fate) {
  return fate == StepFate::breaks_before || fate == StepFate::dies_before ? "before" : "after";
}

}  // namespace

SimLedger::Life::Life(SimLedger& ledger)
    : store(ledger.world_.store.shared()),
      steps(*store, [this, &ledger](const char* call,
                                    bool writes) { return ledger.fate_of(*this, call, writes); }),
      reading(ledger.world_.executor, &ledger.world_.store.work()),
      writing(ledger.world_.executor, &ledger.world_.store.work()),
      api({.store = steps,
           .reading = reading,
           .writing = writing,
           .cosigner = ledger.world_.cosigner,
           .clock = ledger.world_.store.wall()},
          kBatchesInHand, [this](const Error&) { alive = false; }) {
  api.add_routes(router);
}

void SimLedger::start() {
  step_ = 0;
  life_ = std::make_shared<Life>(*this);
}

void SimLedger::kill() {
  if (life_) life_->alive = false;
  life_.reset();
}

StepFate SimLedger::fate_of(const Life& life, const char* call, bool writes) {
  if (!life.alive) return StepFate::dies_before;
  if (step_ == 0 || --step_ > 0) return StepFate::goes_on;
  // Only what is written can break off with an outcome that nobody knows.
  const bool breaks = fate_ == StepFate::breaks_before || fate_ == StepFate::breaks_after;
  const auto where = fmt::format("{} {}", when(fate_), call);
  if (breaks && !writes) {
    ++step_;
    return StepFate::goes_on;
  }
  world_.chronicle.fault(breaks ? "store connection broken" : "ledger killed",
                         fmt::format("{} {}", name_, where));
  world_.chronicle.crash_point("ledger " + where);
  if (!breaks) kill();
  return fate_;
}

Task<net::HttpResponse> SimLedger::answer(net::HttpRequest request) {
  const auto life = life_;
  if (!life || !life->alive) co_return Error(NetErrc::unreachable, "refused");
  const std::string target = request.target;
  auto response = co_await life->router.handle(std::move(request));
  if (!life->alive) co_return Error(NetErrc::closed, "reset");
  if (response) hear(target, *response);
  co_return response;
}

void SimLedger::hear(const std::string& target, const net::HttpResponse& response) {
  const bool second = target == sync::kBatchPath;
  if (!second && target != sync::kBatchPathOfVersion1) return;
  world_.chronicle.count("batches answered");
  const auto reply = sync::read_reply(response, second ? sync::Version::two : sync::Version::one);
  if (const auto* cosigned = std::get_if<sync::Cosigned>(&reply)) {
    return world_.store.witness(cosigned->note);
  }
  world_.chronicle.detail(fmt::format("{} answers {}", name_, response.status));
}

Task<void> SimLedger::keep_house() {
  const auto life = life_;
  if (!life || !life->alive) co_return Result<void>();
  [[maybe_unused]] const auto kept = co_await life->api.keep_last_words();
  [[maybe_unused]] const auto rested =
      co_await life->writing.run<void>([life] { return life->steps.rest(); });
  co_return Result<void>();
}

}  // namespace yijuan::sim
