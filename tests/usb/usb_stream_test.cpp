// Every trap of libusb in a loop, each with a test that fails for who falls into it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/errc.hpp"
#include "io/real_clock.hpp"
#include "io/stream_source.hpp"
#include "tests/support/run_task.hpp"
#include "tests/usb/usb_bus.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using test::UsbPrinterMake;
using testing::HasSubstr;

class UsbStream : public testing::Test {
 protected:
  using Stream = std::unique_ptr<ByteStream>;

  std::unique_ptr<StreamSource> source(const std::string& port = "usb:") {
    auto made = make_stream_source(port, clock);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
  }
  Result<Stream> try_open(StreamSource& from) {
    return run_task(context, with_timeout(clock, 10s, from.open()));
  }
  // Hot-plug takes a moment: asked again, as the kiosk does.
  Stream open(StreamSource& from) {
    Result<Stream> opened = try_open(from);
    for (int i = 0; i < 5 && !opened; ++i) opened = try_open(from);
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }
  std::string why_not(StreamSource& from) {
    auto opened = try_open(from);
    EXPECT_FALSE(opened);
    return opened ? "" : opened.error().message();
  }
  Result<std::size_t> write_some(ByteStream& stream, BytesView bytes,
                                 std::chrono::nanoseconds limit = 5s) {
    return run_task(context, with_timeout(clock, limit, stream.write_some(bytes)));
  }
  Result<void> write(ByteStream& stream, BytesView bytes) {
    return run_task(context, with_timeout(clock, 10s, stream.write(bytes)));
  }
  Result<Bytes> read(ByteStream& stream, std::chrono::nanoseconds limit = 5s) {
    auto count = run_task(context, with_timeout(clock, limit, stream.read_some(buffer)));
    if (!count) return count.error();
    return Bytes(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  static Task<void> read_into(ByteStream& stream, Bytes& into) {
    auto count = co_await stream.read_some(into);
    if (!count) co_return count.error();
    co_return Result<void>();
  }
  static Bytes numbers(std::size_t count) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
  }

  test::UsbBus bus;
  asio::io_context context;
  RealClock clock;
  std::array<std::uint8_t, 512> buffer{};
};

TEST_F(UsbStream, FindsThePrinterByItsClassAndPassesEveryByteBothWays) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  const Bytes job = numbers(70000);
  ASSERT_TRUE(write(*stream, job));
  EXPECT_EQ(printer->taken(), job);
  printer->say(numbers(300));
  Bytes heard;
  while (heard.size() < 300) {
    auto more = read(*stream);
    ASSERT_TRUE(more) << more.error().message();
    heard.insert(heard.end(), more->begin(), more->end());
  }
  EXPECT_EQ(heard, numbers(300));
}

TEST_F(UsbStream, TakesTheInterfaceFromTheKernelAndNeverSetsTheConfigurationAgain) {
  auto printer = bus.plug({}, "1-1");
  {
    auto from = source();
    auto stream = open(*from);
    ASSERT_TRUE(stream);
    stream.reset();
    stream = open(*from);
    const auto counts = printer->counts();
    EXPECT_EQ(counts.claims, 1) << "kept between two streams";
    EXPECT_EQ(counts.taken_over, 1);
    EXPECT_EQ(counts.configured, 0) << "it would reset the device";
    EXPECT_EQ(counts.releases, 0);
  }
  EXPECT_EQ(printer->counts().releases, 1) << "and given back at the end";
}

TEST_F(UsbStream, SaysWhatThePrinterCallsItself) {
  bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->peer(), "0416:5011 XPRINTER XP-58, serial 0001 (usb:path=1-1)");
}

TEST_F(UsbStream, APrinterThatTellsNothingOfItselfIsUsedAllTheSame) {
  UsbPrinterMake make;
  make.device_id = "";
  make.serial = "";
  make.has_port_status = false;
  auto printer = bus.plug(make, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->peer(), "0416:5011 RP-58, no serial (usb:path=1-1)");
  auto status = run_task(context, stream->port_status());
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, std::nullopt);
  ASSERT_TRUE(write(*stream, numbers(10)));
  EXPECT_EQ(printer->taken(), numbers(10));
}

TEST_F(UsbStream, ReadsThePortStatusInTheStandardsOrderOfBits) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  const std::vector<std::pair<std::uint8_t, PortStatus>> known = {
      {0x18, {.paper_empty = false, .selected = true, .error = false}},
      {0x10, {.paper_empty = false, .selected = true, .error = true}},
      {0x30, {.paper_empty = true, .selected = true, .error = true}},
      {0x38, {.paper_empty = true, .selected = true, .error = false}},
      {0x08, {.paper_empty = false, .selected = false, .error = false}},
  };
  for (const auto& [bits, meaning] : known) {
    printer->set_port_status(bits);
    auto status = run_task(context, stream->port_status());
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(*status, meaning) << int{bits};
  }
}

TEST_F(UsbStream, TakesItsEndpointsFromTheDescriptor) {
  for (const std::uint8_t out : {0x02, 0x03}) {
    UsbPrinterMake make;
    make.out = out;
    make.in = 0x81;
    make.number = 1;
    auto printer = bus.plug(make, "1-1");
    auto from = source();
    auto stream = open(*from);
    ASSERT_TRUE(stream);
    ASSERT_TRUE(write(*stream, numbers(100)));
    EXPECT_EQ(printer->taken(), numbers(100));
    printer->say(Bytes{0x12});
    auto heard = read(*stream);
    ASSERT_TRUE(heard);
    EXPECT_EQ(*heard, Bytes{0x12});
    bus.unplug(*printer);
  }
}

TEST_F(UsbStream, APrinterWithoutAnInEndpointTakesBytesAndSaysNothing) {
  UsbPrinterMake make;
  make.in = std::nullopt;
  make.protocol = 1;
  auto printer = bus.plug(make, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  ASSERT_TRUE(write(*stream, numbers(100)));
  EXPECT_EQ(printer->taken(), numbers(100));
  auto heard = read(*stream, 50ms);
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error(), AsyncErrc::timed_out);
}

TEST_F(UsbStream, ADeviceOfAnotherClassIsNoPrinter) {
  UsbPrinterMake stick;
  stick.device_class = 8;
  bus.plug(stick, "1-1");
  UsbPrinterMake wrapped;
  wrapped.protocol = 3;
  bus.plug(wrapped, "1-2");
  auto from = source();
  EXPECT_THAT(why_not(*from), HasSubstr("no USB printer is plugged in"));
}

TEST_F(UsbStream, AFullPrinterIsATimeoutWithTheExactCountAndGoesOnFromThere) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  const Bytes job = numbers(8192);
  printer->take_at_most(1000);  // 15 packets of 64 fit
  auto taken = write_some(*stream, BytesView(job).first(4096), 200ms);
  ASSERT_TRUE(taken) << taken.error().message();
  EXPECT_EQ(*taken, 960U);
  EXPECT_EQ(printer->counts().discarded, 1);
  printer->take_at_most(0);
  auto nothing = write_some(*stream, BytesView(job).subspan(960), 100ms);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error(), AsyncErrc::timed_out);
  printer->take_at_most(std::nullopt);
  ASSERT_TRUE(write(*stream, BytesView(job).subspan(960)));
  EXPECT_EQ(printer->taken(), job) << "no byte twice, none missing";
}

TEST_F(UsbStream, AReadThatIsCancelledLosesNoAnswer) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  Bytes heard;
  for (std::uint8_t i = 0; i < 50; ++i) {  // the answer races with the cancellation
    std::thread device([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(100) * i);
      printer->say(Bytes{i});
    });
    auto more = read(*stream, 3ms);
    if (more) heard.insert(heard.end(), more->begin(), more->end());
    device.join();
  }
  while (heard.size() < 50) {
    auto more = read(*stream, 2s);
    ASSERT_TRUE(more) << "lost after " << heard.size();
    heard.insert(heard.end(), more->begin(), more->end());
  }
  for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], i);
}

TEST_F(UsbStream, EmptyPacketsAreNoAnswerAndNoBusyLoop) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  printer->set_empty_answers(true);
  auto heard = read(*stream, 100ms);
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error(), AsyncErrc::timed_out);
  printer->set_empty_answers(false);
  printer->say(Bytes{0x16});
  heard = read(*stream);
  ASSERT_TRUE(heard);
  EXPECT_EQ(*heard, Bytes{0x16});
}

TEST_F(UsbStream, AHaltLeftFromBeforeIsClearedAndNobodyNotices) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  printer->stall(1);
  ASSERT_TRUE(write(*stream, numbers(200)));
  EXPECT_EQ(printer->counts().halts_cleared, 1);
  EXPECT_EQ(printer->taken(), numbers(200));
}

TEST_F(UsbStream, AHaltInsideATransferIsAnErrorAndTheNextWriteWorks) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  printer->stall(1, 128);
  auto written = write(*stream, numbers(1000));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), IoErrc::failed);
  EXPECT_EQ(printer->counts().halts_cleared, 1) << "or every later transfer would be refused";
  EXPECT_TRUE(write(*stream, numbers(1000)));
  printer->stall(5);
  EXPECT_FALSE(write(*stream, numbers(10))) << "one that refuses again and again is not asked on";
}

TEST_F(UsbStream, UnpluggedInMidTransferIsClosedAndAReplugIsFound) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  printer->take_at_most(100);
  std::thread hand([&] {
    std::this_thread::sleep_for(50ms);
    bus.unplug(*printer);
  });
  auto written = write(*stream, numbers(4000));
  hand.join();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), IoErrc::closed);
  EXPECT_THAT(why_not(*from), HasSubstr("no USB printer is plugged in"));
  auto again = bus.plug({}, "1-1");
  auto reopened = open(*from);
  ASSERT_TRUE(reopened);
  ASSERT_TRUE(write(*reopened, numbers(100)));
  EXPECT_EQ(again->taken(), numbers(100));
}

TEST_F(UsbStream, UnpluggedWhileIdleItIsLookedForAnew) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  auto stream = open(*from);
  ASSERT_TRUE(stream);
  stream.reset();
  bus.unplug(*printer);
  auto again = bus.plug({}, "1-2");
  stream = open(*from);
  ASSERT_TRUE(stream);
  Result<void> written = write(*stream, numbers(10));
  if (!written) {  // the news of the unplugging may come later than the question
    stream = open(*from);
    ASSERT_TRUE(stream);
    written = write(*stream, numbers(10));
  }
  ASSERT_TRUE(written);
  EXPECT_EQ(again->taken(), numbers(10));
}

TEST_F(UsbStream, OneThatIsPluggedInWhileItIsWaitedForIsFound) {
  auto from = source();
  std::thread hand([&] {
    std::this_thread::sleep_for(200ms);
    bus.plug({}, "1-1");
  });
  auto opened = try_open(*from);
  hand.join();
  EXPECT_TRUE(opened) << opened.error().message();
}

TEST_F(UsbStream, TwoPrintersAreToldApartBySocketAndBySerial) {
  UsbPrinterMake second;
  second.serial = "0002";
  auto left = bus.plug({}, "1-1");
  auto right = bus.plug(second, "1-2");
  {
    auto by_path = source("usb:path=1-2");
    auto stream = open(*by_path);
    ASSERT_TRUE(stream);
    ASSERT_TRUE(write(*stream, numbers(20)));
  }
  auto by_serial = source("usb:serial=0001");
  auto stream = open(*by_serial);
  ASSERT_TRUE(stream);
  ASSERT_TRUE(write(*stream, numbers(30)));
  EXPECT_EQ(right->taken(), numbers(20));
  EXPECT_EQ(left->taken(), numbers(30));
}

TEST_F(UsbStream, SeveralThatFitAreAnErrorThatNamesThemAll) {
  UsbPrinterMake other;
  other.vendor = 0x1fc9;
  other.product = 0x2016;
  bus.plug({}, "1-1");
  bus.plug({}, "1-2");  // the same serial number, as such printers have it
  bus.plug(other, "1-3");
  for (const char* port : {"usb:", "usb:0416:5011", "usb:serial=0001"}) {
    const std::string why = why_not(*source(port));
    EXPECT_THAT(why, HasSubstr("say which by usb:path=")) << port;
    EXPECT_THAT(why, HasSubstr("(usb:path=1-1)")) << port;
    EXPECT_THAT(why, HasSubstr("(usb:path=1-2)")) << port;
    EXPECT_THAT(why, HasSubstr("serial 0001")) << port;
  }
  auto only = source("usb:1fc9:2016");
  EXPECT_TRUE(open(*only));
}

TEST_F(UsbStream, OneThatIsNotThereIsAnErrorThatNamesWhatIs) {
  bus.plug({}, "1-1");
  for (const char* port : {"usb:path=1-4", "usb:serial=9999", "usb:dead:beef"}) {
    const std::string why = why_not(*source(port));
    EXPECT_THAT(why, HasSubstr("not among the USB printers here")) << port;
    EXPECT_THAT(why, HasSubstr("0416:5011 RP-58, serial 0001 (usb:path=1-1)")) << port;
  }
}

TEST_F(UsbStream, OneThatAnotherProgramHasIsAnErrorThatSaysSo) {
  auto printer = bus.plug({}, "1-1");
  printer->set_busy(true);
  auto from = source();
  EXPECT_THAT(why_not(*from), HasSubstr("another program has it"));
  printer->set_busy(false);
  EXPECT_TRUE(open(*from));
}

TEST_F(UsbStream, EndsSafelyWithTransfersUnderWayInBothDirections) {
  for (int i = 0; i < 10; ++i) {
    auto printer = bus.plug({}, "1-1");
    {
      asio::io_context loop;
      auto from = source();
      auto opened = run_task(loop, from->open());
      for (int more = 0; more < 5 && !opened; ++more) opened = run_task(loop, from->open());
      ASSERT_TRUE(opened) << opened.error().message();
      printer->take_at_most(100);
      auto job = std::make_unique<Bytes>(numbers(4000));
      auto answer = std::make_unique<Bytes>(64);
      TaskGroup group(loop.get_executor(), {});
      group.spawn("write", (*opened)->write(*job));
      group.spawn("read", read_into(**opened, *answer));
      loop.restart();
      while (printer->counts().waiting < 2) loop.poll();
      group.cancel();
      while (!group.empty()) loop.run_one();
      EXPECT_EQ(printer->counts().waiting, 0U) << "ended before their callbacks came";
      job.reset();  // freed at once: nobody may write there any more
      answer.reset();
    }
    EXPECT_EQ(printer->counts().releases, 1);
    bus.unplug(*printer);
  }
}

TEST_F(UsbStream, ALoopThatIsThrownAwayWithATransferUnderWayFreesNothingTooEarly) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  {
    asio::io_context loop;
    auto opened = run_task(loop, from->open());
    for (int more = 0; more < 5 && !opened; ++more) opened = run_task(loop, from->open());
    ASSERT_TRUE(opened) << opened.error().message();
    printer->take_at_most(0);
    auto written = run_task(loop, with_timeout(clock, 20ms, (*opened)->write(numbers(500))));
    EXPECT_FALSE(written);
    opened->reset();
    from.reset();  // as the app does: devices first, the loop last
  }
  EXPECT_EQ(printer->counts().waiting, 0U);
  EXPECT_EQ(printer->counts().releases, 1);
}

TEST_F(UsbStream, AMachineWhoseUsbCannotBeReachedIsAnErrorAndTriedAgain) {
  auto printer = bus.plug({}, "1-1");
  auto from = source();
  // The loop, and the sanitizer for its own checks, must have what they need before.
  EXPECT_NE(why_not(*source("usb:path=1-4")), "");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = dup(0);
  close(next);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);  // libusb_init fails for want of descriptors
  auto opened = try_open(*from);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("USB cannot be reached"));
  EXPECT_TRUE(open(*from)) << "the same source, once it can";
}

}  // namespace
}  // namespace yijuan
