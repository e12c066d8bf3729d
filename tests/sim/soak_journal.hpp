// A journal in memory for days of simulated life: commits when it is told, forgets at a power cut
// what was not committed, and keeps the books over what was.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "kiosk/history.hpp"
#include "ports/journal.hpp"

namespace yijuan::sim {

/// What durable entries say of one acceptor.
struct DeviceSums {
  std::uint64_t pieces = 0;  // credited, test money too
  Fen credited;
  std::uint64_t lost = 0;     // events in gaps with a number
  std::uint64_t unknown = 0;  // gaps without
  std::uint64_t disputed = 0;
  Fen disputed_sum;
  std::uint64_t returned = 0;
  std::uint64_t intents = 0;
};

/// What the durable log says of the devices.
class SoakLog {
 public:
  virtual ~SoakLog() = default;
  /// How far the acceptor's events are known.
  [[nodiscard]] virtual std::optional<CounterMark> mark(const std::string& device) const = 0;
  [[nodiscard]] DeviceSums sums(const std::string& device) const {
    const auto at = sums_.find(device);
    return at == sums_.end() ? DeviceSums{} : at->second;
  }
  /// Entries that say that the door was opened, and whether the last one says so.
  [[nodiscard]] std::uint64_t openings() const { return openings_; }
  [[nodiscard]] bool door_open() const { return door_open_; }
  /// Times that the door's contact was said to be restless, and whether it is.
  [[nodiscard]] std::uint64_t restless_times() const { return restless_times_; }
  [[nodiscard]] bool door_restless() const { return door_restless_; }

 protected:
  void learn(const tlog::Body& body);

 private:
  std::map<std::string, DeviceSums> sums_;
  std::uint64_t openings_ = 0;
  std::uint64_t restless_times_ = 0;
  bool door_open_ = false;
  bool door_restless_ = false;
};

class SoakJournal : public Journal, public SoakLog {
 public:
  std::vector<EntryRef> append(Append append, Done done) override;
  [[nodiscard]] Seq next_seq() const override { return next_; }
  [[nodiscard]] LogHead head() const override { return {durable_.size, {}}; }
  Task<std::vector<std::string>> read(Seq, std::size_t, std::size_t) override;
  Task<Hash> root_at(std::uint64_t) override;
  [[nodiscard]] std::optional<std::string> cosigned() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return 0; }
  Task<void> store_cosigned(std::uint64_t, std::string) override;

  /// The oldest commit ends, if one is under way.
  bool commit_one();
  void commit_all();
  /// The oldest commit fails, if one is under way: nothing of it is kept, nor of what follows,
  /// until the next start.
  bool fail_one(const Error& error);
  /// The power goes: what is not committed is as if it had never been.
  void cut_power();

  [[nodiscard]] const kiosk::History& durable() const { return durable_; }
  [[nodiscard]] std::optional<CounterMark> mark(const std::string& device) const override;

  WallReading now;

 private:
  struct Waiting {
    Seq first = 0;
    Append append;
    WallReading at;
    Done done;
  };
  void keep(Seq seq, const WallReading& at, const tlog::Body& body);

  std::deque<Waiting> waiting_;
  Seq next_ = 0;
  bool broken_ = false;
  kiosk::History durable_;
  std::map<std::string, CounterMark> marks_;
};

}  // namespace yijuan::sim
