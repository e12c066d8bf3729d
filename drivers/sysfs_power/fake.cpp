#include "drivers/sysfs_power/fake.hpp"

#include <algorithm>

#include "async/event.hpp"
#include "io/errc.hpp"

namespace yijuan::sysfs_power_fake {
namespace {

class Port : public ByteStream {
 public:
  Port(FakeModem::State& state, const asio::any_io_executor& executor)
      : state_(state), never_(executor) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    if (asked_ && !state_.answer.empty()) {
      asked_ = false;
      const std::size_t count = std::min(buffer.size(), state_.answer.size());
      std::copy_n(state_.answer.begin(), count, buffer.begin());
      co_return Result<std::size_t>(count);
    }
    auto waited = co_await never_.wait();
    co_return waited.error();
  }
  Task<void> write(BytesView bytes) override {
    asked_ = std::string(bytes.begin(), bytes.end()) == "AT+CSQ\r";
    co_return Result<void>();
  }
  void discard_input() override {}

 private:
  FakeModem::State& state_;
  Event never_;
  bool asked_ = false;
};

}  // namespace

Task<std::unique_ptr<ByteStream>> FakeModem::open() {
  if (!state_.there) co_return Error(IoErrc::cannot_open, name());
  ++state_.openings;
  std::unique_ptr<ByteStream> stream = std::make_unique<Port>(state_, executor_);
  co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
}

}  // namespace yijuan::sysfs_power_fake
