#include "sim_printer/slip_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "sim_printer/render.hpp"

namespace yijuan::sim_printer {

bool write_whole(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path part = path.string() + ".part";
  std::ofstream file(part, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(part, path, failed);
  if (file && !failed) return true;
  fmt::print(stderr, "sim_printer: cannot write {}\n", path.string());
  return false;
}

SlipFolder::SlipFolder(std::filesystem::path folder, int dots)
    : folder_(std::move(folder)), dots_(dots) {
  std::filesystem::create_directories(folder_);
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    const std::string stem = file.path().stem().string();
    int number = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), number);
    last_ = std::max(last_, number);
  }
}

bool SlipFolder::keep(const escpos_fake::Slip& slip) {
  const std::string name = (folder_ / fmt::format("{:04}", ++last_)).string();
  std::string why;
  const std::filesystem::path picture = name + ".png";
  const std::filesystem::path part = name + ".png.part";
  bool drawn = write_png(slip, dots_, part, why);
  std::error_code failed;
  if (drawn) std::filesystem::rename(part, picture, failed);
  drawn = drawn && !failed;
  if (!drawn) fmt::print(stderr, "sim_printer: {}: {}\n", picture.string(), why);
  const bool written =
      write_whole(name + ".txt", slip.text) && write_whole(name + ".bin", as_text(slip.raw));
  ++kept_;
  return drawn && written;
}

}  // namespace yijuan::sim_printer
