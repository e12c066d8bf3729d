#include "net/room.hpp"

#include "base/assert.hpp"

namespace yijuan::net {

Task<void> Room::enter() {
  while (inside_ >= places_) {
    crowded_ = true;
    changed_.clear();
    // Its reader ends with an error and leaves; it is off the list as soon as that has run.
    if (!resting_.empty()) resting_.front()->close();
    auto waited = co_await changed_.wait();
    crowded_ = false;
    if (!waited) co_return waited;
  }
  ++inside_;
  co_return Result<void>();
}

void Room::leave() {
  YIJUAN_ASSERT(inside_ > 0, "who leaves was inside");
  --inside_;
  changed_.set();
}

Room::Rest::Rest(Room& room, Connection& connection)
    : room_(room), place_(room.resting_.insert(room.resting_.end(), &connection)) {
  room_.changed_.set();
}

Room::Rest::~Rest() {
  room_.resting_.erase(place_);
}

bool Room::Share::take(std::size_t bytes) {
  if (bytes > room_.bytes_left_) return false;
  room_.bytes_left_ -= bytes;
  bytes_ += bytes;
  return true;
}

}  // namespace yijuan::net
