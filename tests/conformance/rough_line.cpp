#include "tests/conformance/rough_line.hpp"

#include <algorithm>

#include "async/with_timeout.hpp"

namespace yijuan::conformance {
namespace {

constexpr std::chrono::milliseconds kFloodInterval{5};

}  // namespace

std::uint8_t RoughLine::noise() {
  noise_ = noise_ * 1664525U + 1013904223U;
  return static_cast<std::uint8_t>(noise_ >> 24U);
}

class RoughLine::End : public ByteStream {
 public:
  End(RoughLine& line, std::unique_ptr<ByteStream> inner) : line_(line), inner_(std::move(inner)) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    while (true) {
      if (line_.line_ == Line::flood) {
        auto slept = co_await line_.clock_.sleep_for(kFloodInterval);
        if (!slept) co_return slept.error();
        std::ranges::generate(buffer, [this] { return line_.noise(); });
        co_return Result<std::size_t>(buffer.size());
      }
      auto count = co_await inner_->read_some(buffer);
      if (!count) co_return count;
      const auto heard = buffer.first(*count);
      if (line_.line_ == Line::silent) continue;
      if (line_.line_ == Line::good) co_return count;
      if (line_.line_ == Line::garbage) {
        std::ranges::generate(heard, [this] { return line_.noise(); });
        co_return count;
      }
      const std::size_t kept = *count / 2;
      if (kept > 0) co_return Result<std::size_t>(kept);
    }
  }

  Task<void> write(BytesView bytes) override {
    if (line_.line_ == Line::silent) co_return Result<void>();
    auto written = co_await inner_->write(bytes);
    co_return written;
  }

  void discard_input() override { inner_->discard_input(); }

 private:
  RoughLine& line_;
  std::unique_ptr<ByteStream> inner_;
};

class RoughLine::Source : public StreamSource {
 public:
  Source(RoughLine& line, std::unique_ptr<StreamSource> inner)
      : line_(line), inner_(std::move(inner)) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    auto stream = co_await inner_->open();
    if (!stream) co_return stream.error();
    std::unique_ptr<ByteStream> end = std::make_unique<End>(line_, std::move(*stream));
    co_return Result<std::unique_ptr<ByteStream>>(std::move(end));
  }
  [[nodiscard]] std::string name() const override { return inner_->name(); }

 private:
  RoughLine& line_;
  std::unique_ptr<StreamSource> inner_;
};

std::unique_ptr<StreamSource> RoughLine::wrap(std::unique_ptr<StreamSource> inner) {
  return std::make_unique<Source>(*this, std::move(inner));
}

}  // namespace yijuan::conformance
