// A journal in memory, a ledger in memory, and a link between box and ledger that a test can break.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "async/errc.hpp"
#include "net/errc.hpp"
#include "ports/journal.hpp"
#include "sync/batch.hpp"
#include "sync/client.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::sync::test {

inline tlog::Seed seed_of(std::uint8_t byte) {
  tlog::Seed seed{};
  seed.fill(byte);
  return seed;
}

inline std::string origin_of(std::uint8_t byte) {
  return "ledger.example.org/box/market-01/" +
         tlog::epoch_id_of(tlog::public_key_of(seed_of(byte)));
}

/// Entries appended are durable at once.
class FakeJournal : public Journal {
 public:
  void add(std::size_t count, const std::string& mark = "") {
    for (std::size_t i = 0; i < count; ++i) {
      lines.push_back("{\"seq\":" + std::to_string(lines.size()) + ",\"mark\":\"" + mark + "\"}");
    }
  }

  std::vector<EntryRef> append(Append /*append*/, Done /*done*/) override { return {}; }
  [[nodiscard]] Seq next_seq() const override { return lines.size(); }
  [[nodiscard]] LogHead head() const override { return {lines.size(), root(lines.size())}; }
  Task<std::vector<std::string>> read(Seq first, std::size_t max_lines,
                                      std::size_t /*max_bytes*/) override {
    const auto begin = std::min<std::size_t>(first, lines.size());
    const auto end = std::min(begin + max_lines, lines.size());
    co_return std::vector<std::string>(lines.begin() + static_cast<long>(begin),
                                       lines.begin() + static_cast<long>(end));
  }
  Task<Hash> root_at(std::uint64_t size) override { co_return root(size); }
  [[nodiscard]] std::optional<std::string> cosigned() const override { return note; }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return note_size; }
  Task<void> store_cosigned(std::uint64_t size, std::string stored) override {
    note_size = size;
    note = std::move(stored);
    co_return Result<void>();
  }

  [[nodiscard]] Hash root(std::size_t size) const {
    while (roots_.size() <= size) {
      if (!roots_.empty()) frontier_.append(tlog::leaf_hash(lines.at(roots_.size() - 1)));
      roots_.push_back(frontier_.root());
    }
    return roots_[size];
  }

  std::vector<std::string> lines;
  std::optional<std::string> note;
  std::uint64_t note_size = 0;

 private:
  mutable tlog::Frontier frontier_;
  mutable std::vector<Hash> roots_;  // by size
};

/// Does what protocol.md asks of a ledger, for one log.
class FakeLedger {
 public:
  explicit FakeLedger(tlog::VerifierKey log)
      : log_(std::move(log)),
        cosigner_("cosigner.example.org", tlog::KeyType::cosignature, seed_of(99)) {}

  [[nodiscard]] const tlog::VerifierKey& cosigner() const { return cosigner_.verifier(); }

  net::HttpResponse answer(const net::HttpRequest& request) {
    if (request.target == kHeartbeatPath) {
      heartbeats.push_back(parse_heartbeat(request.body).value());
      return write_heartbeat_reply({time, lines.size(), {}});
    }
    const auto batch = unpack(as_bytes(request.body));
    if (!batch) return write_reply(Rejected{400, batch.error().message()}, Version::two);
    return write_reply(take(*batch), batch->version);
  }

  std::vector<std::string> lines;
  std::vector<Heartbeat> heartbeats;
  WallTime time = parse_rfc3339("2026-10-17T01:00:00.000Z").value();
  int batches = 0;

 private:
  BatchReply take(const Batch& batch) {
    const auto checkpoint = tlog::open_checkpoint(batch.checkpoint, log_);
    if (!checkpoint) return Forked{checkpoint.error().message()};
    if (batch.first > lines.size()) return ResumeAt{lines.size()};
    std::vector<std::string> after = lines;
    for (std::size_t i = 0; i < batch.lines.size(); ++i) {
      const std::size_t seq = batch.first + i;
      if (seq < after.size() && after[seq] != batch.lines[i]) return Forked{"another entry"};
      if (seq >= after.size()) after.push_back(batch.lines[i]);
    }
    if (checkpoint->size < lines.size()) return ResumeAt{lines.size()};
    tlog::Frontier frontier;
    for (const std::string& line : after) frontier.append(tlog::leaf_hash(line));
    if (checkpoint->size != after.size() || checkpoint->root != frontier.root()) {
      return Forked{"another root"};
    }
    lines = after;
    ++batches;
    return Cosigned{tlog::cosign(batch.checkpoint, cosigner_, time).value()};
  }

  tlog::VerifierKey log_;
  tlog::SigningKey cosigner_;
};

/// Hands requests to the ledger, except where a step of the script says otherwise.
class ScriptedUplink : public Uplink {
 public:
  using Step = std::function<Result<net::HttpResponse>(FakeLedger&, const net::HttpRequest&)>;

  explicit ScriptedUplink(FakeLedger& ledger, Clock& clock) : ledger_(ledger), clock_(clock) {}

  Task<net::HttpResponse> send(net::HttpRequest request,
                               std::chrono::nanoseconds timeout) override {
    const bool batch = request.target == kBatchPath || request.target == kBatchPathOfVersion1;
    if (batch) batch_times.push_back(clock_.now());
    request_bytes += request.body.size();
    if (down) {
      auto slept = co_await clock_.sleep_for(down_delay.value_or(timeout));
      if (!slept) co_return slept.error();
      if (down_delay) co_return NetErrc::unreachable;
      co_return AsyncErrc::timed_out;
    }
    std::deque<Step>& script = batch ? batches : heartbeats;
    if (!script.empty()) {
      const Step step = std::move(script.front());
      script.pop_front();
      co_return step(ledger_, request);
    }
    if (always && batch) co_return always(ledger_, request);
    co_return ledger_.answer(request);
  }

  bool down = false;
  std::optional<std::chrono::nanoseconds> down_delay{};  // how soon it fails; else at the deadline
  std::deque<Step> batches;
  std::deque<Step> heartbeats;
  Step always;
  std::vector<Instant> batch_times;
  std::size_t request_bytes = 0;

 private:
  FakeLedger& ledger_;
  Clock& clock_;
};

class SeededRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) {
      state_ = state_ * 6364136223846793005U + 1442695040888963407U;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_ = 7;
};

/// The three entries of a one-coin gift as a box writes them: salts and claims cannot be packed.
inline std::vector<std::string> one_coin_gift(Seq seq, Random& random) {
  const WallTime start = parse_rfc3339("2026-10-17T01:00:00.000Z").value();
  const auto ms = std::chrono::milliseconds(20'317 * (seq / 3));
  const auto line = [&](Seq at, int later, tlog::Body body) {
    tlog::Header header{at,
                        {start + ms, ClockQuality::ntp},
                        "0123456789abcdef",
                        std::chrono::milliseconds(8'000'000) + ms,
                        {}};
    header.at.time += std::chrono::milliseconds(later);
    header.up += std::chrono::milliseconds(later);
    random.fill(header.salt);
    return tlog::write_line(header, body);
  };
  const tlog::Terms terms{tlog::Activity::one_yuan, "general", ""};
  tlog::Cash cash{"coin", "480123", static_cast<int>(1 + seq / 3 % 255), Fen(100), seq / 3, terms};
  tlog::Gift gift{terms, tlog::Channel::cash, Fen(100), "sample-2026", 1, seq / 3 + 1, {seq}, {},
                  "done"};
  random.fill(gift.claim);
  const tlog::Slip slip{seq + 1, 1, tlog::SlipOutcome::printed, ""};
  return {line(seq, 0, cash), line(seq + 1, 0, gift), line(seq + 2, 1873, slip)};
}

}  // namespace yijuan::sync::test
