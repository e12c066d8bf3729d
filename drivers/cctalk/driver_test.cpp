// The driver as kioskd makes it: from a configuration, over a real (pseudo-)terminal, in real time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "async/task_group.hpp"
#include "drivers/cctalk/test_bench.hpp"
#include "io/real_clock.hpp"

namespace yijuan::drivers {
extern const Driver cctalk;
}

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;

struct Parts {
  asio::io_context context;
  RealClock clock;
  SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 16};

  std::unique_ptr<CoinAcceptor> make(const std::string& text) {
    auto settings = Settings::parse(text, "kiosk.toml");
    auto section = settings.section("coin");
    auto acceptor = drivers::cctalk.make_coin_acceptor(
        section, {.executor = context.get_executor(), .clock = clock, .random = random}, facts,
        std::nullopt);
    settings.finish();
    return acceptor;
  }
};

std::string note_complaint(const std::string& text) {
  Parts parts;
  try {
    auto settings = Settings::parse("[note]\nport = \"serial:/dev/null\"\n" + text, "kiosk.toml");
    auto section = settings.section("note");
    const auto acceptor = drivers::cctalk.make_note_acceptor(
        section,
        {.executor = parts.context.get_executor(), .clock = parts.clock, .random = parts.random},
        parts.facts, std::nullopt);
    settings.finish();
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

const std::string kRow = "[[coin.table]]\nposition = 1\nid = \"CN100A\"\nfen = 100\n";

std::string complaint(const std::string& text) {
  Parts parts;
  try {
    (void)parts.make(text);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

TEST(CctalkDriver, ItsConfigurationIsCheckedKeyByKey) {
  const std::string good = "[coin]\nport = \"serial:/dev/null\"\n";
  EXPECT_EQ(complaint(good + kRow), "none");
  EXPECT_THAT(complaint(good), testing::HasSubstr("table"));
  EXPECT_THAT(complaint("[coin]\n" + kRow), testing::HasSubstr("port"));
  EXPECT_THAT(complaint("[coin]\nport = \"nonsense\"\n" + kRow), testing::HasSubstr("port"));
  EXPECT_THAT(complaint(good + "echo = \"maybe\"\n" + kRow), testing::HasSubstr("echo"));
  EXPECT_THAT(complaint(good + "checksum = \"crc\"\n" + kRow), testing::HasSubstr("checksum"));
  EXPECT_THAT(complaint(good + "address = 1\n" + kRow), testing::HasSubstr("address"));
  EXPECT_THAT(complaint(good + "poll_ms = 1000\n" + kRow), testing::HasSubstr("poll_ms"));
  EXPECT_THAT(complaint(good + kRow + kRow), testing::HasSubstr("twice"));
  EXPECT_THAT(complaint(good + "colour = \"red\"\n" + kRow), testing::HasSubstr("colour"));
}

TEST(CctalkDriver, ATableThatContradictsItsIdsIsRefused) {
  const std::string good = "[coin]\nport = \"serial:/dev/null\"\n[[coin.table]]\nposition = 1\n";
  EXPECT_THAT(complaint(good + "id = \"CN100A\"\nfen = 1000\n"), testing::HasSubstr("fen"));
  EXPECT_THAT(complaint(good + "id = \"one yuan\"\nfen = 100\n"), testing::HasSubstr("id"));
  EXPECT_THAT(complaint(good + "id = \"CN100A\"\nfen = 0\n"), testing::HasSubstr("fen"));
}

TEST(CctalkDriver, TheNoteSectionIsCheckedKeyByKey) {
  const std::string row = "[[note.table]]\nposition = 1\nid = \"CN0001A\"\nfen = 100\n";
  EXPECT_EQ(note_complaint(row), "none");
  EXPECT_EQ(note_complaint("escrow = false\naddress = 41\npoll_ms = 100\n" + row), "none");
  EXPECT_THAT(note_complaint(""), testing::HasSubstr("table"));
  EXPECT_THAT(note_complaint("escrow = \"yes\"\n" + row), testing::HasSubstr("escrow"));
  EXPECT_THAT(note_complaint("checksum = \"none\"\n" + row), testing::HasSubstr("checksum"));
  EXPECT_THAT(note_complaint(row + row), testing::HasSubstr("twice"));
  EXPECT_THAT(note_complaint("[[note.table]]\nposition = 65\nid = \"CN0001A\"\nfen = 100\n"),
              testing::HasSubstr("position"));
  EXPECT_THAT(note_complaint("[[note.table]]\nposition = 1\nid = \"CN100A\"\nfen = 100\n"),
              testing::HasSubstr("id"));
}

/// A device on a terminal, served by a thread: drops coins as soon as it may.
class TerminalDevice {
 public:
  explicit TerminalDevice(int coins) : coins_(coins) {
    termios raw{};
    cfmakeraw(&raw);
    std::array<char, 128> name{};
    EXPECT_EQ(::openpty(&master_, &slave_, name.data(), &raw, nullptr), 0);
    name_ = name.data();
    thread_ = std::thread([this] { serve(); });
  }
  ~TerminalDevice() {
    ending_ = true;
    thread_.join();
    ::close(slave_);
    ::close(master_);
  }
  TerminalDevice(const TerminalDevice&) = delete;
  TerminalDevice& operator=(const TerminalDevice&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void serve() {
    RealClock clock;
    cctalk_fake::FakeAcceptor device({});
    auto dropped_at = clock.now();
    while (!ending_) {
      pollfd watched{.fd = master_, .events = POLLIN, .revents = 0};
      (void)::poll(&watched, 1, 2);
      std::array<std::uint8_t, 256> chunk{};
      if ((watched.revents & POLLIN) != 0) {
        const auto count = ::read(master_, chunk.data(), chunk.size());
        if (count > 0) {
          device.receive(clock.now(), BytesView(chunk).first(static_cast<std::size_t>(count)));
        }
      }
      const Bytes told = device.transmit(clock.now());
      if (!told.empty()) EXPECT_GT(::write(master_, told.data(), told.size()), 0);
      const bool due = clock.now() - dropped_at > 200ms && device.enabled(clock.now(), 1);
      if (due && static_cast<int>(device.accepted().size()) < coins_) {
        (void)device.drop_coin(clock.now(), 1);
        dropped_at = clock.now();
      }
    }
  }

  int coins_;
  int master_ = -1;
  int slave_ = -1;
  std::string name_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

TEST(CctalkDriver, TakesCoinsOverATerminal) {
  constexpr int kCoins = 6;
  TerminalDevice device(kCoins);
  Parts parts;
  auto acceptor = parts.make("[coin]\nport = \"serial:" + device.name() + "\"\n" + kRow);
  acceptor->accept(true);
  std::vector<DeviceFact> taken;
  const auto credited = [&taken] {
    std::size_t sum = 0;
    for (const auto& fact : taken) {
      const auto* const report = std::get_if<CashReport>(&fact);
      if (report != nullptr) sum += report->events.size();
    }
    return sum;
  };
  TaskGroup reader(parts.context.get_executor(), {});
  TaskGroup group(parts.context.get_executor(), {});
  reader.spawn("journal", collect(parts.facts, taken));
  group.spawn("acceptor", acceptor->run());
  while (credited() < kCoins && parts.context.run_one() > 0) {
  }
  group.cancel();
  while (!group.empty() && parts.context.run_one() > 0) {
  }
  reader.cancel();
  while (!reader.empty() && parts.context.run_one() > 0) {
  }
  EXPECT_EQ(credited(), static_cast<std::size_t>(kCoins));
  const CashReport* last = nullptr;
  for (const auto& fact : taken) {
    if (const auto* const report = std::get_if<CashReport>(&fact)) last = report;
  }
  ASSERT_NE(last, nullptr);
  EXPECT_TRUE(last->mark.quiet);
}

}  // namespace
}  // namespace yijuan::cctalk
