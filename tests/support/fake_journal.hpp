// A journal in memory whose commits the test releases, or fails: what is shown before a commit is
// released was shown too early.
#pragma once

#include <deque>

#include "base/assert.hpp"
#include "ports/journal.hpp"

namespace yijuan::test {

class FakeJournal : public Journal {
 public:
  struct Kept {
    EntryRef ref;
    tlog::Body body;
  };

  std::vector<EntryRef> append(Append append, Done done) override {
    std::vector<EntryRef> refs;
    for (tlog::Body& body : append.bodies) {
      EntryRef ref{.seq = entries.size(), .leaf = {}, .at = now};
      ref.leaf[0] = static_cast<std::uint8_t>(ref.seq + 1);
      refs.push_back(ref);
      entries.push_back({ref, std::move(body)});
    }
    for (CounterMark& mark : append.marks) marks.push_back(std::move(mark));
    waiting_.push_back({std::move(done), entries.size()});
    return refs;
  }

  /// The oldest commit ends.
  void commit_one(Result<void> result = {}) {
    YIJUAN_ASSERT(!waiting_.empty(), "no commit is under way");
    auto [done, size] = std::move(waiting_.front());
    waiting_.pop_front();
    if (result) durable_ = size;
    done(std::move(result));
  }
  void commit_all() {
    while (!waiting_.empty()) commit_one();
  }
  [[nodiscard]] std::size_t under_way() const { return waiting_.size(); }

  [[nodiscard]] Seq next_seq() const override { return entries.size(); }
  [[nodiscard]] LogHead head() const override { return {durable_, {}}; }
  Task<std::vector<std::string>> read(Seq, std::size_t, std::size_t) override {
    co_return std::vector<std::string>();
  }
  Task<Hash> root_at(std::uint64_t) override { co_return Hash{}; }
  [[nodiscard]] std::optional<std::string> cosigned() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return 0; }
  Task<void> store_cosigned(std::uint64_t, std::string) override { co_return Result<void>(); }

  std::vector<Kept> entries;
  std::vector<CounterMark> marks;
  WallReading now;

 private:
  struct Waiting {
    Done done;
    std::uint64_t size = 0;
  };
  std::deque<Waiting> waiting_;
  std::uint64_t durable_ = 0;
};

}  // namespace yijuan::test
