// What a server has room for: so many connections, and so many bytes of request bodies over all of
// them. Who comes when all places are taken waits at the door, and meanwhile an idle connection
// gives way, the one idle longest first: where there are more boxes than places, each still gets
// its turn. On the loop. Private to net.
#pragma once

#include <list>

#include "async/event.hpp"
#include "net/connection.hpp"

namespace yijuan::net {

class Room {
 public:
  Room(const asio::any_io_executor& executor, std::size_t places, std::size_t bytes)
      : places_(places), bytes_left_(bytes), changed_(executor) {}
  Room(const Room&) = delete;

  /// Waits for a place and takes it. One caller at a time: who waits is first in the queue.
  Task<void> enter();
  void leave();
  [[nodiscard]] std::size_t inside() const { return inside_; }
  /// Somebody waits: no connection should be kept that has its answer.
  [[nodiscard]] bool crowded() const { return crowded_; }

  /// While it lives, the connection has nothing to do and may be closed for another one.
  class Rest {
   public:
    Rest(Room& room, Connection& connection);
    ~Rest();
    Rest(const Rest&) = delete;

   private:
    Room& room_;
    std::list<Connection*>::iterator place_;
  };

  /// A part of the bytes, given back at its end.
  class Share {
   public:
    explicit Share(Room& room) : room_(room) {}
    ~Share() { room_.bytes_left_ += bytes_; }
    Share(const Share&) = delete;
    /// False: there is not so much left now.
    bool take(std::size_t bytes);

   private:
    Room& room_;
    std::size_t bytes_ = 0;
  };

 private:
  std::size_t places_;
  std::size_t bytes_left_;
  std::size_t inside_ = 0;
  bool crowded_ = false;
  std::list<Connection*> resting_;  // the longest first
  Event changed_;                   // a place is free, or somebody rests
};

}  // namespace yijuan::net
