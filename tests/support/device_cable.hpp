// The cable to a simulated device, for tests on one loop: a stream source that can be unplugged.
// The device lives on while the cable is out. A Device has receive(now, bytes), transmit(now),
// next_transmission() and hang_up(), as the drivers' fakes do.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/with_timeout.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::test {

template <class Device>
class DeviceCable {
 public:
  DeviceCable(const asio::any_io_executor& executor, Clock& clock, Device& device)
      : clock_(clock), device_(device), changed_(executor) {}

  /// For one driver; the cable outlives it, and may be given to the next one.
  [[nodiscard]] std::unique_ptr<StreamSource> source() { return std::make_unique<Source>(*this); }

  void unplug() {
    plugged_ = false;
    device_.hang_up();
    changed_.set();
  }
  void plug() { plugged_ = true; }
  /// After whatever was done to the device itself: it may have something to say now.
  void wake() { changed_.set(); }
  [[nodiscard]] int opened() const { return opened_; }

 private:
  static Error pulled() {
    return {std::make_error_code(std::errc::io_error), "the simulated cable is out"};
  }

  class End : public ByteStream {
   public:
    explicit End(DeviceCable& cable) : cable_(cable), generation_(cable.opened_) {}

    Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
      while (inbox_.empty()) {
        if (!alive()) co_return pulled();
        inbox_ = cable_.device_.transmit(cable_.clock_.now());
        if (!inbox_.empty()) break;
        auto waited = co_await wait();
        if (!waited) co_return waited.error();
      }
      const auto count = std::min(buffer.size(), inbox_.size());
      const auto end = inbox_.begin() + static_cast<std::ptrdiff_t>(count);
      std::copy(inbox_.begin(), end, buffer.begin());
      inbox_.erase(inbox_.begin(), end);
      co_return count;
    }

    Task<void> write(BytesView bytes) override {
      if (!alive()) co_return pulled();
      cable_.device_.receive(cable_.clock_.now(), bytes);
      cable_.changed_.set();
      co_return Result<void>();
    }

    void discard_input() override {
      inbox_.clear();
      (void)cable_.device_.transmit(cable_.clock_.now());
    }

   private:
    [[nodiscard]] bool alive() const { return cable_.plugged_ && cable_.opened_ == generation_; }

    Task<void> wait() {
      cable_.changed_.clear();
      const auto due = cable_.device_.next_transmission();
      if (!due) {
        auto woken = co_await cable_.changed_.wait();
        co_return woken;
      }
      const auto left = std::max(Instant(0), *due - cable_.clock_.now());
      auto woken = co_await with_timeout(cable_.clock_, left, cable_.changed_.wait());
      if (!woken && woken.error() == AsyncErrc::timed_out) co_return Result<void>();
      co_return woken;
    }

    DeviceCable& cable_;
    int generation_;
    Bytes inbox_;
  };

  class Source : public StreamSource {
   public:
    explicit Source(DeviceCable& cable) : cable_(cable) {}

    Task<std::unique_ptr<ByteStream>> open() override {
      if (!cable_.plugged_) co_return pulled();
      ++cable_.opened_;
      (void)cable_.device_.transmit(cable_.clock_.now());  // said when nobody listened
      std::unique_ptr<ByteStream> end = std::make_unique<End>(cable_);
      co_return Result<std::unique_ptr<ByteStream>>(std::move(end));
    }
    [[nodiscard]] std::string name() const override { return "fake:cable"; }

   private:
    DeviceCable& cable_;
  };

  Clock& clock_;
  Device& device_;
  Event changed_;  // something was sent, or the cable was pulled
  bool plugged_ = true;
  int opened_ = 0;  // a stream of an earlier opening stays dead
};

}  // namespace yijuan::test
