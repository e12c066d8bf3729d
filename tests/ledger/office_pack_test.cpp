#include "ledger/office_pack.hpp"

#include <gtest/gtest.h>

#include "domain/errc.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/system_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::ledger {
namespace {

class OfficePackTest : public ::testing::Test {
 protected:
  OfficePackTest() { vkey = *make_pack_key(folder / "pack.key", "ledger.example/pack", random); }
  Result<void> sign(const std::filesystem::path& json) {
    return sign_pack(folder / "pack.key", "ledger.example/pack", json, folder / "pack.note");
  }

  test::TemporaryDirectory directory;
  const std::filesystem::path folder = directory.path();
  SystemRandom random;
  std::string vkey;
  const std::string sample = std::string(YIJUAN_SOURCE_DIR) + "/config/campaign/sample.json";
};

TEST_F(OfficePackTest, SignsThePackThatItsKeyThenOpens) {
  ASSERT_TRUE(sign(sample).has_value());
  EXPECT_TRUE(check_pack(folder / "pack.note", vkey).has_value());
  const auto other = make_pack_key(folder / "other.key", "ledger.example/pack", random);
  EXPECT_FALSE(check_pack(folder / "pack.note", *other).has_value());
}

TEST_F(OfficePackTest, FindsAPackThatWasChangedAfterwards) {
  ASSERT_TRUE(sign(sample).has_value());
  std::string note = *read_file(folder / "pack.note", 1 << 20);
  note[note.find("2026")] = '3';
  ASSERT_TRUE(write_file_atomically(folder / "pack.note", note).has_value());
  EXPECT_FALSE(check_pack(folder / "pack.note", vkey).has_value());
}

TEST_F(OfficePackTest, SignsNothingThatIsNoPack) {
  ASSERT_TRUE(write_file_atomically(folder / "empty.json", "{}").has_value());
  EXPECT_FALSE(sign(folder / "empty.json").has_value());
  EXPECT_FALSE(sign(folder / "absent.json").has_value());
  EXPECT_FALSE(std::filesystem::exists(folder / "pack.note"));
}

TEST_F(OfficePackTest, NeverOverwritesAKey) {
  EXPECT_EQ(make_pack_key(folder / "pack.key", "ledger.example/pack", random).error(),
            make_error_code(IoErrc::exists));
  EXPECT_FALSE(make_pack_key(folder / "bad.key", "a name with spaces", random).has_value());
}

TEST_F(OfficePackTest, RefusesAKeyThatOthersCanRead) {
  std::filesystem::permissions(folder / "pack.key", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(sign(sample).error(), make_error_code(IoErrc::unsafe_key));
}

}  // namespace
}  // namespace yijuan::ledger
