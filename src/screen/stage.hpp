// The screen over time: shows a model, lets panels take turns (8 s, cross-fade of 400 ms in at most
// 12 frames) and sums count up (300 ms); nothing else moves. Time is an argument, so a test plays
// a minute at once. A sum on its way up is never above the durable one.
//
//   stage.show(model, clock.now());
//   loop: if (auto picture = stage.draw(clock.now())) display.present(...);
//         sleep until stage.due(), or until the model changes
#pragma once

#include "async/clock.hpp"
#include "screen/renderer.hpp"

namespace yijuan::screen {

struct Picture {
  Frame frame;  // valid until the next call of the stage
  Rect changed;
  std::string_view scene;
};

class Stage {
 public:
  explicit Stage(Geometry geometry, Palette palette = Palette::plain);

  /// From now on `model` is shown.
  void show(Model model, Instant now);
  /// What is to be presented at `now`; nothing if the pixels have not changed.
  std::optional<Picture> draw(Instant now);
  /// When draw() has something new, if the model stays; nothing: never.
  [[nodiscard]] std::optional<Instant> due() const { return due_; }
  /// The scene last drawn.
  [[nodiscard]] const Scene& scene() const { return scene_; }
  /// What a tap on the picture last drawn asks for.
  [[nodiscard]] std::optional<Action> tap(Tap tap) const { return hit_test(scene_, tap); }

 private:
  [[nodiscard]] Fen shown_amount(Instant now) const;
  Rect step_panels(Instant now);

  Renderer renderer_;
  Model model_;
  Scene scene_;
  std::optional<Instant> due_;
  bool changed_ = true;
  // Counting: from which amount and since when the sum counts up.
  Fen count_from_;
  Instant count_since_{};
  // Idle: which panel is up, and since when.
  std::size_t panel_ = 0;
  Instant panel_since_{};
  std::optional<Instant> fade_since_;
};

}  // namespace yijuan::screen
