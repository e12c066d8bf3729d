// Recordings: what the reader refuses, what the recorder writes, what a replay gives back.
#include "io/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

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
using Kind = RecordedEvent::Kind;

std::string complaint(const std::string& lines) {
  const auto recording = parse_recording("yijuan-recording 1\n" + lines);
  return recording ? "none" : recording.error().message();
}

TEST(Recording, AnythingButTheFormatIsRefusedByLine) {
  EXPECT_FALSE(parse_recording(""));
  EXPECT_FALSE(parse_recording("yijuan-recording 2\n"));
  EXPECT_FALSE(parse_recording("yijuan-recording 1"));
  EXPECT_THAT(complaint("x +\n"), HasSubstr("line 2"));
  EXPECT_THAT(complaint("-1 +\n"), HasSubstr("offset"));
  EXPECT_THAT(complaint("0 +"), HasSubstr("does not end"));
  EXPECT_THAT(complaint("\n# text\n0 ?\n"), HasSubstr("line 4: the kind"));
  EXPECT_THAT(complaint("0 + 00\n"), HasSubstr("alone"));
  EXPECT_THAT(complaint("0 >\n"), HasSubstr("follow"));
  EXPECT_THAT(complaint("0 > \n"), HasSubstr("follow"));
  EXPECT_THAT(complaint("0 >00\n"), HasSubstr("one space"));
  EXPECT_THAT(complaint("0 > 0G\n"), HasSubstr("hex"));
  EXPECT_THAT(complaint("0 > 000\n"), HasSubstr("hex"));
  EXPECT_THAT(complaint("5 +\n4 > 00\n"), HasSubstr("line 3: earlier"));
  EXPECT_THAT(complaint("0 ! caf\xC3\xA9\n"), HasSubstr("ASCII"));
  EXPECT_THAT(complaint("0 ! " + std::string(201, 'a') + "\n"), HasSubstr("200"));
  EXPECT_THAT(complaint("0 > " + std::string(514, '0') + "\n"), HasSubstr("256 bytes"));
  EXPECT_THAT(complaint("# " + std::string(700, 'a') + "\n"), HasSubstr("640"));
  EXPECT_EQ(complaint("0 +\n0 > 00\n7 < ff\n8 ! gone\n9 = accept on\n"), "none");
}

class RecorderTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context, 5s};
  test::TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "a.rec";

  std::unique_ptr<Recorder> recorder(Recorder::Options options = {}) {
    auto made = Recorder::create(path, clock, std::move(options));
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
  }
  std::string written() { return read_file(path, 1 << 20).value_or("nothing"); }
};

TEST_F(RecorderTest, WritesWhatItsReaderReads) {
  auto recorder = this->recorder({.comment = "a coin acceptor"});
  recorder->told("accept on");
  EXPECT_TRUE(recorder->cuts());
  recorder->read(Bytes{9});  // in mid-stream: not recorded
  recorder->opened();
  EXPECT_FALSE(recorder->cuts());
  clock.run_for(1500us);
  recorder->written(Bytes(300, 0xAB));
  recorder->read(Bytes{1, 2});
  recorder->failed(Error(IoErrc::closed, "caf\xC3\xA9"));
  const auto recording = read_recording(path);
  ASSERT_TRUE(recording) << recording.error().message();
  ASSERT_EQ(recording->size(), 6U);
  EXPECT_EQ((*recording)[0].text, "accept on");
  EXPECT_EQ((*recording)[1].kind, Kind::opened);
  EXPECT_EQ((*recording)[2].offset, 1500us);
  EXPECT_EQ((*recording)[2].bytes.size() + (*recording)[3].bytes.size(), 300U);
  EXPECT_EQ((*recording)[4].bytes, (Bytes{1, 2}));
  EXPECT_EQ((*recording)[5].text, "caf??");
  EXPECT_THAT(written(), HasSubstr("# a coin acceptor\n"));
  EXPECT_EQ(recorder->bytes(), written().size());
}

TEST_F(RecorderTest, EndsAtItsSizeLimitWithWholeLines) {
  auto recorder = this->recorder({.most_bytes = 200});
  recorder->opened();
  for (int turn = 0; turn < 100; ++turn) recorder->read(Bytes{1, 2, 3});
  EXPECT_EQ(recorder->state().error(), make_error_code(IoErrc::full));
  EXPECT_LE(written().size(), 200U);
  EXPECT_TRUE(read_recording(path));
}

TEST_F(RecorderTest, NeverOverwritesAFile) {
  std::ofstream(path) << "mine";
  const auto made = Recorder::create(path, clock, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(), make_error_code(IoErrc::exists));
  EXPECT_EQ(written(), "mine");
}

TEST_F(RecorderTest, AStreamThatRunsEndsOnceSoThatTheRecordingHasABeginning) {
  const auto place = directory.path() / "device";
  auto recorder = this->recorder();
  auto source = make_stream_source("file:" + place.string(), clock, {.tap = recorder.get()});
  ASSERT_TRUE(source);
  auto stream = run_task(context, clock, (*source)->open());
  ASSERT_TRUE(stream);
  const Bytes bytes = {0x1B, 0x40};
  EXPECT_TRUE(run_task(context, clock, (*stream)->write(bytes)));
  EXPECT_THAT(written(), HasSubstr("0 > 1b40\n"));
}

TEST(TappedStream, IsCutWhereARecordingBeginsAndOpensAgain) {
  asio::io_context context;
  SimClock clock(context);
  test::TemporaryDirectory directory;
  struct Cutting : StreamTap {
    int openings = 0;
    bool cut = false;
    void opened() override { ++openings; }
    void read(BytesView) override {}
    void written(BytesView) override {}
    void failed(const Error&) override {}
    bool cuts() override { return cut; }
  } tap;
  auto source =
      make_stream_source("file:" + (directory.path() / "x").string(), clock, {.tap = &tap});
  auto stream = run_task(context, clock, (*source)->open());
  ASSERT_TRUE(stream);
  tap.cut = true;
  const Bytes bytes = {1};
  EXPECT_EQ(run_task(context, clock, (*stream)->write(bytes)).error(),
            make_error_code(IoErrc::closed));
  tap.cut = false;
  EXPECT_FALSE(run_task(context, clock, (*stream)->write(bytes)));  // this stream stays ended
  stream = run_task(context, clock, (*source)->open());
  ASSERT_TRUE(stream);
  EXPECT_TRUE(run_task(context, clock, (*stream)->write(bytes)));
  EXPECT_EQ(tap.openings, 2);
}

}  // namespace
}  // namespace yijuan
