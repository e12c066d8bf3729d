// What a tap hears of a stream, and in which order.
#include "io/tapped_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "io/errc.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using testing::ElementsAre;

/// Its writes last until they are let through, and then end as `outcome`.
class SlowLine : public ByteStream {
 public:
  SlowLine(Event& let_through, Result<void>& outcome)
      : let_through_(let_through), outcome_(outcome) {}
  Task<std::size_t> read_some(std::span<std::uint8_t> /*buffer*/) override {
    co_return Error(IoErrc::closed, "unplugged");
  }
  Task<void> write(BytesView /*bytes*/) override {
    auto waited = co_await let_through_.wait();
    if (!waited) co_return waited;
    co_return outcome_;
  }
  void discard_input() override {}

 private:
  Event& let_through_;
  Result<void>& outcome_;
};

class OneLine : public StreamSource {
 public:
  explicit OneLine(std::unique_ptr<ByteStream> line) : line_(std::move(line)) {}
  Task<std::unique_ptr<ByteStream>> open() override {
    co_return Result<std::unique_ptr<ByteStream>>(std::move(line_));
  }
  [[nodiscard]] std::string name() const override { return "one"; }

 private:
  std::unique_ptr<ByteStream> line_;
};

struct Heard : StreamTap {
  std::vector<std::string> all;
  void opened() override { all.emplace_back("+"); }
  void read(BytesView bytes) override { all.push_back("< " + to_hex(bytes)); }
  void written(BytesView bytes) override { all.push_back("> " + to_hex(bytes)); }
  void failed(const Error& error) override { all.push_back("! " + std::string(error.detail())); }
};

class TappedStreamTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context, 3s};
  Event let_through{context.get_executor()};
  Result<void> outcome;
  Heard heard;
  std::unique_ptr<StreamSource> source = make_tapped_source(
      std::make_unique<OneLine>(std::make_unique<SlowLine>(let_through, outcome)), heard);
  std::unique_ptr<ByteStream> stream;
  TaskGroup group{context.get_executor(), [](std::string_view, const Error&) {}};
  const Bytes poll{0xFE};

  void begin_to_write() {
    auto opened = run_task(context, clock, source->open());
    ASSERT_TRUE(opened);
    stream = std::move(*opened);
    group.spawn("driver", stream->write(poll));
    clock.run_for(1ms);
  }
};

TEST_F(TappedStreamTest, WhatIsToldWhileBytesAreOnTheirWayComesAfterThem) {
  begin_to_write();
  heard.all.emplace_back("= accept on");
  let_through.set();
  clock.run_for(1ms);
  EXPECT_THAT(heard.all, ElementsAre("+", "> fe", "= accept on"));
}

TEST_F(TappedStreamTest, AWriteThatFailsIsToldAfterWhatItBeganToWrite) {
  begin_to_write();
  outcome = Error(IoErrc::closed, "unplugged");
  let_through.set();
  clock.run_for(1ms);
  EXPECT_THAT(heard.all, ElementsAre("+", "> fe", "! unplugged"));
}

TEST_F(TappedStreamTest, ACancelledWriteIsNoFailure) {
  begin_to_write();
  group.cancel();
  clock.run_for(1ms);
  EXPECT_THAT(heard.all, ElementsAre("+", "> fe"));
}

}  // namespace
}  // namespace yijuan
