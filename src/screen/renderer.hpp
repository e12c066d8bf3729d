// Draws scenes into one surface of pixels in memory. Only what differs from the scene before is
// drawn again. One loop only; no call blocks on anything but the processor.
#pragma once

#include <memory>

#include "screen/scene.hpp"

namespace yijuan::screen {

class Renderer {
 public:
  explicit Renderer(Geometry geometry, Palette palette = Palette::plain);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  [[nodiscard]] const Geometry& geometry() const;
  /// For compose().
  [[nodiscard]] Typesetter& typesetter();
  /// Draws `scene`; the area that changed, empty where nothing did. Ends a fade.
  Rect draw(const Scene& scene);
  /// Draws the next draw() from scratch.
  void forget();
  /// Draws `scene` but leaves `area` as it was: fade() leads there from the old pixels.
  Rect begin_fade(const Scene& scene, Rect area);
  /// Shows the fade's area at `part` of 256 of the way.
  void fade(int part);
  /// The pixels. Valid until the next call.
  [[nodiscard]] Frame frame() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace yijuan::screen
