#include "async/event.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "async/errc.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

class EventTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  Event event{context.get_executor()};
  TaskGroup group{context.get_executor(), {}};

  void TearDown() override {
    group.cancel();
    clock.settle();
  }
};

Task<void> wait_and_note(Event& event, std::vector<std::string>& notes) {
  auto waited = co_await event.wait();
  notes.push_back(waited ? "woken" : "cancelled");
  co_return Result<void>();
}

Task<void> wait_twice(Event& event, std::vector<std::string>& notes) {
  auto first = co_await event.wait();
  notes.push_back(first ? "woken" : "cancelled");
  auto second = co_await event.wait();
  notes.push_back(second ? "woken" : "cancelled");
  co_return Result<void>();
}

using Notes = std::vector<std::string>;

TEST_F(EventTest, ASetFlagIsSeenWithoutWaiting) {
  Notes notes;
  event.set();
  group.spawn("waiter", wait_and_note(event, notes));
  clock.settle();
  EXPECT_EQ(notes, Notes{"woken"});
}

TEST_F(EventTest, SetWakesAllWhoWait) {
  Notes notes;
  group.spawn("one", wait_and_note(event, notes));
  group.spawn("two", wait_and_note(event, notes));
  clock.settle();
  EXPECT_TRUE(notes.empty());
  event.set();
  clock.settle();
  EXPECT_EQ(notes, (Notes{"woken", "woken"}));
}

TEST_F(EventTest, AWakeUpIsNotLostWhenTheFlagIsClearedInTheSameTurn) {
  Notes notes;
  group.spawn("waiter", wait_and_note(event, notes));
  clock.settle();
  event.set();
  event.clear();
  clock.settle();
  EXPECT_EQ(notes, Notes{"woken"});
  EXPECT_FALSE(event.is_set());
}

TEST_F(EventTest, ACancelledWaiterDoesNotConsumeTheFlag) {
  Notes notes;
  group.spawn("waiter", wait_and_note(event, notes));
  clock.settle();
  asio::post(context, [this] {  // both in one turn of the loop
    event.set();
    group.cancel();
  });
  clock.settle();
  EXPECT_EQ(notes, Notes{"cancelled"});
  EXPECT_TRUE(event.is_set());
}

TEST_F(EventTest, CancelThenSetInOneTurnIsACancellationToo) {
  Notes notes;
  group.spawn("waiter", wait_and_note(event, notes));
  clock.settle();
  asio::post(context, [this] {
    group.cancel();
    event.set();
  });
  clock.settle();
  EXPECT_EQ(notes, Notes{"cancelled"});
}

TEST_F(EventTest, AWaitBegunAfterTheCancellationEndsAtOnce) {
  Notes notes;
  group.spawn("waiter", wait_twice(event, notes));
  clock.settle();
  group.cancel();
  clock.settle();
  EXPECT_EQ(notes, (Notes{"cancelled", "cancelled"}));
  EXPECT_TRUE(group.empty());
}

asio::awaitable<void> wait_shielded(Event& event, Notes& notes) {
  co_await event.wait_shielded();
  notes.push_back("woken");
}

Task<void> run_shielded(Event& event, Notes& notes) {
  co_await wait_shielded(event, notes);
  co_return Result<void>();
}

TEST_F(EventTest, AShieldedWaitOutlivesACancellation) {
  Notes notes;
  group.spawn("waiter", run_shielded(event, notes));
  clock.settle();
  group.cancel();
  clock.settle();
  EXPECT_TRUE(notes.empty());
  event.set();
  clock.settle();
  EXPECT_EQ(notes, Notes{"woken"});
}

}  // namespace
}  // namespace yijuan
