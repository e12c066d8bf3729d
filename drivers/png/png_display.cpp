#include "drivers/png/png_display.hpp"

#include <utility>

#include "base/assert.hpp"

namespace yijuan::png {
namespace {

constexpr std::size_t kMostWaiting = 4;

}  // namespace

PngDisplay::PngDisplay(PngSettings settings)
    : settings_(std::move(settings)),
      writer_([this](const std::stop_token& stop) { write_all(stop); }) {}

PngDisplay::~PngDisplay() = default;

Result<void> PngDisplay::present(Frame frame, Rect /*changed*/, std::string_view scene) {
  YIJUAN_ASSERT(frame.width == width() && frame.height == height(), "a frame of another size");
  Picture picture{
      frame.width, frame.height, {frame.pixels.begin(), frame.pixels.end()}, std::string(scene)};
  std::optional<Error> error;
  {
    const std::scoped_lock lock(mutex_);
    // A newer picture of the scene replaces the one that waits.
    if (!waiting_.empty() && waiting_.back().scene == picture.scene) {
      waiting_.back() = std::move(picture);
    } else {
      if (waiting_.size() >= kMostWaiting) waiting_.pop_front();
      waiting_.push_back(std::move(picture));
    }
    std::swap(error, error_);
  }
  wake_.notify_one();
  if (error) return std::move(*error);
  return {};
}

void PngDisplay::write_all(const std::stop_token& stop) {
  PictureFolder folder(settings_.path, settings_.keep);
  while (true) {
    Picture picture;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (waiting_.empty()) return;  // asked to stop
      picture = std::move(waiting_.front());
      waiting_.pop_front();
    }
    auto added = folder.add(picture);
    if (added) continue;
    const std::scoped_lock lock(mutex_);
    error_ = added.error();
  }
}

}  // namespace yijuan::png
