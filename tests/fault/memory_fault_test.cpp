// Memory that cannot be had, at every place where the gift flow asks for it: SQLite says so and the
// journal refuses or fails; anything else ends the process. Nothing acknowledged is lost.
#include <sqlite3.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/fault/child_flow.hpp"
#include "tests/fault/tally.hpp"

namespace {

// Of what is asked for from now on, the nth is refused; and all after it, if `for_ever`.
struct Refusal {
  std::atomic<std::int64_t> left{0};  // 0: nothing is refused
  std::atomic<bool> for_ever{false};
  std::atomic<bool> happened{false};

  void arm(std::int64_t n, bool all_after_it) {
    happened = false;
    for_ever = all_after_it;
    left = n;
  }
  void disarm() { left = 0; }
  bool now() {
    if (left.load(std::memory_order_relaxed) == 0) return false;
    if (left.fetch_sub(1) != 1) return false;
    if (for_ever) left = 1;
    happened = true;
    return true;
  }
};

Refusal new_refused;
Refusal sqlite_refused;

sqlite3_mem_methods system_memory;

void* sqlite_malloc(int bytes) {
  return sqlite_refused.now() ? nullptr : system_memory.xMalloc(bytes);
}
void* sqlite_realloc(void* old, int bytes) {
  return sqlite_refused.now() ? nullptr : system_memory.xRealloc(old, bytes);
}

// Before anything else uses SQLite. Its small memory of its own would hide most of the places.
[[maybe_unused]] const bool configured = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
  sqlite3_mem_methods ours = system_memory;
  ours.xMalloc = sqlite_malloc;
  ours.xRealloc = sqlite_realloc;
  sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
  sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
  return true;
}();

}  // namespace

void* operator new(std::size_t bytes) {
  if (new_refused.now()) throw std::bad_alloc();
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
  std::free(memory);
}

namespace yijuan::fault {
namespace {

class SqliteMemoryTest : public testing::TestWithParam<bool> {};

TEST_P(SqliteMemoryTest, RefusedAtAnyPlaceLosesNothing) {
  Tally tally;
  std::map<FlowEnd, int> ends;
  int place = 1;
  for (;; ++place) {
    test::SimDisk disk;
    Promises promises;
    GiftFlow flow(disk, promises);
    sqlite_refused.arm(place, GetParam());
    const FlowEnd end = flow.run();
    sqlite_refused.disarm();
    if (!sqlite_refused.happened) break;  // never came so far
    ++ends[end];
    for (const std::string& broken : promises.broken) ADD_FAILURE() << place << ": " << broken;
    disk.end_process();
    const Aftermath after = inspect(disk, promises);
    EXPECT_EQ(after.found, Found::whole) << "place " << place << ": " << after.why;
    tally.add(GetParam() ? "SQLite, that and all after it" : "SQLite, once", after.found);
  }
  fmt::print("{} places: {} noticed by the box, {} refused at a start, {} made good\n", place - 1,
             ends[FlowEnd::failed], ends[FlowEnd::refused], ends[FlowEnd::whole]);
  EXPECT_GT(place, 500);
}

INSTANTIATE_TEST_SUITE_P(Places, SqliteMemoryTest, testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "for_ever" : "once");
});

// Two shares, for two cores.
constexpr int kShares = 2;

class OperatorNewTest : public testing::TestWithParam<int> {};

TEST_P(OperatorNewTest, RefusedAtAnyPlaceEndsTheProcessAndLosesNothing) {
  ChildFlow flow;
  Tally tally;
  int ended = 0, survived = 0;
  for (int place = 1 + GetParam();; place += kShares) {
    const pid_t child = flow.start([place] { new_refused.arm(place, false); },
                                   [] { return new_refused.happened.load(); });
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;  // never came so far
    (WIFSIGNALED(status) ? ended : survived) += 1;
    const Aftermath after = flow.look_after();
    EXPECT_EQ(after.found, Found::whole) << "place " << place << ": " << after.why;
    tally.add("operator new", after.found);
  }
  fmt::print("{} places ended the process, {} did not\n", ended, survived);
  EXPECT_GT(ended, 100);
}

INSTANTIATE_TEST_SUITE_P(Shares, OperatorNewTest, testing::Range(0, kShares));

}  // namespace
}  // namespace yijuan::fault
