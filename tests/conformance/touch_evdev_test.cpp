// The driver of touch panels under the contract of Touch, on a pipe of input events: as panels with
// one finger tell it, and as those with several do.
#include <fcntl.h>
#include <linux/input.h>
#include <sys/stat.h>

#include "drivers/evdev/touch_panel.hpp"
#include "io/descriptor.hpp"
#include "tests/conformance/touch_conformance.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::conformance {
namespace {

class EventPipe : public TouchMachine {
 public:
  explicit EventPipe(bool several) : several_(several) { plug(); }

  std::unique_ptr<Touch> make_driver(DriverContext context, Taps& taps,
                                     DeviceFacts& facts) override {
    evdev::PanelSettings settings;
    settings.path = path_;
    settings.mapping.width = context.display_width;
    settings.mapping.height = context.display_height;
    return std::make_unique<evdev::TouchPanel>(std::move(settings), context, taps, facts);
  }
  void press(int x, int y) override {
    add_press(x, y);
    send();
  }
  void lift() override {
    add_lift();
    send();
  }
  void press_outside() override { press(kWidth, -1); }
  void send_half(int x, int y) override {
    add_press(x, y);
    add_lift();
    half_ = events_;
    events_.clear();
    write_bytes(reinterpret_cast<const char*>(half_.data()), kCut);
  }
  void send_other_half() override {
    const std::size_t size = half_.size() * sizeof(input_event);
    write_bytes(reinterpret_cast<const char*>(half_.data()) + kCut, size - kCut);
  }
  void lose_reports() override {
    add(EV_SYN, SYN_DROPPED, 0);
    add(EV_SYN, SYN_REPORT, 0);
    send();
  }
  void send_garbage() override {
    const std::string garbage(2400, '\xFF');
    write_bytes(garbage.data(), garbage.size());
  }
  void unplug() override { std::filesystem::remove(path_); }
  void plug() override { EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0); }

 private:
  static constexpr std::size_t kCut = sizeof(input_event) + 7;  // within the second event

  void add(int type, int code, int value) {
    input_event event{};
    event.type = static_cast<std::uint16_t>(type);
    event.code = static_cast<std::uint16_t>(code);
    event.value = value;
    events_.push_back(event);
  }
  void add_press(int x, int y) {
    if (several_) add(EV_ABS, ABS_MT_TRACKING_ID, 1);
    add(EV_ABS, several_ ? ABS_MT_POSITION_X : ABS_X, x);
    add(EV_ABS, several_ ? ABS_MT_POSITION_Y : ABS_Y, y);
    if (!several_) add(EV_KEY, BTN_TOUCH, 1);
    add(EV_SYN, SYN_REPORT, 0);
  }
  void add_lift() {
    if (several_) {
      add(EV_ABS, ABS_MT_TRACKING_ID, -1);
    } else {
      add(EV_KEY, BTN_TOUCH, 0);
    }
    add(EV_SYN, SYN_REPORT, 0);
  }
  void send() {
    write_bytes(reinterpret_cast<const char*>(events_.data()),
                events_.size() * sizeof(input_event));
    events_.clear();
  }
  void write_bytes(const char* bytes, std::size_t size) {
    const Descriptor pipe(::open(path_.c_str(), O_WRONLY | O_NONBLOCK));
    EXPECT_EQ(::write(pipe.get(), bytes, size), static_cast<ssize_t>(size));
  }

  bool several_;
  test::TemporaryDirectory folder_;
  std::string path_ = (folder_.path() / "touch").string();
  std::vector<input_event> events_, half_;
};

TouchKind kind(const char* name, bool several) {
  return {name, [several] { return std::make_unique<EventPipe>(several); }};
}

INSTANTIATE_TEST_SUITE_P(Evdev, TouchConformance,
                         testing::Values(kind("OneFinger", false), kind("SeveralFingers", true)),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace yijuan::conformance
