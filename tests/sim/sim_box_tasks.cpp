// What a simulated box does while it runs, and what befalls it.
#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "sim_box.hpp"
#include "sim_box_life.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kHouseInterval = 1min;
constexpr std::uint64_t kEntriesPerSnapshot = 64;

bool is_cancelled_error(const Result<void>& result) {
  return !result && result.error() == make_error_code(AsyncErrc::cancelled);
}

std::string kind_of_file(const std::string& path) {
  const auto dot = path.rfind(".db");
  return dot == std::string::npos ? " " + path : " journal" + path.substr(dot);
}

}  // namespace

// ---- tasks, as kioskd's

void SimBox::spawn_all() {
  Life& life = *life_;
  const DriverContext context{
      .executor = world_.executor, .clock = drivers_clock_, .random = random_};
  for (SoakDevice* device : devices_) device->start(context, life.facts, life.marks);
  const auto known = epochs().all();
  const std::string certificates = SimEpochs::certificates(known);
  life.client.emplace(
      world_.executor, client_box(*life.epoch, *life.watched, certificates),
      [this] { return heartbeat(); },
      sync::Client::Told{.reply =
                             [this](const sync::HeartbeatReply& reply, Instant) {
                               if (!life_->alive) return;
                               machine_.wall.attest(reply.time, ClockQuality::ledger);
                               life_->box->look_around();
                             },
                         .dead = [this](const std::string& why) { log_is_dead(why); },
                         .witness = {},
                         .office_forked = {}},
      sync::ClientSettings{.heartbeat_interval = world_.heartbeat, .linger = world_.linger});
  life.box->offer_pack(world_.pack);
  life.box->start(life.clean);
  life.box->has_devices({"coin", "note"});
  life.box->disk_full(life.journal->disk_full());
  life.box->paper(true);
  drivers_clock_.wake();
  for (SoakDevice* device : devices_) life.drivers.spawn("device", device->run());
  life.others.spawn("facts", take_facts());
  life.others.spawn("time", keep_time());
  life.others.spawn("house", keep_house());
  life.others.spawn("sync", life.client->run());
  open_archives(known, certificates);
  life.others.spawn("archives", run_archives());
}

sync::Client::Box SimBox::client_box(const SimEpoch& epoch, Journal& journal,
                                     std::string certificates) {
  return {.clock = world_.clock,
          .random = random_,
          .journal = journal,
          .uplink = life_->uplink,
          .log_key = epoch.key,
          .cosigner = world_.cosigner,
          .epochs = std::move(certificates)};
}

void SimBox::open_archives(const std::vector<SimEpoch>& known, const std::string& certificates) {
  for (std::size_t i = 0; i + 1 < known.size(); ++i) {
    if (epochs().delivered(known[i])) continue;
    auto journal = open_journal(known[i]);
    if (!journal) continue;
    auto archive = std::make_unique<SimArchive>(known[i], *std::move(journal), nullptr);
    sync::Client::Box box = client_box(archive->epoch, *archive->journal, certificates);
    box.archive = true;
    archive->client = std::make_unique<sync::Client>(world_.executor, std::move(box),
                                                     sync::Client::State{}, sync::Client::Told{});
    life_->archives.push_back(std::move(archive));
  }
}

Task<void> SimBox::run_archives() {
  for (const auto& archive : life_->archives) {
    auto ran = co_await archive->client->run();
    if (!ran) co_return ran;
    if (archive->client->delivered() && life_->alive) epochs().set_delivered(archive->epoch);
  }
  co_return Result<void>();
}

Task<void> SimBox::take_facts() {
  Life& life = *life_;
  while (true) {
    auto room = co_await life.box->room().wait();
    if (!room) co_return room;
    auto fact = co_await life.facts.pop();
    if (!fact) co_return fact.error();
    if (const auto* report = std::get_if<CashReport>(&*fact)) life.box->take(*report);
    if (const auto* note = std::get_if<NoteInEscrow>(&*fact)) life.box->note(*note);
    if (const auto* state = std::get_if<DeviceState>(&*fact)) life.box->device(*state);
    life.facts.set_working(life.box->busy());
    life.client->notify();
  }
}

Task<void> SimBox::keep_time() {
  kiosk::Box& box = *life_->box;
  while (true) {
    box.changed().clear();
    const std::optional<Instant> deadline = box.deadline();
    if (!deadline) {
      auto changed = co_await box.changed().wait();
      if (!changed) co_return changed;
      continue;
    }
    const Instant left = std::max(Instant::zero(), *deadline - world_.clock.now());
    auto changed = co_await with_timeout(world_.clock, left, box.changed().wait());
    if (is_cancelled_error(changed)) co_return changed;
    if (world_.clock.now() >= *deadline && box.deadline() == deadline) box.tick();
  }
}

Task<void> SimBox::keep_house() {
  while (true) {
    auto slept = co_await world_.clock.sleep_for(kHouseInterval);
    if (!slept) co_return slept;
    life_->box->look_around();
  }
}

sync::Heartbeat SimBox::heartbeat() const {
  Life& life = *life_;
  life.box->cosigned(life.journal->cosigned_size());
  const kiosk::History& history = life.box->history();
  sync::Heartbeat heartbeat;
  heartbeat.version = YIJUAN_VERSION;
  heartbeat.unsynced = history.unsynced.count();
  heartbeat.unsynced_sum = history.unsynced.sum();
  heartbeat.open = life.box->accepting();
  for (const tlog::Fault& fault : history.health.faults()) {
    heartbeat.devices.push_back({fault.device, fault.code, fault.text});
  }
  heartbeat.clock = machine_.wall.now();
  heartbeat.up = machine_.wall.uptime();
  if (life.box->failure()) heartbeat.alarm = life.box->failure()->message();
  return heartbeat;
}

// ---- what it promises

void SimBox::promise_gift(Seq gift, const char* how) {
  world_.chronicle.count(how);
  world_.chronicle.expect(life_->watched->acknowledged(gift),
                          fmt::format("{}: gift {} is {}, but not durable", id_, gift, how));
}

void SimBox::present(const domain::View& view) {
  if (!life_->alive || !view.thanks) return;
  promise_gift(view.thanks->gift, "thanked");
}

void SimBox::print(Seq gift, std::uint32_t copy) {
  if (!life_->alive) return;
  promise_gift(gift, "printed");
  life_->others.spawn("print", print_slip(gift, copy));
}

Task<void> SimBox::print_slip(Seq gift, std::uint32_t copy) {
  const auto chance = world_.chance.below(20);
  auto slept = co_await world_.clock.sleep_for(world_.chance.between(1s, 4s));
  if (!slept) co_return slept;
  const auto outcome = chance == 0   ? tlog::SlipOutcome::failed
                       : chance == 1 ? tlog::SlipOutcome::uncertain
                                     : tlog::SlipOutcome::printed;
  life_->box->printed(
      {gift, copy, outcome, outcome == tlog::SlipOutcome::printed ? "" : "simulated"});
  co_return Result<void>();
}

void SimBox::accept(bool wanted) {
  if (!life_->alive) return;
  world_.chronicle.detail(wanted ? id_ + " opens" : id_ + " shuts");
  drivers_clock_.wake();
  for (SoakDevice* device : devices_) device->accept(wanted);
}

void SimBox::decide(const std::string& device, int counter, NoteVerdict verdict) {
  if (!life_->alive) return;
  world_.chronicle.expect(
      verdict != NoteVerdict::stack || life_->watched->has_intent(device, counter),
      fmt::format("{}: a note is stacked without an intent that is durable", id_));
  drivers_clock_.wake();
  notes_->decide(counter, verdict);
}

void SimBox::durable() {
  Life& life = *life_;
  life.facts.set_working(life.box->busy());
  if (life.client) life.client->notify();
  const std::uint64_t size = life.box->history().size;
  if (life.box->busy() || size < life.snapshot_size + kEntriesPerSnapshot) return;
  life.snapshot_size = size;
  life.journal->keep_snapshot({size, life.box->history().to_snapshot()});
}

void SimBox::failed(const Error& error) {
  life_->failure = error.message();
  life_->wants_to_end = true;
}

void SimBox::check_now() {
  if (!running() || !life_->alive || !life_->box) return;
  const kiosk::Box& box = *life_->box;
  const bool out_of_service = box.failure() || box.storage_full() || box.stopping() ||
                              !(box.view().gate.open() || box.testing());
  // Gate and view go through the log: what is shown shut is shut when that is durable.
  if (box.accepting() && out_of_service && !box.busy()) {
    world_.chronicle.wrong(id_ + " takes money while it is out of service");
  }
}

bool SimBox::settled(std::string& why) const {
  const auto no = [&](std::string reason) {
    why = id_ + ": " + std::move(reason);
    return false;
  };
  if (!running() || !life_->box) return no("does not run");
  const kiosk::Box& box = *life_->box;
  if (box.failure()) return no(box.failure()->message());
  if (!coins_->at_work() || !notes_->at_work()) return no("a device is not at work");
  if (box.busy() || life_->facts.size() > 0) return no("busy");
  if (box.view().scene == domain::Scene::thanks) return no("a slip is offered");
  if (!box.history().books.open().empty()) return no("cash is in no gift");
  if (!box.history().books.pending().empty()) return no("a note is pending");
  const std::uint64_t head = life_->journal->head().size;
  if (life_->journal->cosigned_size() < head) {
    return no(fmt::format("{} of {} entries are cosigned; {}", life_->journal->cosigned_size(),
                          head, life_->client->status().trouble));
  }
  for (const auto& archive : life_->archives) {
    if (!ended(*archive)) return no(archive->epoch.origin() + " is not delivered");
  }
  return true;
}

std::pair<std::string, std::uint64_t> SimBox::head() const {
  return {life_->epoch->origin(), life_->journal->head().size};
}

bool SimBox::ended(const SimArchive& archive) {
  return archive.client->delivered() || archive.client->status().stopped;
}

// ---- what befalls it

bool SimBox::quiet() const {
  return running() && life_->alive && coins_->at_work() && notes_->at_work();
}

void SimBox::offer(bool note) {
  drivers_clock_.wake();
  (note ? notes_ : coins_)->offer();
}

void SimBox::finger() {
  if (!running() || !life_->alive) return;
  const auto touched = [this](const domain::SessionEvent& event) { life_->box->touch(event); };
  switch (world_.chance.below(4)) {
    case 0:
      return touched(domain::StartGift{});
    case 1:
      return touched(domain::Done{});
    default:
      return touched(domain::AskSlip{domain::SlipWish::paper});
  }
}

void SimBox::device_trouble() {
  drivers_clock_.wake();
  (world_.chance.one_in(2) ? notes_ : coins_)->trouble();
}

void SimBox::plug_devices() {
  drivers_clock_.wake();
  for (SoakDevice* device : devices_) device->plug();
}

void SimBox::set_line_rate(unsigned rate) {
  line_rate_ = rate;
  for (SoakDevice* device : devices_) device->begin();
}

void SimBox::plan_disk(std::uint64_t n, test::DiskFault fault) {
  if (power_lost()) return;
  planned_ = fault;
  struck_ = false;
  set_plan([this, plan = test::fault_at(n, fault)](const test::DiskCall& call) {
    const test::DiskFault now = plan(call);
    if (now == test::DiskFault::none || std::exchange(struck_, true)) return now;
    const std::string where = fmt::format("{} {}", to_text(now), to_text(call.operation));
    world_.chronicle.fault(fmt::format("box disk: {}", to_text(now)), id_ + " " + to_text(call));
    world_.chronicle.crash_point("box disk: " + where + kind_of_file(call.path));
    return now;
  });
}

void SimBox::let_disk_lie() {
  if (power_lost()) return;
  disk_lied_ = true;
  set_plan([](const test::DiskCall& call) {
    return call.operation == test::DiskOperation::sync ? test::DiskFault::hold
                                                       : test::DiskFault::none;
  });
}

void SimBox::set_disk_full(bool full) {
  constexpr std::uint64_t kRoom = std::uint64_t{1} << 40;
  machine_.disk->set_capacity(full ? 1 : kRoom);
}

void SimBox::calm() {
  line_rate_ = 0;
  slow_ = {};
  set_disk_full(false);
  set_plan({});
  drivers_clock_.wake();
  for (SoakDevice* device : devices_) device->calm();
}

}  // namespace yijuan::sim
