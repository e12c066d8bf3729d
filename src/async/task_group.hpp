// The tasks of one owner: spawned by name, cancelled and joined together. The only way to spawn in
// this tree, so that nothing outlives what it refers to: the destructor asserts that no child is
// left. Called on the loop only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"

namespace yijuan {

class TaskGroup {
 public:
  /// Told of a child that ended with an error other than AsyncErrc::cancelled. Runs on the loop;
  /// may spawn, must not destroy the group.
  using OnError = std::function<void(std::string_view name, const Error& error)>;

  TaskGroup(asio::any_io_executor executor, OnError on_error);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`; its first step runs in a later turn of the loop. After cancel() it starts
  /// cancelled.
  void spawn(std::string name, Task<void> task);
  /// Cancels all children and every one that is spawned from now on. Does not wait.
  void cancel();
  /// Waits until no child is left; AsyncErrc::cancelled if the caller is cancelled first.
  Task<void> join();
  /// Cancels all, and waits until no child is left even though the caller is cancelled too.
  asio::awaitable<void> cancel_and_join();

  [[nodiscard]] bool empty() const { return children_.empty(); }
  /// Names of the children that run, oldest first: what a stop waits for.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Member;
  using Members = std::list<std::shared_ptr<Member>>;
  asio::awaitable<void> run(std::shared_ptr<Member> member, Task<void> task);
  void remove(const std::shared_ptr<Member>& member, const Result<void>& result);

  asio::any_io_executor executor_;
  OnError on_error_;
  Members children_;
  Event none_left_;
  bool cancelled_ = false;
};

}  // namespace yijuan
