// A display that is a folder of PNG files: for tests, demos and looking. Compressing takes tens of
// milliseconds, so that it happens on a thread of its own; present() only copies pixels.
//
// Pictures that come faster than they can be written are skipped, but never the newest one, and
// the last picture of a scene is written before the next scene's as long as there is room.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "drivers/png/picture_folder.hpp"
#include "ports/display.hpp"

namespace yijuan::png {

struct PngSettings {
  std::filesystem::path path;
  int width = 1280;
  int height = 800;
  std::size_t keep = 500;
};

class PngDisplay : public Display {
 public:
  explicit PngDisplay(PngSettings settings);
  /// Writes what is still waiting.
  ~PngDisplay() override;

  [[nodiscard]] int width() const override { return settings_.width; }
  [[nodiscard]] int height() const override { return settings_.height; }
  /// An error is that of an earlier picture: the folder cannot be written.
  Result<void> present(Frame frame, Rect changed, std::string_view scene) override;

 private:
  void write_all(const std::stop_token& stop);

  PngSettings settings_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Picture> waiting_;  // at most kMostWaiting
  std::optional<Error> error_;   // of the writer, not yet reported
  std::jthread writer_;          // last: it uses the others
};

}  // namespace yijuan::png
