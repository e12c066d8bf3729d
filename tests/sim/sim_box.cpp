// A simulated box's starts and ends. What it does while it runs: sim_box_tasks.cpp.
#include "sim_box.hpp"

#include <fmt/format.h>

#include "journal/errc.hpp"
#include "kiosk/epochs.hpp"
#include "sim_box_life.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestEnd = 15s;
const std::string kClean = "clean";

kiosk::History read_history(SqliteJournal& journal) {
  kiosk::History history;
  if (const auto& snapshot = journal.snapshot()) {
    auto known = kiosk::History::from_snapshot(snapshot->text, snapshot->size);
    if (known) history = std::move(*known);
  }
  [[maybe_unused]] const auto read =
      journal.for_each_line(history.size, [&](Seq seq, std::string_view line) {
        const auto entry = tlog::parse_line(line);
        if (!entry) return;
        history.add(seq, entry->header.at, entry->body);
        history.health.recall(entry->body);
      });
  history.unsynced.cosigned(journal.cosigned_size());
  return history;
}

test::DiskPlan both(const test::DiskPlan& first, test::DiskPlan second) {
  if (!first) return second;
  return [first, second = std::move(second)](const test::DiskCall& call) {
    const test::DiskFault fault = first(call);
    return fault == test::DiskFault::none && second ? second(call) : fault;
  };
}

}  // namespace

std::optional<CounterMark> SimBox::Life::Marks::mark(const std::string& device) const {
  const auto at = std::ranges::find(all, device, &CounterMark::device);
  return at == all.end() ? std::nullopt : std::optional(*at);
}

SimBox::SimBox(World world, std::string id, bool plain)
    : world_(world),
      id_(std::move(id)),
      machine_(world.clock),
      work_(world.executor, world.clock,
            [this] { return slow_ + world_.chance.between(500us, 8ms); }),
      random_(world.chance.below(UINT64_MAX)),
      drivers_clock_(world.executor, world.clock, [this] { return quiet(); }) {
  const Surroundings around{world.executor, world.clock, world.chance.engine(), line_rate_};
  coins_ = plain ? make_pulse_coins(around) : make_cctalk_coins(around);
  notes_ = plain ? make_ict_notes(around) : make_cctalk_notes(around);
  devices_ = {coins_.get(), notes_.get()};
  slip_key_.resize(32);
  random_.fill(slip_key_);
  tlog::Seed seed{};
  random_.fill(seed);
  epochs().add(1, seed, id_, std::nullopt);
}

SimBox::~SimBox() {
  if (running()) kill_process();
}

// ---- starts

void SimBox::set_plan(test::DiskPlan plan) {
  machine_.disk->plan(both(world_.sabotage.box_disk, std::move(plan)));
}

Result<std::unique_ptr<SqliteJournal>> SimBox::open_journal(const SimEpoch& epoch,
                                                            std::vector<CounterMark> marks) {
  JournalOptions options;
  options.path = epoch.journal();
  options.origin = epoch.origin();
  options.create = true;
  options.first_marks = std::move(marks);
  options.wal_bytes = 256U << 10U;
  options.reserve_bytes = 64U << 10U;
  options.quiet_frames = 24;
  options.most_frames = 200;
  options.vfs = machine_.disk->vfs();
  options.disk = machine_.disk.get();
  options.executor = &work_;
  return SqliteJournal::open(world_.executor, machine_.wall, random_, std::move(options));
}

void SimBox::start() {
  planned_ = test::DiskFault::none;
  struck_ = false;
  set_plan({});
  if (!open()) return;
  world_.chronicle.event(fmt::format("{} starts at {}", id_, life_->journal->head().size));
  world_.chronicle.count("box starts");
  spawn_all();
}

bool SimBox::open() {
  const auto known = epochs().all();
  life_ = std::make_unique<Life>(*this);
  life_->epoch = known.back();
  const SimEpoch& epoch = *life_->epoch;
  auto journal = open_journal(epoch);
  if (!journal) {
    world_.chronicle.event(fmt::format("{} cannot start: {}", id_, journal.error().message()));
    const bool harmless = journal.error() == make_error_code(JournalErrc::disk_full) || struck_;
    world_.chronicle.expect(harmless || disk_lied_,
                            id_ + " cannot start: " + journal.error().message());
    life_.reset();
    return false;
  }
  life_->journal = *std::move(journal);
  LogPromises& promises = promises_[epoch.origin()];
  check_reopened(*life_->journal, promises, disk_lied_, world_.chronicle, epoch.origin());
  Journal* below = life_->journal.get();
  if (world_.sabotage.journal) {
    life_->sabotaged = world_.sabotage.journal(*below, work_);
    below = life_->sabotaged.get();
  }
  life_->watched = std::make_unique<WatchedJournal>(*below, promises, world_.chronicle, id_);
  life_->marks.all = life_->journal->marks();
  kiosk::Box::Identity identity{.box = world_.pack.boxes.begin()->first,
                                .origin = epoch.origin(),
                                .vkey = epoch.key.verifier().text(),
                                .slip_key = slip_key_};
  if (epoch.certificate) {
    identity.previous = epoch.certificate->previous;
    identity.why = epoch.certificate->why;
  }
  kiosk::History history = read_history(*life_->journal);
  life_->snapshot_size = history.size;
  life_->box.emplace(
      kiosk::Box::World{world_.executor, *life_->watched, world_.clock, machine_.wall, *this},
      std::move(identity), std::move(history));
  life_->clean = machine_.disk->content(kClean) == "yes";
  machine_.disk->set_content(kClean, "no");
  life_->journal->on_disk_full([this](bool full) { life_->box->disk_full(full); });
  life_->journal->on_failed([this](const Error& error) { life_->box->fail(error); });
  return true;
}

// ---- ends

void SimBox::end_tasks(TaskGroup& tasks) {
  tasks.cancel();
  const Instant limit = world_.clock.now() + kLongestEnd;
  while (!tasks.empty() && world_.clock.now() < limit) world_.clock.run_for(20ms);
  world_.chronicle.expect(tasks.empty(), id_ + ": tasks that do not end");
}

// Its tasks run to their end and reach nothing: disk, cables and network are away in the same
// moment.
void SimBox::die(bool power) {
  life_->alive = false;
  life_->watched->die();
  life_->uplink.unplug();
  if (power) {
    machine_.disk->power_cut(random_);
  } else {
    machine_.disk->end_process();
  }
  for (SoakDevice* device : devices_) device->unplug();
  drivers_clock_.wake();
  life_->drivers.cancel();
  life_->others.cancel();
  end_tasks(life_->drivers);
  end_tasks(life_->others);
  for (SoakDevice* device : devices_) device->end();
  life_.reset();
  if (power) machine_.wall.boot();
  plug_devices();
}

void SimBox::cut_power() {
  world_.chronicle.event(id_ + " loses its power");
  die(true);
}

void SimBox::kill_process() {
  world_.chronicle.event(id_ + " is killed");
  die(false);
}

void SimBox::stop() {
  Life& life = *life_;
  drivers_clock_.wake();
  end_tasks(life.drivers);
  const auto pass = [&](const auto& done) {
    const Instant limit = world_.clock.now() + 10s;
    while (!done() && world_.clock.now() < limit) world_.clock.run_for(10ms);
  };
  pass([&] { return life.facts.size() == 0; });
  life.box->stop();
  pass([&] { return !life.box->busy(); });
  end_tasks(life.others);
  pass([&] { return !life.box->busy(); });
  if (!life.box->failure()) {
    life.journal->keep_snapshot({life.box->history().size, life.box->history().to_snapshot()});
    machine_.disk->set_content(kClean, "yes");
  }
  life.alive = false;
  for (SoakDevice* device : devices_) device->end();
  life_.reset();
  machine_.disk->end_process();
  world_.chronicle.event(id_ + " stops");
}

bool SimBox::ended() const {
  return running() && life_->wants_to_end;
}

bool SimBox::go_on() {
  if (running()) {
    const std::string left = life_->left_because;
    std::vector<CounterMark> marks = life_->box->marks();
    const bool failed = life_->box->failure().has_value() && left.empty();
    if (failed) {
      world_.chronicle.event(fmt::format("{} failed: {}", id_, life_->failure));
      kill_process();
    } else {
      stop();
    }
    if (!left.empty() && !begin_log(left, std::move(marks))) return false;
  }
  start();
  return running();
}

// ---- logs

void SimBox::log_is_dead(const std::string& why) {
  const unsigned in_vain =
      life_->journal->cosigned_size() > 0 ? 0 : epochs().in_vain(*life_->epoch) + 1;
  const auto pause = kiosk::pause_before_epoch(epochs().all().size(), in_vain);
  if (pause && *pause == 0s) return leave(why);
  world_.chronicle.event(fmt::format("{} keeps a log that is dead: {}", id_, why));
  world_.chronicle.count("dead logs kept for a while");
  if (pause) life_->others.spawn("next log", leave_later(why, *pause));
}

Task<void> SimBox::leave_later(std::string why, std::chrono::nanoseconds pause) {
  auto slept = co_await world_.clock.sleep_for(pause);
  if (!slept) co_return slept;
  leave(why);
  co_return Result<void>();
}

void SimBox::leave(const std::string& why) {
  if (!life_->left_because.empty()) return;
  world_.chronicle.event(fmt::format("{} leaves its log: {}", id_, why));
  world_.chronicle.count("logs left: " + why);
  world_.chronicle.expect(disk_lied_, id_ + " leaves its log, and its disk never lied");
  life_->left_because = why;
  life_->box->leave(why);
  life_->wants_to_end = true;
}

// As kiosk/epochs.cpp's begin_epoch.
bool SimBox::begin_log(const std::string& why, std::vector<CounterMark> marks) {
  const SimEpoch current = epochs().all().back();
  auto journal = open_journal(current);
  if (!journal) return false;
  const LogHead head = (*journal)->head();
  const unsigned in_vain = (*journal)->cosigned_size() > 0 ? 0 : epochs().in_vain(current) + 1;
  journal->reset();
  tlog::Seed seed{};
  random_.fill(seed);
  SimEpoch next{current.number + 1, SimEpochs::key_of(seed, id_), std::nullopt};
  next.certificate = sync::certify_epoch(
      next.key.verifier(), {current.origin(), head.size, head.root}, why, current.key);
  auto made = open_journal(next, std::move(marks));
  if (!made) return false;
  made->reset();
  epochs().set_in_vain(next.number, in_vain);
  epochs().add(next.number, seed, id_, next.certificate);
  world_.chronicle.event(fmt::format("{} begins {}", id_, next.origin()));
  return true;
}

void SimBox::go_back_to_image() {
  disk_lied_ = true;
  old_disks_.push_back(std::exchange(machine_.disk, image_->copy()));
  machine_.disk->power_cut();
}

Result<std::vector<std::string>> SimBox::read_log(const SimEpoch& epoch) {
  auto journal = open_journal(epoch);
  if (!journal) return journal.error();
  std::vector<std::string> lines;
  auto read =
      (*journal)->for_each_line(0, [&](Seq, std::string_view line) { lines.emplace_back(line); });
  if (!read) return read.error();
  return lines;
}

}  // namespace yijuan::sim
