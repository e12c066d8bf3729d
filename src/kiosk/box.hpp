// The box at work: facts, touches and time go through the session's rules; what they write goes to
// the journal; what they show and do happens after it is durable, in order. Plain functions on the
// loop; nothing here waits, and nothing here knows a device.
//
// Invariant: no effect of a step runs before the entries of that step, and of all before it, are
// durable. After a failure of the journal nothing is written or promised any more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "domain/alarm_log.hpp"
#include "domain/gate.hpp"
#include "domain/session.hpp"
#include "kiosk/clock_watch.hpp"
#include "kiosk/history.hpp"
#include "kiosk/latency.hpp"
#include "ports/journal.hpp"
#include "ports/note_acceptor.hpp"
#include "ports/wall_clock.hpp"

namespace yijuan::kiosk {

/// What a box does to the world. Called on the loop, only after what it rests on is durable.
class BoxOutput {
 public:
  virtual ~BoxOutput() = default;
  virtual void present(const domain::View& view) = 0;
  /// Print copy `copy` of the slip of `gift`, then call Box::printed.
  virtual void print(Seq gift, std::uint32_t copy) = 0;
  /// Whether acceptors may take money from now on. Told when it changes.
  virtual void accept(bool wanted) = 0;
  /// What to do with the note that `device` holds under `counter`: stacked only after its intent is
  /// durable.
  virtual void decide(const std::string& device, int counter, NoteVerdict verdict) = 0;
  /// Entries became durable.
  virtual void durable() = 0;
  /// Memory and disk may disagree: the acceptors are off; stop, a restart reads the truth.
  virtual void failed(const Error& error) = 0;
};

/// A gift that a slip can be made of.
struct DurableGift {
  tlog::Gift gift;
  EntryRef ref;
};

class Box {
 public:
  struct World {
    asio::any_io_executor executor;
    Journal& journal;
    Clock& clock;
    WallClock& wall;
    BoxOutput& output;
  };
  struct Identity {
    std::string box;     // id
    std::string origin;  // of its log
    std::string vkey;    // of its log's key
    Bytes slip_key;
    std::optional<tlog::Epoch::Predecessor> previous = {};  // the log before it
    std::string why = "first";                              // why this one was begun
  };

  Box(World world, Identity identity, History history);

  /// Before all else: the first entries of this run, gifts for the cash that a power cut left open,
  /// the gate. `clean`: the last run ended in order.
  void start(bool clean);
  /// Once, after start(): ends the faults of devices that the box had in an earlier run and has no
  /// more, which nobody else would end. `devices`: the sections that name one.
  void has_devices(const std::vector<std::string>& devices);
  /// One poll of an acceptor: one step, one transaction with its counter.
  void take(const CashReport& report);
  /// A note waits in escrow: a verdict follows within two seconds, whatever the journal does.
  void note(const NoteInEscrow& note);
  void contact(const ContactChanged& changed);
  /// Only whether the machine has mains is an entry.
  void board(const BoardReadings& readings);
  /// `authority` may open the door now (door_watch.hpp): call before the lock is.
  void unlocked(std::string authority);
  /// A technician tests `device`: what falls in is in no gift. False where somebody gives just now,
  /// or the box is out of service. Ends by itself two minutes after the last piece.
  bool begin_test(std::string device);
  void end_test();
  [[nodiscard]] bool testing() const { return view().scene == domain::Scene::testing; }
  void device(const DeviceState& state);
  void touch(const domain::SessionEvent& event);
  void printed(const domain::Printed& printed);
  /// The pack file was read. It comes into force when nobody stands in front of the box.
  void offer_pack(Result<domain::CampaignPack> pack);
  /// Looks at clock and gate again; some times a minute, and when the ledger told the time.
  void look_around();
  /// Called at deadline() or later.
  void tick();
  /// The journal said that its disk is full, or has room again.
  void disk_full(bool full);
  /// No more money: closes what is open.
  void stop();
  /// The box saw that the office's log went on.
  void witness(const tlog::Witness& seen);
  /// The office's log is not the one that this box saw before: for whoever reads this log.
  void office_forked(const std::string& text);
  /// Nothing is ever appended to this log again: the daemon ends and goes on with another.
  void leave(const std::string& why);
  /// Damage was found that a restart cannot mend: out of service, and it stays so.
  void damaged(const Error& error);
  /// The journal failed: out of service, and the daemon ends, so that a restart reads the truth.
  void fail(const Error& error);

  /// When to call tick(); changed() is set when it changes.
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] Event& changed() { return changed_; }
  /// Set while few enough commits are under way to take more facts.
  [[nodiscard]] Event& room() { return room_; }
  /// Set while nothing is under way.
  [[nodiscard]] Event& settled() { return settled_; }

  [[nodiscard]] const domain::View& view() const { return session_.view(); }
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const std::optional<domain::CampaignPack>& pack() const { return pack_; }
  /// A recent gift, if it is durable.
  [[nodiscard]] const DurableGift* gift(Seq seq) const;
  [[nodiscard]] bool busy() const { return under_way_ > 0; }
  [[nodiscard]] bool accepting() const { return accepting_.value_or(false); }
  [[nodiscard]] bool storage_full() const { return storage_full_; }
  [[nodiscard]] bool stopping() const { return stopping_; }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] const Latency& coin_to_durable() const { return coin_to_durable_; }
  /// From a note in escrow to the verdict on it.
  [[nodiscard]] const Latency& note_to_verdict() const { return note_to_verdict_; }
  /// How far the acceptors' events are known by what they reported in this run, as far as it is
  /// durable: true whatever this disk forgot before.
  [[nodiscard]] std::vector<CounterMark> marks() const;
  /// When the money that the newest durable step took in was heard of; for coin_to_frame.
  [[nodiscard]] std::optional<Instant> take_heard() { return std::exchange(heard_, {}); }
  void cosigned(std::uint64_t size) { history_.unsynced.cosigned(size); }
  /// The paper state of the printer: whether a slip can be printed.
  void paper(bool present);

 private:
  // Commits under way from which on acceptors are stopped: a stalled disk must not be fed.
  static constexpr std::size_t kMostUnderWay = 32;

  struct Step {
    domain::SessionStep step;
    std::optional<CounterMark> mark;
    std::optional<Instant> heard;
  };
  /// A note that waits for its intent to be durable.
  struct AwaitedVerdict {
    int counter = 0;
    Instant due{};  // then it goes back, and its intent has come too late
    Instant heard{};
  };
  void run(const domain::SessionEvent& event, std::optional<CounterMark> mark = {},
           std::optional<Instant> heard = {});
  void commit(Step step);
  void write(std::vector<tlog::Body> bodies);
  void append(std::vector<tlog::Body> bodies, std::vector<CounterMark> marks,
              std::function<void()> then);
  void perform(const std::vector<domain::SessionEffect>& effects);
  [[nodiscard]] bool refuses_notes() const;
  void decide(const domain::DecideNote& asked);
  void tell_verdict(const std::string& device, NoteVerdict verdict);
  void give_back_late(Instant now);
  void give_back_all();
  void report_door();
  void report_power();
  void hear_alarms(const CashReport& report);
  void watch_clock();
  void adopt_pack();
  void check_gate();
  void update_accept();
  [[nodiscard]] domain::SessionContext context() const;

  World world_;
  Identity identity_;
  History history_;
  domain::AlarmLog alarms_;
  domain::Session session_;
  Result<domain::CampaignPack> offered_;
  bool adopted_ = false;
  std::optional<domain::CampaignPack> pack_;  // in force
  ClockWatch clock_watch_;
  Event changed_, room_, settled_;
  std::optional<Uptime> deadline_;
  std::map<Seq, DurableGift> gifts_;   // the newest ones
  std::size_t under_way_ = 0;          // appends not yet durable
  std::optional<domain::View> shown_;  // as last presented: all of it is durable
  bool session_accepts_ = false;
  bool storage_full_ = false;
  bool stopping_ = false;
  bool paper_ = false;
  std::optional<bool> accepting_;  // as last told
  std::optional<Error> failure_;
  std::map<std::string, AwaitedVerdict> verdicts_;  // by device
  DeviceState door_driver_;                         // as its driver said last
  bool box_full_ = false;
  bool mains_lost_ = false;
  bool battery_low_ = false;
  Latency coin_to_durable_;
  Latency note_to_verdict_;
  std::optional<Instant> heard_;
  std::map<std::string, CounterMark> marks_;  // by device
};

}  // namespace yijuan::kiosk
