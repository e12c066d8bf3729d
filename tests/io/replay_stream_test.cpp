// A recording played to a driver: in step, in time, and strict.
#include "io/replay_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/stream_source.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using testing::HasSubstr;

Task<void> listen(Replay& replay, std::vector<std::string>& told) {
  while (true) {
    auto text = co_await replay.next_told();
    if (!text) co_return Result<void>();
    told.push_back(std::move(*text));
  }
}

class ReplayTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context, 3s};
  std::unique_ptr<Replay> replay;
  std::unique_ptr<StreamSource> source;
  std::unique_ptr<ByteStream> stream;

  void play(const std::string& lines) {
    auto recording = parse_recording("yijuan-recording 1\n" + lines);
    ASSERT_TRUE(recording) << recording.error().message();
    replay = std::make_unique<Replay>(std::move(*recording), "a.rec", clock);
    auto made = make_stream_source("serial:/dev/none", clock, {.tap = replay.get()});
    ASSERT_TRUE(made);
    source = std::move(*made);
  }
  Result<void> open() {
    auto opened = run_task(context, clock, source->open());
    if (!opened) return opened.error();
    stream = std::move(*opened);
    return {};
  }
  Result<void> write(Bytes bytes) { return run_task(context, clock, stream->write(bytes)); }
  Result<Bytes> read(std::chrono::milliseconds limit = 1s, std::size_t most = 64) {
    Bytes buffer(most);
    auto count = run_task(context, clock, with_timeout(clock, limit, stream->read_some(buffer)));
    if (!count) return count.error();
    buffer.resize(*count);
    return buffer;
  }
};

TEST_F(ReplayTest, GivesTheDevicesBytesInStepWithWhatIsWritten) {
  play("0 +\n1000 > 0102\n3000 < aa\n4000 < bbcc\n10000 > 03\n11000 < dd\n");
  ASSERT_TRUE(open());
  EXPECT_EQ(read(50ms).error(), make_error_code(AsyncErrc::timed_out));  // it must write first
  ASSERT_TRUE(write({1}));
  ASSERT_TRUE(write({2}));
  EXPECT_EQ(*read(), (Bytes{0xAA}));
  EXPECT_EQ(*read(1s, 1), (Bytes{0xBB}));  // in smaller pieces than recorded
  EXPECT_EQ(*read(), (Bytes{0xCC}));
  EXPECT_FALSE(replay->ended());
  ASSERT_TRUE(write({3}));
  EXPECT_EQ(*read(), (Bytes{0xDD}));
  EXPECT_TRUE(replay->ended());
  EXPECT_TRUE(replay->same());
}

TEST_F(ReplayTest, NothingHappensEarlierThanItDidThen) {
  play("0 +\n1000 > 01\n401000 < aa\n2000000 > 02\n");
  ASSERT_TRUE(open());
  ASSERT_TRUE(write({1}));
  EXPECT_EQ(clock.now(), 3s + 1ms);
  EXPECT_EQ(read(399ms).error(), make_error_code(AsyncErrc::timed_out));
  EXPECT_EQ(*read(2ms), (Bytes{0xAA}));
  ASSERT_TRUE(write({2}));
  EXPECT_EQ(clock.now(), 5s);
}

TEST_F(ReplayTest, AnotherWriteIsAnErrorThatNamesLineAndDifferenceAndStays) {
  play("0 +\n# a comment\n0 > 0102\n0 < aa\n");
  ASSERT_TRUE(open());
  const auto wrong = write({1, 3});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), make_error_code(IoErrc::differs));
  EXPECT_THAT(wrong.error().message(), HasSubstr("a.rec: line 4: recorded is \"> 0102\""));
  EXPECT_THAT(wrong.error().message(), HasSubstr("writes 0103"));
  EXPECT_EQ(read().error(), make_error_code(IoErrc::differs));
  EXPECT_EQ(open().error(), make_error_code(IoErrc::differs));
  EXPECT_FALSE(replay->same());
}

TEST_F(ReplayTest, WritingWhereTheDriverReadIsADifference) {
  play("0 +\n0 < aa\n");
  ASSERT_TRUE(open());
  EXPECT_EQ(write({1}).error(), make_error_code(IoErrc::differs));
}

TEST_F(ReplayTest, OpeningWhereTheDriverWentOnIsADifference) {
  play("0 +\n0 > 01\n");
  ASSERT_TRUE(open());
  EXPECT_EQ(open().error(), make_error_code(IoErrc::differs));
}

TEST_F(ReplayTest, FailuresComeBackWhereTheyWere) {
  play(
      "0 ! no such device\n1000000 +\n1000001 > 01\n1000002 ! unplugged\n2000000 +\n2000000 < "
      "aa\n");
  const auto missing = open();
  EXPECT_EQ(missing.error(), make_error_code(IoErrc::cannot_open));
  EXPECT_THAT(missing.error().message(), HasSubstr("no such device"));
  ASSERT_TRUE(open());
  ASSERT_TRUE(write({1}));
  const auto pulled = read();
  EXPECT_EQ(pulled.error(), make_error_code(IoErrc::closed));
  EXPECT_THAT(pulled.error().message(), HasSubstr("unplugged"));
  ASSERT_TRUE(open());
  EXPECT_EQ(*read(), (Bytes{0xAA}));
}

TEST_F(ReplayTest, AWriteInPartEndsWhereItDidThen) {
  play("0 +\n1000 > 0102\n1000 > 03\n900000 > 04\n");
  ASSERT_TRUE(open());
  const Bytes bytes = {1, 2, 3, 4};
  EXPECT_EQ(*run_task(context, clock, stream->write_some(bytes)), 3U);
  EXPECT_EQ(*run_task(context, clock, stream->write_some(BytesView(bytes).subspan(3))), 1U);
  EXPECT_TRUE(replay->ended());
}

TEST_F(ReplayTest, AnOlderStreamIsDead) {
  play("0 +\n0 +\n0 < aa\n");
  ASSERT_TRUE(open());
  auto older = std::move(stream);
  ASSERT_TRUE(open());
  const Bytes bytes = {1};
  EXPECT_EQ(run_task(context, clock, older->write(bytes)).error(), make_error_code(IoErrc::closed));
}

TEST_F(ReplayTest, WhatTheKioskToldIsHandedOutInItsPlace) {
  play("0 = mark 7 3 open\n0 +\n1000 > 01\n2000 = accept on\n3000 > 02\n");
  std::vector<std::string> told;
  TaskGroup group(context.get_executor(), {});
  group.spawn("told", listen(*replay, told));
  ASSERT_TRUE(open());
  EXPECT_EQ(told, (std::vector<std::string>{"mark 7 3 open"}));
  ASSERT_TRUE(write({1}));
  EXPECT_EQ(told.size(), 1U);
  ASSERT_TRUE(write({2}));
  EXPECT_EQ(told.size(), 2U);
  clock.settle();
  EXPECT_TRUE(group.empty());
}

TEST_F(ReplayTest, TheEndIsAsIfTheDeviceWereUnplugged) {
  play("0 +\n0 > 01\n");
  ASSERT_TRUE(open());
  ASSERT_TRUE(write({1}));
  EXPECT_EQ(read(50ms).error(), make_error_code(AsyncErrc::timed_out));
  EXPECT_EQ(write({1}).error(), make_error_code(IoErrc::closed));
  EXPECT_EQ(open().error(), make_error_code(IoErrc::closed));
  EXPECT_TRUE(replay->same());
}

TEST_F(ReplayTest, APortCanBeARecordingAndPassesOverWhatTheKioskTold) {
  test::TemporaryDirectory directory;
  const auto path = directory.path() / "coin.rec";
  ASSERT_TRUE(write_file_atomically(path, "yijuan-recording 1\n0 = accept on\n0 +\n0 < aa\n"));
  auto made = make_stream_source("replay:" + path.string(), clock);
  ASSERT_TRUE(made) << made.error().message();
  source = std::move(*made);
  EXPECT_EQ(source->name(), "replay:" + path.string());
  ASSERT_TRUE(open());
  EXPECT_EQ(*read(), (Bytes{0xAA}));
  EXPECT_FALSE(make_stream_source("replay:" + (directory.path() / "none").string(), clock));
  ASSERT_TRUE(write_file_atomically(path, "something else\n"));
  const auto bad = make_stream_source("replay:" + path.string(), clock);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), make_error_code(IoErrc::bad_recording));
  EXPECT_THAT(bad.error().message(), HasSubstr("line 1"));
}

}  // namespace
}  // namespace yijuan
