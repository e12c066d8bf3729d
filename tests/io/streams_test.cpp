// Streams over a pseudo-terminal, loopback TCP and a file.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/real_clock.hpp"
#include "io/stream_source.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using test::run_task;

class StreamsTest : public testing::Test {
 protected:
  asio::io_context context;
  RealClock clock;
  test::TemporaryDirectory directory;
  std::array<std::uint8_t, 64> buffer{};

  std::unique_ptr<StreamSource> source(const std::string& text) {
    auto made = make_stream_source(text, clock, {.connect_limit = 5s});
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
  }
  std::unique_ptr<ByteStream> open(StreamSource& source) {
    auto stream = run_task(context, source.open());
    EXPECT_TRUE(stream) << stream.error().message();
    return stream ? std::move(*stream) : nullptr;
  }
};

struct Pty {
  Descriptor master;
  std::string path;

  Pty() {
    int master_fd = -1;
    int slave_fd = -1;
    std::array<char, 128> name{};
    if (openpty(&master_fd, &slave_fd, name.data(), nullptr, nullptr) != 0) abort();
    close(slave_fd);
    master = Descriptor(master_fd);
    path = name.data();
  }
};

TEST_F(StreamsTest, ASerialPortIsRawAndPassesEveryByteBothWays) {
  Pty pty;
  auto serial = source("serial:" + pty.path);
  EXPECT_EQ(serial->name(), "serial:" + pty.path);
  auto stream = open(*serial);
  ASSERT_TRUE(stream);
  Bytes sent;
  for (int i = 0; i < 256; ++i) sent.push_back(static_cast<std::uint8_t>(i));
  ASSERT_TRUE(run_task(context, stream->write(sent)));
  Bytes received(256);
  std::size_t have = 0;
  while (have < received.size()) {
    const ssize_t count = read(pty.master.get(), received.data() + have, received.size() - have);
    ASSERT_GT(count, 0);
    have += static_cast<std::size_t>(count);
  }
  EXPECT_EQ(received, sent);
  ASSERT_EQ(write(pty.master.get(), "\x03\x00\x1a\x0d", 4), 4);
  Bytes answer;
  while (answer.size() < 4) {
    auto count = run_task(context, with_timeout(clock, 10s, stream->read_some(buffer)));
    ASSERT_TRUE(count);
    answer.insert(answer.end(), buffer.begin(),
                  buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  EXPECT_EQ(answer, (Bytes{0x03, 0x00, 0x1a, 0x0d}));
}

TEST_F(StreamsTest, AWriteThatIsCutOffByItsTimeoutHasToldExactlyHowMuchWasTaken) {
  Pty pty;
  auto stream = open(*source("serial:" + pty.path));
  const Bytes much(1 << 20, 'x');
  std::size_t told = 0;
  for (;;) {  // nobody reads, so the line fills up
    auto taken = run_task(
        context, with_timeout(clock, 100ms, stream->write_some(BytesView(much).subspan(told))));
    if (!taken) break;
    told += *taken;
  }
  std::size_t arrived = 0;
  while (arrived < told) {
    const ssize_t count = read(pty.master.get(), buffer.data(), buffer.size());
    ASSERT_GT(count, 0);
    arrived += static_cast<std::size_t>(count);
  }
  pollfd more{.fd = pty.master.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&more, 1, 200), 0) << "more arrived than was told";
  EXPECT_GT(told, 0U);
}

TEST_F(StreamsTest, ASerialPortHasTheSettingsOfTheProtocol) {
  Pty pty;
  auto stream = open(*source("serial:" + pty.path));
  termios settings{};
  ASSERT_EQ(tcgetattr(pty.master.get(), &settings), 0);
  EXPECT_EQ(cfgetospeed(&settings), static_cast<speed_t>(B9600));
  EXPECT_EQ(settings.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(settings.c_cflag & (PARENB | CSTOPB | CRTSCTS), 0U);
  EXPECT_EQ(settings.c_lflag & (ICANON | ECHO | ISIG), 0U);
  EXPECT_EQ(settings.c_iflag & (IXON | IXOFF | ICRNL), 0U);
}

TEST_F(StreamsTest, ASerialPortWithParityMarksBytes) {
  Pty pty;
  auto made = make_stream_source("serial:" + pty.path, clock, {.parity = Parity::even});
  ASSERT_TRUE(made);
  auto stream = open(**made);
  ASSERT_TRUE(stream);
  termios settings{};
  ASSERT_EQ(tcgetattr(pty.master.get(), &settings), 0);
  EXPECT_EQ(settings.c_iflag & (INPCK | PARMRK), static_cast<tcflag_t>(INPCK | PARMRK));
  EXPECT_EQ(settings.c_iflag & (IGNPAR | ISTRIP), 0U);
  const Bytes sent = {0x81, 0xFF, 0x10};  // a terminal has no parity to be wrong, but it marks FF
  ASSERT_EQ(write(pty.master.get(), sent.data(), sent.size()), 3);
  Bytes received;
  while (received.size() < 4) {
    auto count = run_task(context, stream->read_some(buffer));
    ASSERT_TRUE(count);
    received.insert(received.end(), buffer.begin(),
                    buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  EXPECT_EQ(received, (Bytes{0x81, 0xFF, 0xFF, 0x10}));
}

TEST_F(StreamsTest, ATerminalOpenedWithParityCanBeOpenedSoAgain) {
  Pty pty;
  auto made = make_stream_source("serial:" + pty.path, clock, {.parity = Parity::even});
  ASSERT_TRUE(made);
  for (int opened = 0; opened < 3; ++opened) {
    auto stream = open(**made);  // the settings of the last time are still there
    ASSERT_TRUE(stream);
  }
}

TEST_F(StreamsTest, AHungUpSerialPortIsClosedAndCanBeOpenedAgain) {
  Pty pty;
  const std::string link = (directory.path() / "coin").string();
  std::filesystem::create_symlink(pty.path, link);
  auto serial = source("serial:" + link);
  auto stream = open(*serial);
  pty.master = Descriptor();
  auto count = run_task(context, with_timeout(clock, 10s, stream->read_some(buffer)));
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error(), make_error_code(IoErrc::closed));
  stream.reset();
  Pty again;
  std::filesystem::remove(link);
  std::filesystem::create_symlink(again.path, link);
  auto reopened = open(*serial);
  ASSERT_TRUE(reopened);
  EXPECT_TRUE(run_task(context, reopened->write(Bytes{1})));
}

TEST_F(StreamsTest, DiscardedInputIsGone) {
  Pty pty;
  auto stream = open(*source("serial:" + pty.path));
  ASSERT_EQ(write(pty.master.get(), "old", 3), 3);
  int waiting = 0;
  for (int i = 0; i < 1000 && waiting < 3; ++i) {
    Descriptor slave(::open(pty.path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK));
    waiting = slave.valid() && ioctl(slave.get(), FIONREAD, &waiting) == 0 ? waiting : 3;
    usleep(1000);
  }
  stream->discard_input();
  ASSERT_EQ(write(pty.master.get(), "n", 1), 1);
  auto count = run_task(context, with_timeout(clock, 10s, stream->read_some(buffer)));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1U);
  EXPECT_EQ(buffer[0], 'n');
}

TEST_F(StreamsTest, WhatIsNotASerialPortIsRefusedByName) {
  const auto file = directory.path() / "plain";
  ASSERT_TRUE(create_file(file, "x", 0600));
  auto stream = run_task(context, source("serial:" + file.string())->open());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error(), make_error_code(IoErrc::cannot_open));
  EXPECT_NE(stream.error().message().find(file.string()), std::string::npos);
  auto missing = run_task(context, source("serial:/nonexistent/coin")->open());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), make_error_code(IoErrc::cannot_open));
}

TEST_F(StreamsTest, AnIdleSerialPortIsNotAtItsEnd) {
  Pty pty;
  auto stream = open(*source("serial:" + pty.path));
  auto late = run_task(context, with_timeout(clock, 1ms, stream->read_some(buffer)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), make_error_code(AsyncErrc::timed_out)) << late.error().message();
}

TEST_F(StreamsTest, TcpConnectsAndSeesTheOtherEndLeave) {
  using asio::ip::tcp;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  auto tcp_source = source("tcp:127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
  auto stream = open(*tcp_source);
  ASSERT_TRUE(stream);
  tcp::socket peer = acceptor.accept();
  ASSERT_TRUE(run_task(context, stream->write(Bytes{'a', 'b'})));
  std::array<char, 2> got{};
  asio::read(peer, asio::buffer(got));
  EXPECT_EQ(got[1], 'b');
  asio::write(peer, asio::buffer("xyz", 3));
  peer.close();
  std::size_t total = 0;
  while (total < 3) {
    auto count = run_task(context, with_timeout(clock, 10s, stream->read_some(buffer)));
    ASSERT_TRUE(count);
    total += *count;
  }
  auto end = run_task(context, with_timeout(clock, 10s, stream->read_some(buffer)));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error(), make_error_code(IoErrc::closed));
}

TEST_F(StreamsTest, ATcpPortThatNobodyListensOnIsRefused) {
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  const auto port = acceptor.local_endpoint().port();
  acceptor.close();
  auto stream = run_task(context, source("tcp:127.0.0.1:" + std::to_string(port))->open());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error(), make_error_code(IoErrc::cannot_open));
}

TEST_F(StreamsTest, AFileIsAppendedTo) {
  const auto path = directory.path() / "slips.bin";
  auto file = source("file:" + path.string());
  ASSERT_TRUE(run_task(context, open(*file)->write(as_bytes("one"))));
  ASSERT_TRUE(run_task(context, open(*file)->write(as_bytes("two"))));
  EXPECT_EQ(*read_file(path, 100), "onetwo");
}

TEST_F(StreamsTest, AFullDiskIsNamed) {
  auto stream = open(*source("file:/dev/full"));
  auto written = run_task(context, stream->write(as_bytes("x")));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), make_error_code(IoErrc::full));
}

TEST_F(StreamsTest, WrongPortsAreRefusedWithAReason) {
  for (const char* text : {"", "serial", "serial:", "serial:coin", "tcp:host", "tcp::9100",
                           "tcp:host:0", "tcp:host:65536", "tcp:host:91x", "file:", "usb:1"}) {
    auto made = make_stream_source(text, clock);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error(), make_error_code(IoErrc::bad_name)) << text;
  }
  EXPECT_TRUE(make_stream_source("tcp:[::1]:9100", clock));
}

}  // namespace
}  // namespace yijuan
