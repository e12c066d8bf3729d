#include "async/task_group.hpp"

#include <utility>

#include "async/cancellation.hpp"
#include "base/assert.hpp"

namespace yijuan {

struct TaskGroup::Member : detail::Canceller {
  std::string name;
  Members::iterator place;  // a server has thousands of children that end in any order
};

TaskGroup::TaskGroup(asio::any_io_executor executor, OnError on_error)
    : executor_(std::move(executor)), on_error_(std::move(on_error)), none_left_(executor_) {
  none_left_.set();
}

TaskGroup::~TaskGroup() {
  YIJUAN_ASSERT(children_.empty(), "a task group was destroyed before its tasks ended");
}

void TaskGroup::spawn(std::string name, Task<void> task) {
  auto member = std::make_shared<Member>();
  member->name = std::move(name);
  member->place = children_.insert(children_.end(), member);
  none_left_.clear();
  asio::co_spawn(executor_, run(member, std::move(task)),
                 asio::bind_cancellation_slot(member->signal.slot(), detail::RootEnded{member}));
  if (cancelled_) member->cancel(executor_);
}

asio::awaitable<void> TaskGroup::run(std::shared_ptr<Member> member, Task<void> task) {
  co_await detail::begin_root(*member);
  Result<void> result;
  try {
    auto ended = co_await std::move(task);
    result = std::move(ended);
  } catch (...) {
    result = Result<void>(detail::error_of_exception(std::current_exception()));
  }
  remove(member, result);
}

void TaskGroup::remove(const std::shared_ptr<Member>& member, const Result<void>& result) {
  if (!result && result.error() != make_error_code(AsyncErrc::cancelled)) {
    on_error_(member->name, result.error());
  }
  children_.erase(member->place);
  if (children_.empty()) none_left_.set();
}

void TaskGroup::cancel() {
  cancelled_ = true;
  // A copy: a cancelled child may spawn or end others at once.
  const Members children = children_;
  for (const auto& member : children) member->cancel(executor_);
}

Task<void> TaskGroup::join() {
  return none_left_.wait();
}

asio::awaitable<void> TaskGroup::cancel_and_join() {
  cancel();
  co_await none_left_.wait_shielded();
}

std::vector<std::string> TaskGroup::names() const {
  std::vector<std::string> names;
  for (const auto& member : children_) names.push_back(member->name);
  return names;
}

}  // namespace yijuan
