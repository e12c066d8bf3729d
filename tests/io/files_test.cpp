// Key files, locks and whole files.
#include "io/files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/errc.hpp"
#include "io/file_lock.hpp"
#include "io/key_file.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan {
namespace {

class FilesTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "file";
  Bytes key = Bytes(32, 0x5a);
};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST_F(FilesTest, AKeyComesBackAsWritten) {
  ASSERT_TRUE(create_key_file(path, key));
  EXPECT_EQ(mode_of(path), 0600U);
  auto read = read_key_file(path);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, key);
}

TEST_F(FilesTest, AKeyFileIsPrivateWhateverTheUmask) {
  const mode_t before = umask(0);
  ASSERT_TRUE(create_key_file(path, key));
  umask(before);
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST_F(FilesTest, AFileIsRemovedOnce) {
  ASSERT_TRUE(create_file(path, "", 0644));
  const auto first = remove_file(path);
  ASSERT_TRUE(first);
  EXPECT_TRUE(*first);
  EXPECT_FALSE(std::filesystem::exists(path));
  const auto second = remove_file(path);
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
}

TEST_F(FilesTest, AFileThatStaysIsAnError) {
  std::filesystem::create_directory(path);
  const auto removed = remove_file(path);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error(), make_error_code(IoErrc::failed));
}

TEST_F(FilesTest, AKeyIsNeverOverwritten) {
  ASSERT_TRUE(create_key_file(path, key));
  auto again = create_key_file(path, Bytes(32, 1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), make_error_code(IoErrc::exists));
  EXPECT_EQ(*read_key_file(path), key);
}

TEST_F(FilesTest, AKeyThatOthersCanReadIsRefusedWithTheCommandThatMendsIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0660U, 0644U, 0601U}) {
    std::filesystem::remove(path);
    ASSERT_TRUE(create_file(path, "secret", mode));
    auto read = read_key_file(path);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error(), make_error_code(IoErrc::unsafe_key));
    EXPECT_NE(read.error().message().find("chmod 600 " + path.string()), std::string::npos)
        << read.error().message();
  }
}

TEST_F(FilesTest, AKeyFileThatIsMissingOrNoFileIsNamed) {
  for (const auto& bad : {path, directory.path()}) {
    auto read = read_key_file(bad);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message().find(bad.string()), std::string::npos);
  }
}

TEST_F(FilesTest, ASecondHolderOfALockIsToldWhoHoldsIt) {
  auto held = FileLock::acquire(path);
  ASSERT_TRUE(held);
  auto second = FileLock::acquire(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), make_error_code(IoErrc::locked));
  EXPECT_NE(second.error().message().find("process " + std::to_string(getpid())), std::string::npos)
      << second.error().message();
}

TEST_F(FilesTest, ALockEndsWithItsHolder) {
  {
    auto held = FileLock::acquire(path);
    ASSERT_TRUE(held);
  }
  EXPECT_TRUE(FileLock::acquire(path));
}

TEST_F(FilesTest, ALockEndsWithAKilledProcess) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto held = FileLock::acquire(path);
    const char answer = held ? 'y' : 'n';
    if (write(pipe_ends[1], &answer, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(pipe_ends[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(FileLock::acquire(path));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::acquire(path));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(FilesTest, AnAtomicWriteReplacesAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(path, "old"));
  ASSERT_TRUE(write_file_atomically(path, "new", 0600));
  EXPECT_EQ(*read_file(path, 100), "new");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST_F(FilesTest, AFailedAtomicWriteKeepsTheOldFile) {
  ASSERT_TRUE(write_file_atomically(path, "old"));
  std::filesystem::create_directory(path.string() + ".new");
  EXPECT_FALSE(write_file_atomically(path, "new"));
  EXPECT_EQ(*read_file(path, 100), "old");
}

TEST_F(FilesTest, ReadingIsBounded) {
  ASSERT_TRUE(create_file(path, std::string(1000, 'x'), 0600));
  EXPECT_TRUE(read_file(path, 1000));
  EXPECT_FALSE(read_file(path, 999));
  EXPECT_FALSE(read_file("/dev/zero", 100000));
  EXPECT_FALSE(read_file(directory.path() / "none", 10));
}

TEST(SettleFile, KeepsWhatIsOnTheDiskAndTakesAMissingFileForNone) {
  const test::TemporaryDirectory folder;
  const auto path = folder.path() / "file";
  EXPECT_TRUE(settle_file(path));
  ASSERT_TRUE(write_file_atomically(path, "content"));
  EXPECT_TRUE(settle_file(path));
  EXPECT_EQ(read_file(path, 100).value(), "content");
  const auto folder_is_no_file = settle_file(folder.path());
  ASSERT_FALSE(folder_is_no_file);
  EXPECT_EQ(folder_is_no_file.error(), make_error_code(IoErrc::cannot_open));
}

}  // namespace
}  // namespace yijuan
