// What boxes ask over the `boxes` listener: batches (both versions of the protocol), heartbeats and
// the certificates of logs that a box began by itself. A batch is
// unpacked, checked and hashed on one thread and stored by another; its cosigned checkpoint is
// sent only after the commit. Batches that wait while another is stored share the next commit. At
// most `batches_in_hand` of full size are held at once, or as many small ones as weigh the same;
// the rest is told to come back. Runs on the loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/ingest.hpp"
#include "ledger/office/office_log.hpp"
#include "ledger/refusals.hpp"
#include "ledger/store/ledger_store.hpp"
#include "ledger/worker.hpp"
#include "net/router.hpp"
#include "ports/wall_clock.hpp"

namespace yijuan::ledger {

class SyncApi {
 public:
  /// All of it outlives the API.
  struct Parts {
    LedgerStore& store;
    Worker& reading;
    Worker& writing;
    const tlog::SigningKey& cosigner;
    WallClock& clock;
    OfficeLog* office = nullptr;  // none: the ledger has no key for it
  };
  /// Told when memory and disk may disagree: the daemon must stop.
  using OnLost = std::function<void(const Error&)>;

  SyncApi(Parts parts, std::size_t batches_in_hand, OnLost on_lost);

  void add_routes(net::Router& router);
  /// Stores the heartbeats that came since the last call: they are not history, so they travel to
  /// the disk together.
  Task<void> keep_last_words();
  /// Those not stored yet.
  [[nodiscard]] std::vector<LastWord> take_last_words();
  /// Somebody was refused before his question was known: told once (refusals.hpp), and an alarm
  /// with the next keep_alarms() if it matters.
  void refused(const Refusal& refusal);
  /// Stores the alarms of refusals that came since the last call: every few seconds.
  Task<void> keep_alarms();
  /// Those not stored yet; at the stop also those whose hour is not over.
  [[nodiscard]] std::vector<Alarm> take_alarms(bool stopping);
  /// Batches stored since the start.
  [[nodiscard]] std::uint64_t stored() const { return stored_; }

 private:
  Task<net::HttpResponse> batch(net::HttpRequest request, sync::Version version);
  Task<net::HttpResponse> epochs(net::HttpRequest request);
  Task<net::HttpResponse> heartbeat(net::HttpRequest request);
  Task<sync::BatchReply> take_batch(net::Peer peer, std::string body, sync::Version version);
  Task<sync::BatchReply> store_batch(std::string box, std::shared_ptr<sync::Batch> batch);
  Task<sync::BatchReply> tell(const std::string& box, Answer answer);
  OfficeHeard hear(const std::string& seen);
  Task<void> keep_news(std::string box, std::optional<OfficeNews> news);
  Task<bool> append(std::shared_ptr<Appending> appending);
  Task<bool> keep_fork(Forking& forking);
  Task<void> keep_doubt(Doubt doubt);
  void store_waiting();
  Task<sync::BatchReply> turn_away(Refusal stranger);
  Task<net::HttpResponse> forbid(Refusal stranger);
  net::HttpResponse refuse(const net::Peer& peer, unsigned status, std::string text);
  Task<void> raise(Alarm alarm);
  sync::BatchReply unavailable(const Error& error);
  void store_answered();

  // A checked batch on its way to the writing thread, which alone touches `result`.
  struct Waiting {
    std::shared_ptr<Appending> appending;
    std::optional<Result<Appended>> result;
  };

  Parts parts_;
  std::mutex waiting_lock_;
  std::vector<std::shared_ptr<Waiting>> waiting_;
  std::size_t most_in_hand_;  // bytes
  OnLost on_lost_;
  std::size_t in_hand_ = 0;  // bytes
  std::uint64_t stored_ = 0;
  std::string trouble_;  // the store's, as it was last told
  std::map<std::string, LastWord> last_words_;
  Refusals refusals_;
  std::vector<Alarm> unkept_;  // of refusals; one of a kind and hour
};

}  // namespace yijuan::ledger
