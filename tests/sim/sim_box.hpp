// A box of the simulation: the real drivers on simulated devices, the real rules, journal and sync,
// on a machine that may die at any moment. What it promises to anybody is watched (BoxOutput). The
// logs that it leaves and begins lie on its disk, as kioskd's do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "dozing_clock.hpp"
#include "kiosk/box.hpp"
#include "sabotage.hpp"
#include "sim_chance.hpp"
#include "sim_epochs.hpp"
#include "sim_machine.hpp"
#include "sim_network.hpp"
#include "soak_device.hpp"
#include "sync/client.hpp"
#include "watched_journal.hpp"

namespace yijuan::sim {

struct SimArchive;

class SimBox : private kiosk::BoxOutput {
 public:
  struct World {
    asio::any_io_executor executor;
    SimClock& clock;
    Chance& chance;
    Chronicle& chronicle;
    SimNetwork& network;
    const tlog::VerifierKey& cosigner;
    const domain::CampaignPack& pack;
    const Sabotage& sabotage;
    /// Sync waits that long for company, and heartbeats come that often.
    std::chrono::nanoseconds linger, heartbeat;
  };
  /// `plain`: with devices that cannot recover (pulse, ICT) in place of ccTalk ones.
  SimBox(World world, std::string id, bool plain);
  ~SimBox() override;
  SimBox(const SimBox&) = delete;
  SimBox& operator=(const SimBox&) = delete;

  // Its life. The first four let time pass.
  void start();
  void cut_power();
  void kill_process();
  /// As by systemctl: acceptors first, then what is open is closed.
  void stop();
  [[nodiscard]] bool running() const { return life_ != nullptr; }
  /// Its program ended, or wants to: the journal failed, or the log must be left.
  [[nodiscard]] bool ended() const;
  /// Its disk's plan struck so that its power is gone.
  [[nodiscard]] bool power_lost() const {
    return running() && struck_ && planned_ == test::DiskFault::cut;
  }
  /// After ended(): what kioskd and systemd do. False: it did not come up.
  bool go_on();

  // What befalls it.
  void offer(bool note);
  /// Somebody begins a free gift, ends it, or asks for a slip.
  void finger();
  void device_trouble();
  void plug_devices();
  void set_line_rate(unsigned rate);
  void plan_disk(std::uint64_t n, test::DiskFault fault);
  /// From now on its disk says that it synced, and did not.
  void let_disk_lie();
  void set_disk_full(bool full);
  void set_slow(std::chrono::nanoseconds slow) { slow_ = slow; }
  void keep_image() { image_ = machine_.disk->copy(); }
  [[nodiscard]] bool has_image() const { return image_ != nullptr; }
  /// Its disk is as it was at keep_image(). REQUIRES: not running.
  void go_back_to_image();
  [[nodiscard]] SimWall& wall() { return machine_.wall; }
  /// Everything works again.
  void calm();
  /// Somebody looks after it.
  void visit() { drivers_clock_.wake(); }

  // What is true of it.
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool disk_lied() const { return disk_lied_; }
  /// All is with the ledger, nothing is open, no device is in trouble. `why`: what is not, yet.
  [[nodiscard]] bool settled(std::string& why) const;
  /// The log in use, and its durable entries. REQUIRES: running.
  [[nodiscard]] std::pair<std::string, std::uint64_t> head() const;
  /// What must hold at every moment.
  void check_now();
  [[nodiscard]] SoakDevice& coins() { return *coins_; }
  [[nodiscard]] SoakDevice& notes() { return *notes_; }
  [[nodiscard]] const std::map<std::string, LogPromises>& promises() const { return promises_; }
  [[nodiscard]] SimEpochs epochs() const { return SimEpochs(*machine_.disk); }
  /// Reads a log of it from its disk. REQUIRES: not running.
  Result<std::vector<std::string>> read_log(const SimEpoch& epoch);
  void forget_calls() { (void)machine_.disk->take_calls(); }
  /// At the very end: what its dead programs still wait for is done at once.
  void hurry() { work_.hurry(); }

 private:
  struct Life;

  // kiosk::BoxOutput
  void present(const domain::View& view) override;
  void print(Seq gift, std::uint32_t copy) override;
  void accept(bool wanted) override;
  void decide(const std::string& device, int counter, NoteVerdict verdict) override;
  void durable() override;
  void failed(const Error& error) override;

  bool open();
  Result<std::unique_ptr<SqliteJournal>> open_journal(const SimEpoch& epoch,
                                                      std::vector<CounterMark> first_marks = {});
  void open_archives(const std::vector<SimEpoch>& epochs, const std::string& certificates);
  [[nodiscard]] sync::Client::Box client_box(const SimEpoch& epoch, Journal& journal,
                                             std::string certificates);
  void spawn_all();
  void die(bool power);
  void end_tasks(TaskGroup& tasks);
  void log_is_dead(const std::string& why);
  void leave(const std::string& why);
  Task<void> leave_later(std::string why, std::chrono::nanoseconds pause);
  bool begin_log(const std::string& why, std::vector<CounterMark> marks);
  void set_plan(test::DiskPlan plan);
  [[nodiscard]] sync::Heartbeat heartbeat() const;
  void promise_gift(Seq gift, const char* how);
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] static bool ended(const SimArchive& archive);

  Task<void> take_facts();
  Task<void> keep_time();
  Task<void> keep_house();
  Task<void> print_slip(Seq gift, std::uint32_t copy);
  Task<void> run_archives();

  World world_;
  std::string id_;
  SimMachine machine_;
  std::chrono::nanoseconds slow_{};
  SimExecutor work_;
  test::SeededRandom random_;
  unsigned line_rate_ = 0;
  std::unique_ptr<SoakDevice> coins_, notes_;
  std::vector<SoakDevice*> devices_;
  DozingClock drivers_clock_;
  Bytes slip_key_;

  std::map<std::string, LogPromises> promises_;  // by origin
  std::unique_ptr<test::SimDisk> image_;
  std::vector<std::unique_ptr<test::SimDisk>> old_disks_;  // dead connections may still refer
  bool disk_lied_ = false;
  bool struck_ = false;  // the disk's planned fault
  test::DiskFault planned_ = test::DiskFault::none;
  std::unique_ptr<Life> life_;
};

}  // namespace yijuan::sim
