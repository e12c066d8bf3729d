// The box's end of sync: sends durable entries in batches, keeps the ledger's cosigned checkpoints,
// sends heartbeats. It may be late for months and wrong about nothing: whatever the ledger says,
// entries stay in the journal until a cosignature over exactly them was verified.
//
// Runs on the box's loop; nothing else waits for it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "ports/journal.hpp"
#include "ports/random.hpp"
#include "sync/heartbeat.hpp"
#include "sync/office_word.hpp"
#include "sync/reply.hpp"
#include "sync/uplink.hpp"
#include "tlog/key.hpp"

namespace yijuan::sync {

struct ClientSettings {
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds heartbeat_interval = std::chrono::minutes(1);
  /// Entries that come shortly after each other travel together.
  std::chrono::nanoseconds linger = std::chrono::seconds(2);
  std::chrono::nanoseconds first_backoff = std::chrono::seconds(1);
  std::chrono::nanoseconds longest_backoff = std::chrono::minutes(5);
  /// A ledger that does not know version 2 is asked again: it may have been a proxy, or be updated.
  std::chrono::nanoseconds old_version_for = std::chrono::hours(1);
  std::size_t batch_entries = 1000;
  std::size_t batch_bytes = std::size_t{512} * 1024;
};

/// What `boxctl status` and the screen may show.
struct ClientStatus {
  std::optional<Instant> last_contact;  // last answer that made sense
  std::uint64_t head = 0;               // durable entries
  std::uint64_t cosigned = 0;           // of them cosigned
  std::string trouble;   // why nothing gets through now; passes by itself. Empty: none
  std::string alarm;     // somebody must look. Empty: none
  bool stopped = false;  // this log is not sent any more (rolled back, forked)
  [[nodiscard]] std::uint64_t lag() const { return head > cosigned ? head - cosigned : 0; }
};

class Client {
 public:
  /// What the client needs of the box. All of it outlives the client.
  struct Box {
    Clock& clock;
    Random& random;
    Journal& journal;
    Uplink& uplink;
    const tlog::SigningKey& log_key;  // its name is the origin
    const tlog::VerifierKey& cosigner;
    std::string epochs = {};        // certificates of the box's later logs (epoch.hpp)
    OfficeWatch* office = nullptr;  // null: this box knows no key of the office
    /// A log that the box writes no more: sent to its end, in whichever history it belongs, without
    /// heartbeats.
    bool archive = false;
  };
  /// The box's present state; the client fills in origin, head, cosigned, office and alarm.
  using State = std::function<Heartbeat()>;
  /// What the client learns; all of it may be empty.
  struct Told {
    /// Every answer to a heartbeat, and the instant at which it was asked for.
    std::function<void(const HeartbeatReply&, Instant asked)> reply;
    /// This log must never be appended to again. `why`: "rollback" or "fork".
    std::function<void(const std::string& why)> dead;
    /// The office's log went on: to be written into the box's log.
    std::function<void(const tlog::Witness&)> witness;
    /// The office's log is not the one that this box saw before.
    std::function<void(const std::string& text)> office_forked;
  };

  Client(const asio::any_io_executor& executor, Box box, State state, Told told,
         ClientSettings settings = {});

  /// Until cancelled; of an archive, until all is with the ledger or it takes no more.
  Task<void> run();
  /// Of an archive: the ledger has all of it.
  [[nodiscard]] bool delivered() const { return box_.archive && next_ >= box_.journal.head().size; }
  /// New entries are durable, or the box's state changed: wakes the client. Cheap, from the loop.
  void notify() { wake_.set(); }
  [[nodiscard]] ClientStatus status() const;

 private:
  [[nodiscard]] bool heartbeat_due(const Heartbeat& now_state) const;
  [[nodiscard]] bool batch_due() const;
  void note_unsent();
  [[nodiscard]] Instant next_deadline() const;
  Task<void> round();
  Task<void> introduce();
  Task<void> send_batch();
  Task<void> act_on(BatchReply reply, const tlog::Checkpoint& sent);
  void act_on_archive(const BatchReply& reply, std::uint64_t end);
  void hear_office(const std::optional<OfficeWord>& word);
  Task<void> keep(std::string note, const tlog::Checkpoint& sent);
  void go_on_at(std::uint64_t next);
  Task<void> send_heartbeat(Heartbeat heartbeat);
  [[nodiscard]] Heartbeat state_now() const;
  void on_refused_heartbeat(const BatchReply& reply);
  void resume_at(std::uint64_t size);
  void check_not_rolled_back(std::uint64_t ledger_size);
  [[nodiscard]] Version version() const;
  void contact();
  void trouble(std::string text);
  void batch_trouble(std::string text);
  void busy(std::optional<std::chrono::seconds> after);
  void revoked(const std::string& text);
  void stop(const std::string& why, std::string alarm);
  void pause(std::chrono::nanoseconds delay);

  Box box_;
  State state_;
  Told told_;
  ClientSettings settings_;
  Event wake_;

  std::optional<Instant> version_one_until_;  // the ledger did not know version 2
  bool introduced_ = true;                    // the ledger knows this log
  std::uint64_t next_ = 0;                    // the ledger is believed to hold the entries before
  std::size_t batch_entries_ = 0;             // shrinks on a link too slow for the full batch
  int resumes_ = 0;                           // 409s since the last success
  std::optional<Instant> unsent_since_;       // entries wait to be sent
  Instant not_before_{};                      // backing off until then
  std::chrono::nanoseconds backoff_{};
  bool batch_failing_ = false;      // then an answered heartbeat does not end the back-off
  std::optional<Instant> told_at_;  // last heartbeat that was answered
  Heartbeat told_state_;
  bool heartbeat_last_ = false;  // neither heartbeats nor batches can starve the other
  bool stopped_ = false;
  std::optional<Instant> last_contact_;
  std::string trouble_;
  std::string alarm_;    // until the next start
  std::string refusal_;  // until the ledger takes us back
};

}  // namespace yijuan::sync
