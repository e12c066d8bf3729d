#include "drivers/png/png_display.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <fstream>
#include <set>

#include "tests/support/temporary_directory.hpp"

namespace yijuan::png {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 64;
constexpr int kHeight = 48;

Picture picture(std::string scene, std::uint32_t colour) {
  return {kWidth, kHeight, std::vector<std::uint32_t>(kWidth * kHeight, colour), std::move(scene)};
}

std::set<std::string> names(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    found.insert(entry.path().filename().string());
  }
  return found;
}

// The first pixel as 0xRRGGBB, or nothing where the file is no whole PNG.
std::optional<std::uint32_t> first_pixel(const fs::path& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, file.c_str()) == 0) return std::nullopt;
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> bytes(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr) == 0) return std::nullopt;
  EXPECT_EQ(image.width, unsigned{kWidth});
  EXPECT_EQ(image.height, unsigned{kHeight});
  return std::uint32_t{bytes[0]} << 16 | std::uint32_t{bytes[1]} << 8 | bytes[2];
}

TEST(PictureFolder, AFolderThatCannotBeMadeIsAnErrorThatNamesIt) {
  const test::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "file") << "x";
  PictureFolder folder(temporary.path() / "file" / "pictures", 0);
  const auto added = folder.add(picture("idle", 0));
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message().find("pictures"), std::string::npos);
}

TEST(PictureFolder, NumbersGoOnAfterThoseInTheFolder) {
  const test::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "0041-old.png") << "x";
  std::ofstream(temporary.path() / "note.txt") << "x";
  PictureFolder folder(temporary.path(), 0);
  ASSERT_TRUE(folder.add(picture("idle", 0)));
  EXPECT_TRUE(fs::exists(temporary.path() / "0042-idle.png"));
}

TEST(PictureFolder, KeepsTheNewestAndNothingOfOthers) {
  const test::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "note.txt") << "x";
  PictureFolder folder(temporary.path(), 2);
  for (const auto* scene : {"a", "b", "c"}) ASSERT_TRUE(folder.add(picture(scene, 0)));
  EXPECT_EQ(names(temporary.path()),
            (std::set<std::string>{"0002-b.png", "0003-c.png", "latest.png", "note.txt"}));
}

TEST(PictureFolder, LatestIsTheNewestPicture) {
  const test::TemporaryDirectory temporary;
  PictureFolder folder(temporary.path(), 0);
  ASSERT_TRUE(folder.add(picture("a", 0xFF112233)));
  ASSERT_TRUE(folder.add(picture("b", 0xFF445566)));
  EXPECT_EQ(first_pixel(temporary.path() / "latest.png"), 0x445566U);
  EXPECT_EQ(first_pixel(temporary.path() / "0001-a.png"), 0x112233U);
}

TEST(PictureFolder, ASceneNameCannotLeaveTheFolder) {
  EXPECT_EQ(file_word("../../etc/x"), "------etc-x");
  EXPECT_EQ(file_word(""), "picture");
  EXPECT_EQ(file_word(std::string(1000, 'a')).size(), 40U);
}

TEST(PngDisplay, WritesWhatWaitsBeforeItEnds) {
  const test::TemporaryDirectory temporary;
  {
    PngDisplay display({temporary.path(), kWidth, kHeight, 0});
    for (const auto* scene : {"idle", "thanks"}) {
      const auto shown = picture(scene, 0xFF000000);
      ASSERT_TRUE(display.present({kWidth, kHeight, shown.pixels}, {}, scene));
    }
  }
  EXPECT_EQ(names(temporary.path()),
            (std::set<std::string>{"0001-idle.png", "0002-thanks.png", "latest.png"}));
}

TEST(PngDisplay, APileOfPicturesEndsWithTheNewest) {
  const test::TemporaryDirectory temporary;
  {
    PngDisplay display({temporary.path(), kWidth, kHeight, 0});
    for (std::uint32_t i = 1; i <= 300; ++i) {
      const auto shown = picture("counting", 0xFF000000 | i);
      ASSERT_TRUE(display.present({kWidth, kHeight, shown.pixels}, {}, "counting"));
    }
  }
  EXPECT_EQ(first_pixel(temporary.path() / "latest.png"), 300U);
}

TEST(PngDisplay, AFolderThatCannotBeWrittenIsToldWithALaterPicture) {
  const test::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "file") << "x";
  PngDisplay display({temporary.path() / "file", kWidth, kHeight, 0});
  const auto shown = picture("idle", 0);
  bool told = false;
  for (int i = 0; i < 10'000 && !told; ++i) {
    told = !display.present({kWidth, kHeight, shown.pixels}, {}, "idle");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace yijuan::png
