#include "drivers/escpos/fake_line.hpp"

#include <algorithm>

#include "io/errc.hpp"

namespace yijuan::escpos_fake {
namespace {

constexpr std::chrono::milliseconds kTick{10};       // of a printer that works slowly
constexpr std::chrono::milliseconds kIdleTick{100};  // of one that does nothing by itself

}  // namespace

class LineStream : public ByteStream {
 public:
  explicit LineStream(Line& line) : line_(line), waiting_(line.faults.stale) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    for (;;) {
      collect();
      if (!waiting_.empty()) break;
      if (broken() && !line_.faults.swallows) co_return IoErrc::closed;
      auto slept = co_await line_.clock_.sleep_for(line_.tick());
      if (!slept) co_return slept.error();
      line_.printer_.work(line_.faults.pace);
    }
    const std::size_t count = std::min(buffer.size(), waiting_.size());
    std::copy_n(waiting_.begin(), count, buffer.begin());
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    co_return Result<std::size_t>(count);
  }

  Task<void> write(BytesView bytes) override {
    while (!bytes.empty()) {
      auto taken = co_await write_some(bytes);
      if (!taken) co_return taken.error();
      bytes = bytes.subspan(*taken);
    }
    co_return Result<void>();
  }

  Task<std::size_t> write_some(BytesView bytes) override {
    for (;;) {
      const std::size_t room =
          line_.faults.breaks_after - std::min(line_.passed_, line_.faults.breaks_after);
      if (room == 0 && line_.faults.swallows) co_return Result<std::size_t>(bytes.size());
      if (room == 0) co_return IoErrc::closed;
      if (line_.passed_ >= line_.faults.stalls_after) {
        line_.faults.stalls_after = std::numeric_limits<std::size_t>::max();
        co_return IoErrc::failed;
      }
      const std::size_t taken = line_.printer_.receive(bytes.first(std::min(room, bytes.size())));
      line_.passed_ += taken;
      if (taken > 0) co_return Result<std::size_t>(taken);
      auto slept = co_await line_.clock_.sleep_for(line_.tick());
      if (!slept) co_return slept.error();
      line_.printer_.work(line_.faults.pace);
    }
  }

  Task<std::optional<PortStatus>> port_status() override {
    using Told = std::optional<PortStatus>;
    std::uint8_t bits = 0x18;
    if (line_.faults.port == Port::none) co_return Result<Told>(std::nullopt);
    if (line_.faults.port == Port::honest) bits = line_.printer_.port_status();
    if (line_.faults.port == Port::always_out) bits = 0x30;
    co_return Result<Told>(PortStatus{.paper_empty = (bits & 0x20) != 0,
                                      .selected = (bits & 0x10) != 0,
                                      .error = (bits & 0x08) == 0});
  }

  void discard_input() override {
    collect();
    waiting_.clear();
  }

 private:
  [[nodiscard]] bool broken() const { return line_.passed_ >= line_.faults.breaks_after; }

  void collect() {
    const Bytes answers = line_.printer_.take_answers();
    if (answers.empty() || broken()) return;
    waiting_.insert(waiting_.end(), line_.faults.noise.begin(), line_.faults.noise.end());
    waiting_.insert(waiting_.end(), answers.begin(), answers.end());
  }

  Line& line_;
  Bytes waiting_;
};

std::chrono::milliseconds Line::tick() const {
  return faults.pace > 0 ? kTick : kIdleTick;
}

Task<std::unique_ptr<ByteStream>> Line::open() {
  if (faults.refused || passed_ >= faults.breaks_after) co_return IoErrc::cannot_open;
  std::unique_ptr<ByteStream> stream = std::make_unique<LineStream>(*this);
  co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
}

}  // namespace yijuan::escpos_fake
