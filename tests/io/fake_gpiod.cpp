#include "tests/io/fake_gpiod.hpp"

#include <gpiod.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <mutex>

// The library's own incomplete types; theirs are never seen here.
struct gpiod_chip {};
struct gpiod_line {};

namespace yijuan::fake_gpiod {
namespace {

struct World {
  std::mutex mutex;  // a pulse ends on a thread
  gpiod_chip chip;
  gpiod_line line;
  std::array<int, 2> pipe{-1, -1};
  std::deque<Edge> queue;
  std::vector<int> written;
  std::string consumer;
  int refusal = 0;
  int open_chips = 0;
  int flags = 0;
  int level = 0;
  bool gone = false;
};

World& world() {
  static World one;
  return one;
}

int request(int flags) {
  auto& w = world();
  w.flags = flags;
  if (w.refusal == 0) return 0;
  errno = w.refusal;
  return -1;
}

timespec before_now(std::chrono::nanoseconds age) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto at = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) - age;
  return {.tv_sec = at / std::chrono::seconds(1),
          .tv_nsec = (at % std::chrono::seconds(1)).count()};
}

}  // namespace

void reset() {
  auto& w = world();
  const std::scoped_lock lock(w.mutex);
  for (int& end : w.pipe) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  if (::pipe(w.pipe.data()) != 0) abort();
  w.queue.clear();
  w.written.clear();
  w.consumer.clear();
  w.refusal = w.flags = w.level = 0;
  w.gone = false;
}

void refuse(int error, std::string consumer) {
  world().refusal = error;
  world().consumer = std::move(consumer);
}

void put(const std::vector<Edge>& edges, bool level) {
  auto& w = world();
  w.queue.insert(w.queue.end(), edges.begin(), edges.end());
  w.level = level ? 1 : 0;
  if (::write(w.pipe[1], "e", 1) != 1) abort();
}

void unplug() {
  world().gone = true;
  if (::write(world().pipe[1], "g", 1) != 1) abort();
}

int open_chips() {
  return world().open_chips;
}
int flags() {
  return world().flags;
}
std::vector<int> written() {
  const std::scoped_lock lock(world().mutex);
  return world().written;
}

}  // namespace yijuan::fake_gpiod

using yijuan::fake_gpiod::world;

extern "C" {

gpiod_chip* gpiod_chip_open_lookup(const char* name) {
  if (std::string(name) != "gpiochip0" || world().gone) {
    errno = ENOENT;
    return nullptr;
  }
  ++world().open_chips;
  return &world().chip;
}

void gpiod_chip_close(gpiod_chip*) {
  --world().open_chips;
}

gpiod_line* gpiod_chip_get_line(gpiod_chip*, unsigned offset) {
  if (offset < 8) return &world().line;
  errno = EINVAL;
  return nullptr;
}

gpiod_line* gpiod_line_find(const char* name) {
  errno = 0;  // as the library leaves it when it looked through every chip
  if (std::string(name) != "DOOR" || world().gone) return nullptr;
  ++world().open_chips;
  return &world().line;
}

gpiod_chip* gpiod_line_get_chip(gpiod_line*) {
  return &world().chip;
}

const char* gpiod_line_consumer(gpiod_line*) {
  return world().consumer.empty() ? nullptr : world().consumer.c_str();
}

int gpiod_line_request_both_edges_events_flags(gpiod_line*, const char*, int flags) {
  return yijuan::fake_gpiod::request(flags);
}

int gpiod_line_request_output_flags(gpiod_line*, const char*, int flags, int value) {
  world().written.push_back(value);
  return yijuan::fake_gpiod::request(flags);
}

int gpiod_line_event_get_fd(gpiod_line*) {
  return world().pipe[0];
}

int gpiod_line_get_value(gpiod_line*) {
  if (!world().gone) return world().level;
  errno = ENODEV;
  return -1;
}

int gpiod_line_set_value(gpiod_line*, int value) {
  const std::scoped_lock lock(world().mutex);
  if (world().gone) {
    errno = ENODEV;
    return -1;
  }
  world().written.push_back(value);
  return 0;
}

int gpiod_line_event_read_multiple(gpiod_line*, gpiod_line_event* events, unsigned most) {
  auto& w = world();
  if (w.gone) {
    errno = ENODEV;
    return -1;
  }
  char one = 0;
  if (::read(w.pipe[0], &one, 1) != 1) return -1;
  const auto count = std::min<std::size_t>(most, w.queue.size());
  for (std::size_t index = 0; index < count; ++index) {
    const auto& edge = w.queue.front();
    events[index].ts = yijuan::fake_gpiod::before_now(edge.age);
    events[index].event_type =
        edge.rising ? GPIOD_LINE_EVENT_RISING_EDGE : GPIOD_LINE_EVENT_FALLING_EDGE;
    w.queue.pop_front();
  }
  return static_cast<int>(count);
}

}  // extern "C"
