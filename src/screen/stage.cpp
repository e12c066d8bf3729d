#include "screen/stage.hpp"

#include <algorithm>

namespace yijuan::screen {
namespace {

using namespace std::chrono_literals;

constexpr auto kPanelTime = 8s;
constexpr auto kFade = 400ms;
constexpr int kFadeFrames = 12;
constexpr auto kCountUp = 300ms;
constexpr int kCountFrames = 9;

// The next moment after `now` on a ladder of `frames` steps from `since`.
Instant next_step(Instant now, Instant since, Instant length, int frames) {
  const auto step = length / frames;
  const auto passed = (now - since) / step;
  return std::min(since + (passed + 1) * step, since + length);
}

}  // namespace

Stage::Stage(Geometry geometry, Palette palette) : renderer_(geometry, palette) {}

Fen Stage::shown_amount(Instant now) const {
  const auto* counting = std::get_if<Counting>(&model_.scene);
  if (counting == nullptr) return {};
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - count_since_);
  if (passed >= kCountUp || counting->amount <= count_from_) return counting->amount;
  const auto way = (counting->amount - count_from_).count();
  // The first frame is already one step up.
  const auto part = std::min(kCountUp, std::max(passed, 0ms) + kCountUp / kCountFrames).count();
  return count_from_ +
         Fen(way / kCountUp.count() * part + way % kCountUp.count() * part / kCountUp.count());
}

void Stage::show(Model model, Instant now) {
  const auto* before = std::get_if<Counting>(&model_.scene);
  const auto* after = std::get_if<Counting>(&model.scene);
  if (after != nullptr) {
    const bool goes_on = before != nullptr && before->activity == after->activity;
    if (!goes_on || before->amount != after->amount) {
      count_from_ = goes_on ? shown_amount(now) : Fen{};
      count_since_ = now;
    }
  }
  if (!std::holds_alternative<Idle>(model_.scene)) panel_since_ = now;
  fade_since_.reset();
  model_ = std::move(model);
  changed_ = true;
  due_ = now;
}

// Moves to the next panel, or on within a fade; the area that changed.
Rect Stage::step_panels(Instant now) {
  if (fade_since_) {
    const auto passed = now - *fade_since_;
    const auto part = passed >= kFade ? 256 : static_cast<int>(passed * 256 / kFade);
    renderer_.fade(part);
    if (part == 256) fade_since_.reset();
    return scene_.panel;
  }
  if (scene_.turns < 2 || now < panel_since_ + kPanelTime) return {};
  ++panel_;
  panel_since_ = now;
  fade_since_ = now;
  scene_ =
      compose(model_, renderer_.geometry(), renderer_.typesetter(), {.panel = panel_, .sum = {}});
  return renderer_.begin_fade(scene_, scene_.panel);
}

std::optional<Picture> Stage::draw(Instant now) {
  Rect area;
  const Fen amount = shown_amount(now);
  const auto* counting = std::get_if<Counting>(&model_.scene);
  const bool counts_up = counting != nullptr && amount < counting->amount;
  if (changed_ || counting != nullptr) {
    scene_ = compose(model_, renderer_.geometry(), renderer_.typesetter(),
                     {.panel = panel_, .sum = counts_up ? std::optional(amount) : std::nullopt});
    area = renderer_.draw(scene_);
    changed_ = false;
  } else {
    area = step_panels(now);
  }
  due_.reset();
  if (counts_up) due_ = next_step(now, count_since_, kCountUp, kCountFrames);
  if (scene_.turns > 1) {
    due_ =
        fade_since_ ? next_step(now, *fade_since_, kFade, kFadeFrames) : panel_since_ + kPanelTime;
  }
  if (area.width <= 0 || area.height <= 0) return std::nullopt;
  return Picture{renderer_.frame(), area, scene_.name};
}

}  // namespace yijuan::screen
