// Recording a device of a running kioskd: what is sent to the command, and what is refused.
#include "kiosk/recordings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_task.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using testing::HasSubstr;

/// What the command would write into its file; does to the device what the test says meanwhile.
class Listener : public net::ControlProgress {
 public:
  explicit Listener(std::function<void(int)> meanwhile = {}) : meanwhile_(std::move(meanwhile)) {}
  Task<void> send(boost::json::object progress) override {
    text += progress.at("text").as_string();
    if (meanwhile_) meanwhile_(sent_++);
    if (fails) co_return Error(std::make_error_code(std::errc::broken_pipe), "gone");
    co_return Result<void>();
  }
  std::string text;
  bool fails = false;

 private:
  std::function<void(int)> meanwhile_;
  int sent_ = 0;
};

class RecordingsTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  Recordings recordings{clock};
  StreamTap* tap = recordings.tap("coin");
  // As the maker of its stream does.
  std::unique_ptr<StreamSource> none = tap->stand_in();

  Result<boost::json::object> record(Listener& listener, boost::json::object arguments) {
    return run_task(context, clock, recordings.record(std::move(arguments), listener));
  }
};

TEST_F(RecordingsTest, WhatAReplayNeedsComesBeforeTheBytes) {
  CashReport report;
  report.mark = {.device = "coin", .serial = "77", .counter = 9};
  recordings.hear(report);
  recordings.accept("coin", true);
  Listener listener([this](int turn) {
    if (turn == 0) EXPECT_TRUE(tap->cuts());
    if (turn == 1) tap->opened();
    if (turn == 2) tap->written(Bytes{1, 2});
    if (turn == 2) EXPECT_FALSE(tap->cuts());
    if (turn == 3) recordings.accept("coin", false);
    if (turn == 3) recordings.decide("coin", 10, NoteVerdict::stack);
  });
  const auto reply = record(listener, {{"device", "coin"}, {"seconds", 2}});
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_TRUE(reply->at("begun").as_bool());
  EXPECT_EQ(reply->at("events").to_number<int>(), 6);
  EXPECT_THAT(listener.text, HasSubstr("0 = mark 77 9 open\n0 = accept on\n0 +\n200000 > 0102\n"
                                       "400000 = accept off\n400000 = decide 10 stack\n"));
  EXPECT_TRUE(parse_recording(listener.text));
  EXPECT_FALSE(tap->cuts());
}

TEST_F(RecordingsTest, ADeviceThatNeverOpensIsToldSo) {
  Listener listener;
  const auto reply = record(listener, {{"device", "coin"}, {"seconds", 1}});
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->at("begun").as_bool());
}

TEST_F(RecordingsTest, RefusesWhatItCannotDo) {
  Listener listener;
  for (const auto& arguments :
       std::vector<boost::json::object>{{},
                                        {{"device", "lamp"}, {"seconds", 1}},
                                        {{"device", "coin"}, {"seconds", 0}},
                                        {{"device", "coin"}, {"seconds", 86401}},
                                        {{"device", 1}, {"seconds", 1}}}) {
    EXPECT_FALSE(record(listener, arguments));
  }
}

TEST_F(RecordingsTest, ADeviceWithoutAStreamIsRefusedAtOnce) {
  recordings.tap("touch");
  Listener listener;
  const Instant begun = clock.now();
  const auto reply = record(listener, {{"device", "touch"}, {"seconds", 100}});
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message(), HasSubstr("touch cannot be recorded: its driver uses no"));
  EXPECT_EQ(clock.now(), begun);
}

Task<void> record_again(Recordings& recordings, Listener& listener, bool& refused) {
  auto reply = co_await recordings.record({{"device", "coin"}, {"seconds", 1}}, listener);
  refused = !reply;
  co_return Result<void>();
}

TEST_F(RecordingsTest, OneRecordingOfADeviceAtATime) {
  Listener other;
  bool refused = false;
  TaskGroup group(context.get_executor(), {});
  Listener listener([&](int turn) {
    if (turn == 1) group.spawn("second", record_again(recordings, other, refused));
  });
  EXPECT_TRUE(record(listener, {{"device", "coin"}, {"seconds", 2}}));
  EXPECT_TRUE(group.empty());
  EXPECT_TRUE(refused);
}

TEST_F(RecordingsTest, ACommandThatWentAwayEndsTheRecording) {
  Listener listener;
  listener.fails = true;
  EXPECT_FALSE(record(listener, {{"device", "coin"}, {"seconds", 100}}));
  EXPECT_FALSE(tap->cuts());
  listener.fails = false;
  EXPECT_TRUE(record(listener, {{"device", "coin"}, {"seconds", 1}}));
}

TEST_F(RecordingsTest, MoreThanTheCommandTakesEndsItWithWholeLines) {
  Listener listener([this](int turn) {
    if (turn == 0) tap->opened();
    for (int count = 0; turn == 1 && count < 10000; ++count) tap->read(Bytes(200, 7));
  });
  const auto reply = record(listener, {{"device", "coin"}, {"seconds", 100}});
  ASSERT_TRUE(reply);
  EXPECT_THAT(std::string(reply->at("ended").as_string()), HasSubstr("fast enough"));
  EXPECT_TRUE(parse_recording(listener.text));
}

}  // namespace
}  // namespace yijuan::kiosk
