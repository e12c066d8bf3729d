// The contacts' driver under the contract of doors: on wires, and on the pipes that a person
// writes.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "drivers/contacts/contacts_door.hpp"
#include "io/descriptor.hpp"
#include "io/files.hpp"
#include "io/line_source.hpp"
#include "tests/conformance/door_conformance.hpp"
#include "tests/support/fake_wire.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Door> make_door(std::unique_ptr<InputLineSource> door,
                                std::unique_ptr<InputLineSource> tilt,
                                std::unique_ptr<OutputLineSource> lock,
                                const DriverContext& context, DeviceFacts& facts) {
  std::vector<contacts::ContactSettings> rows;
  rows.push_back({.name = "door", .line = std::move(door)});
  rows.push_back({.name = "tilt", .line = std::move(tilt)});
  return std::make_unique<contacts::ContactsDoor>(
      std::move(rows),
      std::make_unique<contacts::Lock>(contacts::LockSettings{}, std::move(lock), context), context,
      facts);
}

class Wires : public DoorMachine {
 public:
  Wires(const asio::any_io_executor& executor, SimClock& clock)
      : door_(executor, clock, "gpio:DOOR"),
        tilt_(executor, clock, "gpio:TILT"),
        lock_(executor, clock, "gpio:LOCK"),
        clock_(clock) {}
  ~Wires() override {
    lock_.stop();
    clock_.settle();
  }

  std::unique_ptr<Door> make_driver(DriverContext context, DeviceFacts& facts) override {
    return make_door(door_.source(), tilt_.source(), lock_.source(), context, facts);
  }
  void set(const std::string& contact, bool active) override {
    (contact == "door" ? door_ : tilt_).set(active);
  }
  bool unplug() override {
    door_.unplug();
    tilt_.unplug();
    lock_.unplug();
    lock_.jam(true);
    return true;
  }
  void plug() override {
    door_.plug();
    tilt_.plug();
    lock_.plug();
    lock_.jam(false);
  }
  [[nodiscard]] bool driven() const override { return lock_.level() == true; }
  [[nodiscard]] std::optional<std::chrono::nanoseconds> longest_drive() const override {
    return lock_.longest(true);
  }

 private:
  test::FakeInputWire door_, tilt_;
  test::FakeOutputWire lock_;
  SimClock& clock_;
};

class Pipes : public DoorMachine {
 public:
  std::unique_ptr<Door> make_driver(DriverContext context, DeviceFacts& facts) override {
    const auto input = [this, &context](const char* name) {
      return std::move(*make_input_line("pipe:" + path(name), context.executor, context.clock));
    };
    return make_door(input("door"), input("tilt"),
                     std::move(*make_output_line("pipe:" + path("lock"))), context, facts);
  }
  // What was written before anybody read is what the pipe says first.
  void set(const std::string& contact, bool active) override {
    if (!std::filesystem::exists(path(contact))) {
      EXPECT_EQ(::mkfifo(path(contact).c_str(), 0600), 0);
    }
    Descriptor pipe(::open(path(contact).c_str(), O_RDWR | O_NONBLOCK));
    EXPECT_EQ(::write(pipe.get(), active ? "1\n" : "0\n", 2), 2);
    held_[contact] = std::move(pipe);
  }
  bool unplug() override { return false; }
  void plug() override {}
  [[nodiscard]] bool driven() const override {
    const auto levels = read_file(path("lock"), 10'000);
    return levels && levels->ends_with("1\n");
  }
  // Pulses end in real time here, or by the driver's own clock.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> longest_drive() const override {
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  test::TemporaryDirectory folder_;
  std::map<std::string, Descriptor> held_;
};

INSTANTIATE_TEST_SUITE_P(
    Contacts, DoorConformance,
    testing::Values(DoorKind{"Wires",
                             [](const asio::any_io_executor& executor, SimClock& clock) {
                               return std::make_unique<Wires>(executor, clock);
                             }},
                    DoorKind{"Pipes", [](const asio::any_io_executor&,
                                         SimClock&) { return std::make_unique<Pipes>(); }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace yijuan::conformance
