#include "ledger/api_sync.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/log.hpp"
#include "ledger/admission.hpp"
#include "ledger/new_epoch.hpp"
#include "sync/epoch.hpp"
#include "sync/errc.hpp"
#include "sync/heartbeat.hpp"

namespace yijuan::ledger {
namespace {

using net::HttpRequest;
using net::HttpResponse;

constexpr int kMostTries = 3;  // against another sender of the same log
constexpr std::chrono::seconds kComeBackSoon{2};
constexpr std::chrono::seconds kComeBackLater{30};
constexpr auto kThisVersion = sync::Version::two;
constexpr std::size_t kFullBatch = sync::kMostPacked + sync::kMostUnpacked;
constexpr std::size_t kSmallestShare = 16;  // of a full one that any batch counts for

// Of a type that says how it is packed: in no other wrapping, which nobody has bounded.
bool is_of_type(const HttpRequest& request, std::string_view type) {
  return net::field(request.fields, "content-type") == type &&
         !net::field(request.fields, "content-encoding");
}

/// What a batch takes in memory, about. After an outage thousands of boxes bring a few coins each:
/// counted as if they were full, most would be sent away, to connect once more for nothing.
std::size_t weight(std::string_view body) {
  return std::max(kFullBatch / kSmallestShare, body.size() + sync::unpacked_size(as_bytes(body)));
}

// Whether an error may be one batch's own, so that the others may have better luck.
bool concerns_one(const Error& error) {
  return error != make_error_code(LedgerErrc::store_lost) &&
         error != make_error_code(LedgerErrc::store_away);
}

struct Known {
  std::optional<Refusal> stranger = {};
  bool own = false;  // it is a log of this box
  std::uint64_t size = 0;
  OfficeHeard office = {};
};

struct Unpacked {
  std::optional<Refusal> stranger = {};
  std::shared_ptr<sync::Batch> batch = {};
  OfficeHeard office = {};
};

// What a heartbeat's sender may be told of its log.
Result<Known> known_log(LedgerStore& store, const net::Peer& peer, const std::string& origin,
                        WallTime now) {
  auto stranger = check_peer(store, peer, now);
  if (!stranger) return stranger.error();
  if (*stranger) return Known{.stranger = *std::move(stranger)};
  auto log = store.log(origin);
  if (!log) return log.error();
  if (!*log || (*log)->box != peer.box) return Known{};
  return Known{.own = true, .size = (*log)->size()};
}

sync::BatchReply appended_reply(const Appending& appending) {
  const LogState& log = appending.next;
  if (log.floor) return sync::Stored{log.size()};
  return sync::Cosigned{log.note};
}

}  // namespace

SyncApi::SyncApi(Parts parts, std::size_t batches_in_hand, OnLost on_lost)
    : parts_(parts), most_in_hand_(batches_in_hand * kFullBatch), on_lost_(std::move(on_lost)) {}

void SyncApi::add_routes(net::Router& router) {
  for (const auto& [path, version] : {std::pair(sync::kBatchPath, sync::Version::two),
                                      std::pair(sync::kBatchPathOfVersion1, sync::Version::one)}) {
    router.add("POST", path,
               [this, version](HttpRequest request, const std::vector<std::string>& /*segments*/) {
                 return batch(std::move(request), version);
               });
  }
  router.add("POST", sync::kEpochsPath,
             [this](HttpRequest request, const std::vector<std::string>& /*segments*/) {
               return epochs(std::move(request));
             });
  router.add("POST", sync::kHeartbeatPath,
             [this](HttpRequest request, const std::vector<std::string>& /*segments*/) {
               return heartbeat(std::move(request));
             });
}

Task<HttpResponse> SyncApi::batch(HttpRequest request, sync::Version version) {
  if (!is_of_type(request, sync::kBatchType)) co_return refuse(request.peer, 415, "not a batch");
  if (request.body.size() > sync::kMostPacked) {
    co_return refuse(request.peer, 413, "the batch is too large");
  }
  const std::size_t bytes = weight(request.body);
  if (in_hand_ + bytes > most_in_hand_) {
    co_return sync::write_reply(sync::Busy{kComeBackSoon}, version);
  }
  in_hand_ += bytes;
  auto reply = co_await take_batch(std::move(request.peer), std::move(request.body), version);
  in_hand_ -= bytes;
  if (!reply) co_return sync::write_reply(unavailable(reply.error()), version);
  co_return sync::write_reply(*reply, version);
}

Task<sync::BatchReply> SyncApi::take_batch(net::Peer peer, std::string body,
                                           sync::Version version) {
  const WallTime now = parts_.clock.now().time;
  auto unpacked =
      co_await parts_.reading.run<Unpacked>([this, peer, body = std::move(body), version, now] {
        auto stranger = check_peer(parts_.store, peer, now);
        if (!stranger) return Result<Unpacked>(stranger.error());
        if (*stranger) return Result<Unpacked>(Unpacked{.stranger = *std::move(stranger)});
        auto batch = sync::unpack(as_bytes(body));
        if (!batch) return Result<Unpacked>(batch.error());
        if (batch->version != version) {
          return Result<Unpacked>(SyncErrc::bad_batch, "it is of another version than its path");
        }
        OfficeHeard office = version == sync::Version::two ? hear(batch->office) : OfficeHeard{};
        return Result<Unpacked>(Unpacked{.batch = std::make_shared<sync::Batch>(*std::move(batch)),
                                         .office = std::move(office)});
      });
  if (!unpacked && unpacked.error() != make_error_code(SyncErrc::bad_batch)) {
    co_return unpacked.error();
  }
  if (!unpacked) {
    const std::string why = unpacked.error().message();
    refuse(peer, 400, why);
    co_return sync::BatchReply(sync::Rejected{400, why});
  }
  if (unpacked->stranger) {
    auto turned = co_await turn_away(*std::move(unpacked->stranger));
    co_return turned;
  }
  const std::string& box = peer.box;
  auto kept = co_await keep_news(box, std::move(unpacked->office.news));
  if (!kept) co_return kept.error();
  auto reply = co_await store_batch(box, std::move(unpacked->batch));
  if (!reply) co_return reply;
  auto* cosigned = std::get_if<sync::Cosigned>(&*reply);
  if (cosigned != nullptr) cosigned->office = std::move(unpacked->office.word);
  co_return reply;
}

// On the reading thread. The office's log being in trouble keeps no box from sending.
OfficeHeard SyncApi::hear(const std::string& seen) {
  if (parts_.office == nullptr) return {};
  auto heard = parts_.office->hear(seen);
  return heard ? *std::move(heard) : OfficeHeard{};
}

Task<void> SyncApi::keep_news(std::string box, std::optional<OfficeNews> news) {
  if (!news) co_return Result<void>();
  auto is_new = co_await parts_.writing.run<bool>(
      [this, news = *news] { return parts_.office->remember(news); });
  if (!is_new) co_return is_new.error();
  if (!*is_new) co_return Result<void>();
  const WallTime now = parts_.clock.now().time;
  auto raised = co_await raise({.box = std::move(box),
                                .origin = news->checkpoint.origin,
                                .code = news->code,
                                .text = news->text,
                                .evidence = news->note,
                                .first = now,
                                .last = now});
  co_return raised;
}

Task<sync::BatchReply> SyncApi::store_batch(std::string box, std::shared_ptr<sync::Batch> batch) {
  for (int i = 0; i < kMostTries; ++i) {
    const WallTime now = parts_.clock.now().time;
    auto checked = co_await parts_.reading.run<Checked>([this, box, batch, now] {
      return check_batch({.store = parts_.store, .cosigner = parts_.cosigner}, box, *batch, now);
    });
    if (!checked) co_return checked.error();
    if (auto* answer = std::get_if<Answer>(&*checked)) {
      auto told = co_await tell(box, std::move(*answer));
      co_return told;
    }
    if (auto* doubt = std::get_if<Doubt>(&*checked)) {
      auto kept = co_await keep_doubt(std::move(*doubt));
      if (!kept) co_return kept.error();
      continue;
    }
    if (auto* forking = std::get_if<Forking>(&*checked)) {
      auto kept = co_await keep_fork(*forking);
      if (!kept) co_return kept.error();
      if (!*kept) continue;
      auto told = co_await tell(box, std::move(forking->answer));
      co_return told;
    }
    auto appending = std::make_shared<Appending>(std::get<Appending>(*std::move(checked)));
    auto done = co_await append(appending);
    if (!done) co_return done.error();
    if (*done) co_return appended_reply(*appending);
  }
  co_return sync::BatchReply(sync::Busy{kComeBackSoon});
}

// The answer, once its alarm is raised.
Task<sync::BatchReply> SyncApi::tell(const std::string& box, Answer answer) {
  if (answer.alarm) {
    auto raised = co_await raise(*std::move(answer.alarm));
    if (!raised) co_return raised.error();
  } else if (const auto* no = std::get_if<sync::Revoked>(&answer.reply)) {
    refuse({.box = box, .address = {}}, 403, no->text);
  }
  co_return std::move(answer.reply);
}

Task<bool> SyncApi::keep_fork(Forking& forking) {
  if (forking.opened) {
    auto added = co_await parts_.writing.run<bool>(
        [this, fork = *forking.opened] { return parts_.store.add_log(fork); });
    if (!added) co_return added.error();
  }
  auto appended = co_await append(std::make_shared<Appending>(std::move(forking.appending)));
  co_return appended;
}

Task<void> SyncApi::keep_doubt(Doubt doubt) {
  if (doubt.alarm) {
    auto raised = co_await raise(*std::move(doubt.alarm));
    if (!raised) co_return raised;
  }
  auto set = co_await parts_.writing.run<bool>(
      [this, log = std::move(doubt.log)] { return parts_.store.set_floor(log); });
  if (!set) co_return set.error();
  co_return Result<void>();
}

Task<HttpResponse> SyncApi::epochs(HttpRequest request) {
  const WallTime now = parts_.clock.now().time;
  auto stranger = co_await parts_.reading.run<std::optional<Refusal>>(
      [this, peer = request.peer, now] { return check_peer(parts_.store, peer, now); });
  if (!stranger) co_return sync::write_reply(unavailable(stranger.error()), kThisVersion);
  if (*stranger) {
    auto turned = co_await forbid(**std::move(stranger));
    co_return turned;
  }
  if (request.body.size() > sync::kLongestEpochs) co_return refuse(request.peer, 413, "too long");
  const auto certificates = sync::parse_epochs(request.body);
  if (!certificates) co_return refuse(request.peer, 400, certificates.error().message());
  const std::string box = request.peer.box;
  for (const sync::EpochCertificate& certificate : *certificates) {
    auto checked = co_await parts_.reading.run<CheckedEpoch>(
        [this, box, certificate, now] { return check_epoch(parts_.store, box, certificate, now); });
    if (!checked) co_return sync::write_reply(unavailable(checked.error()), kThisVersion);
    if (!checked->refusal.empty()) {
      co_return refuse(request.peer, 403, checked->refusal);
    }
    if (!checked->log) continue;
    auto added = co_await parts_.writing.run<bool>(
        [this, log = *checked->log] { return parts_.store.add_log(log); });
    if (added && *added && checked->alarm) {
      auto raised = co_await raise(*checked->alarm);
      if (!raised) added = raised.error();
    }
    if (!added) co_return sync::write_reply(unavailable(added.error()), kThisVersion);
  }
  co_return net::respond(200, "application/json", "{}\n");
}

Task<bool> SyncApi::append(std::shared_ptr<Appending> appending) {
  const auto mine = std::make_shared<Waiting>(appending, std::nullopt);
  {
    const std::scoped_lock lock(waiting_lock_);
    waiting_.push_back(mine);
  }
  auto appended = co_await parts_.writing.run<Appended>([this, mine] {
    if (!mine->result) store_waiting();
    return *mine->result;
  });
  if (!appended) co_return appended.error();
  if (*appended == Appended::moved) co_return false;
  ++stored_;
  store_answered();
  for (const Alarm& alarm : appending->alarms) {
    log_warning("sync", fmt::format("{}: {}", alarm.origin, alarm.text));
  }
  co_return true;
}

// On the writing thread: all that came since it last looked, in one transaction.
void SyncApi::store_waiting() {
  std::vector<std::shared_ptr<Waiting>> together;
  {
    const std::scoped_lock lock(waiting_lock_);
    together = std::exchange(waiting_, {});
  }
  std::vector<const Appending*> batches;
  batches.reserve(together.size());
  for (const auto& one : together) batches.push_back(one->appending.get());
  const auto all = parts_.store.append_all(batches);
  // What one batch cannot have must not be kept from the others.
  const bool apart = !all && together.size() > 1 && concerns_one(all.error());
  for (std::size_t i = 0; i < together.size(); ++i) {
    std::optional<Result<Appended>>& result = together[i]->result;
    if (all) {
      result.emplace((*all)[i]);
    } else if (apart) {
      result.emplace(parts_.store.append(*batches[i]));
    } else {
      result.emplace(all.error());
    }
  }
}

sync::BatchReply SyncApi::unavailable(const Error& error) {
  // Every box that asks meets the same trouble: it is told once.
  const std::string trouble = error.message();
  if (std::exchange(trouble_, trouble) != trouble) log_error("store", trouble);
  if (error == make_error_code(LedgerErrc::store_lost)) on_lost_(error);
  return sync::Busy{kComeBackLater};
}

void SyncApi::store_answered() {
  if (!std::exchange(trouble_, {}).empty()) log_info("store", "writes again");
}

Task<HttpResponse> SyncApi::heartbeat(HttpRequest request) {
  if (request.body.size() > sync::kLongestHeartbeat) {
    co_return refuse(request.peer, 413, "too long");
  }
  const auto heartbeat = sync::parse_heartbeat(request.body);
  if (!heartbeat) co_return refuse(request.peer, 400, heartbeat.error().message());
  const std::string box = request.peer.box;
  auto known = co_await parts_.reading.run<Known>(
      [this, peer = request.peer, origin = heartbeat->origin, office = heartbeat->office,
       now = parts_.clock.now().time] {
        auto log = known_log(parts_.store, peer, origin, now);
        if (log && log->own && !office.empty()) log->office = hear(office);
        return log;
      });
  if (!known) co_return sync::write_reply(unavailable(known.error()), kThisVersion);
  if (known->stranger) {
    auto turned = co_await forbid(*std::move(known->stranger));
    co_return turned;
  }
  if (!known->own) co_return refuse(request.peer, 403, "not a log of this box");
  auto kept = co_await keep_news(box, std::move(known->office.news));
  if (!kept) co_return sync::write_reply(unavailable(kept.error()), kThisVersion);
  const WallTime now = parts_.clock.now().time;
  last_words_.insert_or_assign(
      box, LastWord{.box = box, .received = now, .json = std::move(request.body)});
  co_return sync::write_heartbeat_reply({.time = now,
                                         .size = known->size,
                                         .pack = std::nullopt,
                                         .office = std::move(known->office.word)});
}

std::vector<LastWord> SyncApi::take_last_words() {
  std::vector<LastWord> words;
  words.reserve(last_words_.size());
  for (auto& [box, word] : last_words_) words.push_back(std::move(word));
  last_words_.clear();
  return words;
}

Task<void> SyncApi::keep_last_words() {
  auto words = take_last_words();
  if (words.empty()) co_return Result<void>();
  const auto all = std::make_shared<const std::vector<LastWord>>(std::move(words));
  auto kept =
      co_await parts_.writing.run<void>([this, all] { return parts_.store.keep_last_words(*all); });
  if (!kept) {
    for (const LastWord& word : *all) last_words_.try_emplace(word.box, word);  // unless newer
    unavailable(kept.error());
  } else {
    store_answered();
  }
  co_return kept;
}

}  // namespace yijuan::ledger
