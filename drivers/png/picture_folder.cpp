#include "drivers/png/picture_folder.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

#include "io/errc.hpp"

namespace yijuan::png {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The number of "0012-idle.png"; 0 for other names.
std::uint64_t number_of(const fs::path& path) {
  const auto name = path.filename().string();
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool ours = failed == std::errc{} && name.ends_with(".png") &&
                    end != name.data() + name.size() && *end == '-';
  return ours ? number : 0;
}

std::vector<std::uint8_t> rgb_rows(const Picture& picture) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(picture.pixels.size() * 3);
  for (const auto pixel : picture.pixels) {
    bytes.push_back(static_cast<std::uint8_t>(pixel >> 16));
    bytes.push_back(static_cast<std::uint8_t>(pixel >> 8));
    bytes.push_back(static_cast<std::uint8_t>(pixel));
  }
  return bytes;
}

Result<void> write_file(const Picture& picture, const fs::path& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wbe"));
  if (!file) return io_error(IoErrc::cannot_open, path.string(), errno);
  const auto bytes = rgb_rows(picture);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  // Flat pictures: the quick filters and compression are as small as the slow ones.
  image.flags = PNG_IMAGE_FLAG_FAST;
  if (png_image_write_to_stdio(&image, file.get(), 0, bytes.data(), 0, nullptr) == 0 ||
      std::fflush(file.get()) != 0) {
    return Error(IoErrc::failed, fmt::format("{}: {}", path.string(), image.message));
  }
  return {};
}

}  // namespace

std::string file_word(std::string_view scene) {
  std::string word;
  for (const char c : scene.substr(0, 40)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    word += plain ? c : '-';
  }
  return word.empty() ? "picture" : word;
}

Result<void> PictureFolder::prepare() {
  if (ready_) return {};
  std::error_code failed;
  fs::create_directories(folder_, failed);
  fs::directory_iterator entries(folder_, failed);
  if (failed) return Error(failed, folder_.string());
  for (const auto& entry : entries) {
    if (number_of(entry.path()) > 0) kept_.push_back(entry.path());
  }
  std::ranges::sort(kept_, {}, number_of);
  if (!kept_.empty()) last_ = number_of(kept_.back());
  ready_ = true;
  return {};
}

void PictureFolder::drop_oldest() {
  if (keep_ == 0 || kept_.size() <= keep_) return;
  const auto many = static_cast<std::ptrdiff_t>(kept_.size() - keep_);
  for (auto old = kept_.begin(); old != kept_.begin() + many; ++old) {
    std::error_code ignored;  // somebody else removed it: as good
    fs::remove(*old, ignored);
  }
  kept_.erase(kept_.begin(), kept_.begin() + many);
}

Result<void> PictureFolder::add(const Picture& picture) {
  if (auto prepared = prepare(); !prepared) return prepared;
  const auto part = folder_ / ".part.png";
  if (auto written = write_file(picture, part); !written) return written;
  const auto name = folder_ / fmt::format("{:04}-{}.png", last_ + 1, file_word(picture.scene));
  std::error_code failed;
  fs::rename(part, name, failed);
  if (failed) return Error(failed, name.string());
  ++last_;
  kept_.push_back(name);
  // latest.png is a second name of the same file, put in place at one stroke.
  const auto second = folder_ / ".latest.png";
  fs::remove(second, failed);
  fs::create_hard_link(name, second, failed);
  if (failed) fs::copy_file(name, second, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::rename(second, folder_ / "latest.png", failed);
  if (failed) return Error(failed, (folder_ / "latest.png").string());
  drop_oldest();
  return {};
}

}  // namespace yijuan::png
