#include "async/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "async/errc.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

class BoundedQueueTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  BoundedQueue<int> queue{context.get_executor(), 2};
  std::vector<int> taken;

  void push(int value) { ASSERT_TRUE(queue.try_push(int{value})); }
};

Task<void> take_all(BoundedQueue<int>& queue, std::vector<int>& taken) {
  while (true) {
    auto item = co_await queue.pop();
    if (!item) co_return item.error();
    taken.push_back(*item);
  }
}

Task<void> take_one(BoundedQueue<int>& queue, std::vector<int>& taken) {
  auto item = co_await queue.pop();
  if (!item) co_return item.error();
  taken.push_back(*item);
  co_return Result<void>();
}

Task<void> put(BoundedQueue<int>& queue, int first, int count) {
  for (int i = 0; i < count; ++i) {
    auto pushed = co_await queue.push(first + i);
    if (!pushed) co_return pushed;
  }
  co_return Result<void>();
}

TEST_F(BoundedQueueTest, AFullQueueRefusesAndLeavesTheItemWithItsOwner) {
  BoundedQueue<std::string> texts(context.get_executor(), 1);
  EXPECT_TRUE(texts.try_push("a"));
  std::string kept = "b";
  EXPECT_FALSE(texts.try_push(std::move(kept)));
  EXPECT_EQ(kept, "b");  // NOLINT(bugprone-use-after-move): a refused item stays
  EXPECT_TRUE(texts.full());
}

TEST_F(BoundedQueueTest, ItemsComeOutInOrder) {
  TaskGroup group(context.get_executor(), {});
  group.spawn("consumer", take_all(queue, taken));
  group.spawn("producer", put(queue, 0, 100));
  clock.settle();
  group.cancel();
  clock.settle();
  ASSERT_EQ(taken.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
}

TEST_F(BoundedQueueTest, AProducerWaitsForSpaceAndLosesNothing) {
  TaskGroup producers(context.get_executor(), {});
  producers.spawn("one", put(queue, 0, 4));
  producers.spawn("two", put(queue, 10, 4));
  clock.settle();
  EXPECT_TRUE(queue.full());
  TaskGroup group(context.get_executor(), {});
  group.spawn("consumer", take_all(queue, taken));
  clock.settle();
  EXPECT_TRUE(producers.empty());
  group.cancel();
  clock.settle();
  EXPECT_EQ(taken.size(), 8U);
}

// Asio's channel of Boost 1.81 fails this one.
TEST_F(BoundedQueueTest, AnItemPushedAfterACancelledPopStays) {
  {
    TaskGroup group(context.get_executor(), {});
    group.spawn("consumer", take_one(queue, taken));
    clock.settle();
    group.cancel();
    clock.settle();
  }
  push(7);
  TaskGroup group(context.get_executor(), {});
  group.spawn("consumer", take_one(queue, taken));
  clock.settle();
  EXPECT_EQ(taken, std::vector<int>{7});
}

TEST_F(BoundedQueueTest, APushAndACancelInOneTurnLeaveTheItemInTheQueue) {
  TaskGroup group(context.get_executor(), {});
  group.spawn("consumer", take_one(queue, taken));
  clock.settle();
  asio::post(context, [&] {
    push(7);
    group.cancel();
  });
  clock.settle();
  EXPECT_EQ(queue.size() + taken.size(), 1U);
}

TEST_F(BoundedQueueTest, ACancelledProducerQueuesNothing) {
  push(1);
  push(2);
  TaskGroup group(context.get_executor(), {});
  group.spawn("producer", put(queue, 3, 1));
  clock.settle();
  group.cancel();
  clock.settle();
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(queue.size(), 2U);
}

TEST_F(BoundedQueueTest, ACancelledConsumerCanDrainWhatIsThere) {
  push(1);
  push(2);
  TaskGroup group(context.get_executor(), {});
  group.cancel();
  group.spawn("consumer", take_all(queue, taken));
  clock.settle();
  EXPECT_EQ(taken, (std::vector<int>{1, 2}));
  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace yijuan
