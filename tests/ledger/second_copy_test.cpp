// The second copy of the office's log: complete before anyone is told, caught up with after
// trouble, and never in the way.
#include "ledger/office/second_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "io/descriptor.hpp"
#include "tests/ledger/office_fixture.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;

class SecondCopyTest : public OfficeFixture {
 protected:
  SecondCopyTest() {
    std::filesystem::create_directory(place);
    begin(5s);
  }
  void begin(std::chrono::milliseconds patience) {
    copy = std::make_unique<SecondCopy>(place, *store, patience);
    OfficeLog::Parts with = parts(*store);
    with.on_written = [this](const OfficeWritten& written) {
      kept = copy->keep(written.log.origin, written.log.size());
    };
    office.emplace(std::move(with));
    EXPECT_TRUE(office->start().has_value());
  }
  std::optional<CopiedLog> copied() { return *CopyFolder(place).read(key.origin(1)); }
  std::filesystem::path place = folder / "copy";
  std::unique_ptr<SecondCopy> copy;
  bool kept = false;
};

TEST_F(SecondCopyTest, HoldsEveryEntryBeforeAnyoneIsTold) {
  for (int i = 0; i < 10; ++i) {
    const auto written = write(*office, i);
    EXPECT_TRUE(kept);
    ASSERT_TRUE(copied().has_value());
    EXPECT_EQ(copied()->note, written.log.note);
    EXPECT_EQ(copied()->lines.back(), written.lines.back());
    EXPECT_EQ(copied()->lines.size(), stored().size());
  }
  EXPECT_TRUE(copy->standing().good);
}

TEST_F(SecondCopyTest, GoesOnAfterARestartAndAfterATornWrite) {
  write(*office, 1);
  copy.reset();
  std::ofstream(place / "office-1.lines", std::ios::app) << R"({"seq":2,"at)";
  begin(5s);
  write(*office, 2);
  ASSERT_TRUE(copied().has_value());
  EXPECT_EQ(copied()->lines, *store->lines(key.origin(1), 0, 99));
}

TEST_F(SecondCopyTest, CatchesUpWithWhatItMissed) {
  write(*office, 1);
  copy.reset();
  OfficeLog alone(parts(*store));
  for (int i = 2; i < 30; ++i) write(alone, i);
  begin(5s);
  EXPECT_TRUE(copy->keep(key.origin(1), stored().size()));
  EXPECT_EQ(copied()->lines, *store->lines(key.origin(1), 0, 99));
}

TEST_F(SecondCopyTest, ADiskThatIsNotThereStopsNothing) {
  copy.reset();
  std::filesystem::remove_all(place);
  begin(5s);
  write(*office, 1);
  EXPECT_FALSE(kept);
  EXPECT_FALSE(copy->standing().good);
  EXPECT_NE(copy->standing().text.find("mounted"), std::string::npos) << copy->standing().text;
  EXPECT_FALSE(std::filesystem::exists(place));  // nothing is written beside the missing disk
  write(*office, 2);
}

TEST_F(SecondCopyTest, AHostThatHangsIsWaitedForOnceAndNotLong) {
  write(*office, 1);
  copy.reset();
  // A file that nobody reads from: opening it to write hangs, as a dead host does.
  std::filesystem::remove(place / "office-1.lines");
  std::filesystem::remove(place / "office-1.checkpoint");
  ASSERT_EQ(mkfifo((place / "office-1.lines").c_str(), 0600), 0);
  begin(200ms);
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) write(*office, i);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 20 * 200ms);
  EXPECT_FALSE(kept);
  EXPECT_FALSE(copy->standing().good);
  EXPECT_EQ(stored().size(), 22U);
  // The host comes back, so that the thread can end.
  const Descriptor reader(::open((place / "office-1.lines").c_str(), O_RDONLY | O_NONBLOCK));
  copy.reset();
}

TEST_F(SecondCopyTest, TouchesNoCopyThatHoldsMoreOrSomethingElse) {
  write(*office, 1);
  const auto before = copied();
  copy.reset();
  CopyFolder other(place);
  other.begin(key.origin(1), before);
  const std::vector<std::string> more = {"one more line"};
  tlog::Frontier frontier;
  for (const std::string& line : before->lines) frontier.append(tlog::leaf_hash(line));
  frontier.append(tlog::leaf_hash(more[0]));
  const auto note = tlog::sign_checkpoint({key.origin(1), 3, frontier.root()}, key.of(1));
  ASSERT_TRUE(other.append(key.origin(1), more, note).has_value());
  begin(5s);
  write(*office, 2);  // another entry 2
  EXPECT_FALSE(kept);
  EXPECT_NE(copy->standing().text.find("another history"), std::string::npos)
      << copy->standing().text;
  EXPECT_EQ(copied()->lines.back(), more[0]);
}

}  // namespace
}  // namespace yijuan::ledger
