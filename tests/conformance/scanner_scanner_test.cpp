// The scanner's driver under the contract of scanners, on a pipe of input events.
#include <fcntl.h>
#include <linux/input.h>
#include <sys/stat.h>

#include <array>

#include "drivers/scanner/input_scanner.hpp"
#include "io/descriptor.hpp"
#include "tests/conformance/scanner_conformance.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::conformance {
namespace {

int key_of(char character) {
  constexpr std::array<int, 26> kLetters = {
      KEY_A, KEY_B, KEY_C, KEY_D, KEY_E, KEY_F, KEY_G, KEY_H, KEY_I, KEY_J, KEY_K, KEY_L, KEY_M,
      KEY_N, KEY_O, KEY_P, KEY_Q, KEY_R, KEY_S, KEY_T, KEY_U, KEY_V, KEY_W, KEY_X, KEY_Y, KEY_Z};
  if (character == ' ') return KEY_SPACE;
  if (character == '0') return KEY_0;
  if (character < 'A') return KEY_1 + (character - '1');
  return kLetters.at(static_cast<std::size_t>(character - 'A'));
}

class EventPipe : public ScannerMachine {
 public:
  EventPipe() { plug(); }

  std::unique_ptr<Scanner> make_driver(DriverContext context, Scans& scans,
                                       DeviceFacts& facts) override {
    return std::make_unique<scanner::InputScanner>(path_, context, scans, facts);
  }
  void scan(const std::string& text, bool whole) override {
    press(KEY_LEFTSHIFT, 1);
    for (const char each : text) {
      press(key_of(each), each >= 'A' || each == ' ' ? 1 : 0);
      if (each <= '9' && each >= '0') {
        press(KEY_LEFTSHIFT, 0);
        press(key_of(each), 1);
        press(KEY_LEFTSHIFT, 1);
      }
    }
    press(KEY_LEFTSHIFT, 0);
    if (whole) press(KEY_ENTER, 1);
    send(events_.data(), events_.size() * sizeof(input_event));
    events_.clear();
  }
  void send_garbage() override {
    const std::string garbage(4096, '\xFF');
    send(garbage.data(), garbage.size());
  }
  void unplug() override { std::filesystem::remove(path_); }
  void plug() override { EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0); }

 private:
  void press(int code, int value) {
    input_event event{};
    event.type = EV_KEY;
    event.code = static_cast<std::uint16_t>(code);
    event.value = value;
    events_.push_back(event);
  }
  void send(const void* bytes, std::size_t size) {
    const Descriptor pipe(::open(path_.c_str(), O_WRONLY | O_NONBLOCK));
    EXPECT_EQ(::write(pipe.get(), bytes, size), static_cast<ssize_t>(size));
  }

  test::TemporaryDirectory folder_;
  std::string path_ = (folder_.path() / "scanner").string();
  std::vector<input_event> events_;
};

INSTANTIATE_TEST_SUITE_P(Scanner, ScannerConformance,
                         testing::Values(ScannerKind{"EventPipe",
                                                     [] { return std::make_unique<EventPipe>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace yijuan::conformance
