#include "drivers/cctalk/fake_port.hpp"

#include <algorithm>

#include "async/with_timeout.hpp"

namespace yijuan::cctalk_fake {
namespace {

Error pulled() {
  return {std::make_error_code(std::errc::io_error), "the simulated cable is out"};
}

}  // namespace

class FakePort::End : public ByteStream {
 public:
  explicit End(FakePort& port) : port_(port), generation_(port.opened_) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override;
  Task<void> write(BytesView bytes) override;
  void discard_input() override {
    inbox_.clear();
    (void)port_.device_.transmit(port_.clock_.now());
  }

 private:
  [[nodiscard]] bool alive() const { return port_.plugged_ && port_.opened_ == generation_; }
  Task<void> wait();

  FakePort& port_;
  int generation_;
  Bytes inbox_;
};

FakePort::FakePort(const asio::any_io_executor& executor, Clock& clock, FakeDevice& device)
    : clock_(clock), device_(device), changed_(executor) {}

Task<std::unique_ptr<ByteStream>> FakePort::open() {
  if (!plugged_) co_return pulled();
  ++opened_;
  std::unique_ptr<ByteStream> end = std::make_unique<End>(*this);
  co_return Result<std::unique_ptr<ByteStream>>(std::move(end));
}

void FakePort::unplug() {
  plugged_ = false;
  device_.hang_up();
  changed_.set();
}

Task<void> FakePort::End::wait() {
  port_.changed_.clear();
  const auto due = port_.device_.next_transmission();
  if (!due) {
    auto woken = co_await port_.changed_.wait();
    co_return woken;
  }
  const auto left = std::max(Time(0), *due - port_.clock_.now());
  auto woken = co_await with_timeout(port_.clock_, left, port_.changed_.wait());
  if (!woken && woken.error() == AsyncErrc::timed_out) co_return Result<void>();
  co_return woken;
}

Task<std::size_t> FakePort::End::read_some(std::span<std::uint8_t> buffer) {
  while (inbox_.empty()) {
    if (!alive()) co_return pulled();
    inbox_ = port_.device_.transmit(port_.clock_.now());
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

Task<void> FakePort::End::write(BytesView bytes) {
  if (!alive()) co_return pulled();
  port_.device_.receive(port_.clock_.now(), bytes);
  port_.changed_.set();
  co_return Result<void>();
}

}  // namespace yijuan::cctalk_fake
