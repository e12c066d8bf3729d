#include "tests/support/golden_recordings.hpp"

#include <gtest/gtest.h>

#include "io/files.hpp"
#include "io/replayed_acceptor.hpp"
#include "io/told_recording.hpp"

namespace yijuan::test {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 24U;

std::string text_beside(std::filesystem::path recording, const char* extension) {
  auto text = read_file(recording.replace_extension(extension), kLargest);
  EXPECT_TRUE(text) << text.error().message();
  return text.value_or("");
}

void expect_golden(const std::filesystem::path& path, const Driver& driver) {
  const std::string name = path.filename().string();
  SCOPED_TRACE(name);
  auto recording = read_recording(path);
  ASSERT_TRUE(recording) << recording.error().message();
  const std::string device = name.substr(0, name.find('_'));
  if (driver.make_transcript != nullptr) {
    EXPECT_EQ(tell_recording(*recording, *driver.make_transcript()), text_beside(path, ".facts"));
    return;
  }
  auto settings = Settings::parse(text_beside(path, ".toml"), name);
  auto section = settings.section(device);
  (void)section.text("driver");
  const MakeAcceptor make = [&](DriverContext context, DeviceFacts& facts,
                                std::optional<CounterMark> mark) -> std::unique_ptr<CashAcceptor> {
    if (device == "note") {
      return driver.make_note_acceptor(section, context, facts, std::move(mark));
    }
    return driver.make_coin_acceptor(section, context, facts, std::move(mark));
  };
  const auto replayed = replay_acceptor(std::move(*recording), name, device, make);
  EXPECT_TRUE(replayed.same) << replayed.same.error().message();
  EXPECT_EQ(replayed.lines, text_beside(path, ".facts"));
}

}  // namespace

void expect_golden_recordings(const std::filesystem::path& folder, const Driver& driver,
                              std::size_t least) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".rec") continue;
    expect_golden(file.path(), driver);
    ++count;
  }
  EXPECT_GE(count, least);
}

}  // namespace yijuan::test
