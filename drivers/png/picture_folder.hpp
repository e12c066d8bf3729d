// A folder of numbered PNG files: each picture appears under its final name only when it is whole,
// and `latest.png` is always a whole picture too. Blocking: used by the writer's thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace yijuan::png {

/// Pixels to be written, owned: 0xAARRGGBB, alpha ignored.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> pixels;
  std::string scene;
};

class PictureFolder {
 public:
  /// At most `keep` numbered pictures stay (0: all); the oldest go first.
  PictureFolder(std::filesystem::path folder, std::size_t keep)
      : folder_(std::move(folder)), keep_(keep) {}

  /// Writes "NNNN-scene.png" and makes it latest.png. Numbers go on after those in the folder.
  Result<void> add(const Picture& picture);

 private:
  Result<void> prepare();
  void drop_oldest();

  std::filesystem::path folder_;
  std::size_t keep_;
  bool ready_ = false;
  std::uint64_t last_ = 0;                   // number of the newest picture
  std::vector<std::filesystem::path> kept_;  // ascending
};

/// "a-z0-9-" of a scene's name, for file names.
std::string file_word(std::string_view scene);

}  // namespace yijuan::png
