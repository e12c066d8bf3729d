#include "sync/stick.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "io/errc.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::sync {
namespace {

namespace fs = std::filesystem;

class Stick : public ::testing::Test {
 protected:
  void write(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  test::TemporaryDirectory directory;
  const fs::path stick = directory.path();
};

TEST_F(Stick, BatchesAreNamedAfterTheirFirstEntry) {
  EXPECT_EQ(batch_file_name(50), "000000000050.batch");
  EXPECT_EQ(parse_batch_file_name("000000000050.batch"), 50U);
  for (const char* name : {"", ".batch", "50.batch", "000000000050.batch.", "00000000005x.batch",
                           "0000000000050.batch", "000000000050.BATCH", "-00000000050.batch"}) {
    EXPECT_FALSE(parse_batch_file_name(name).has_value()) << name;
  }
}

TEST_F(Stick, OnlySmallRegularFilesAreRead) {
  write(stick / "good", "content");
  EXPECT_EQ(read_stick_file(stick / "good", 7).value(), "content");
  EXPECT_EQ(read_stick_file(stick / "good", 6).error(), make_error_code(IoErrc::failed));
  fs::create_symlink(stick / "good", stick / "link");
  EXPECT_FALSE(read_stick_file(stick / "link", 99).has_value());
  ASSERT_EQ(::mkfifo((stick / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_stick_file(stick / "pipe", 99).has_value());
  fs::create_directory(stick / "folder");
  EXPECT_FALSE(read_stick_file(stick / "folder", 99).has_value());
  EXPECT_FALSE(read_stick_file("/dev/zero", 99).has_value());
  EXPECT_FALSE(read_stick_file(stick / "none", 99).has_value());
}

TEST_F(Stick, FoldersBehindLinksAreNotOnTheStick) {
  test::TemporaryDirectory elsewhere;
  fs::create_directory_symlink(elsewhere.path(), stick / "yijuan");
  EXPECT_FALSE(stick_names(stick / "yijuan").has_value());
  EXPECT_FALSE(make_stick_folder(stick, stick / "yijuan" / "box").has_value());
  EXPECT_TRUE(fs::is_empty(elsewhere.path()));
  fs::remove(stick / "yijuan");
  ASSERT_TRUE(make_stick_folder(stick, stick / "yijuan" / "box").has_value());
  write(stick / "yijuan" / "b", "");
  write(stick / "yijuan" / "a", "");
  EXPECT_EQ(stick_names(stick / "yijuan").value(), (std::vector<std::string>{"a", "b", "box"}));
}

TEST_F(Stick, AFolderWithoutEndIsGivenUp) {
  for (std::size_t i = 0; i <= kMostStickFiles; ++i) {
    ASSERT_EQ(::mknod((stick / std::to_string(i)).c_str(), S_IFREG | 0600, 0), 0);
  }
  EXPECT_FALSE(stick_names(stick).has_value());
}

}  // namespace
}  // namespace yijuan::sync
