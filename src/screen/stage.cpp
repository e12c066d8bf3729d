#include "screen/stage.hpp"

#include <algorithm>
#include <cstdint>

namespace yijuan::screen {
namespace {

using namespace std::chrono_literals;

constexpr auto kPanelTime = 8s;
constexpr auto kFade = 400ms;
constexpr int kFadeFrames = 12;
constexpr auto kCountUp = 300ms;
constexpr int kCountFrames = 9;

// A movement of `frames` pictures within `length`: the first, one step on, is shown at once.
// Which step is shown, 1 to `frames`.
int step_at(Instant now, Instant since, Instant length, int frames) {
  const auto passed = std::clamp<std::int64_t>((now - since) * frames / length, 0, frames - 1);
  return static_cast<int>(passed) + 1;
}

// When the step after the one at `now` is due.
Instant next_step(Instant now, Instant since, Instant length, int frames) {
  const int step = step_at(now, since, length, frames);
  return since + (length * step + Instant(frames - 1)) / frames;
}

}  // namespace

Stage::Stage(Geometry geometry, Palette palette) : renderer_(geometry, palette) {}

Fen Stage::shown_amount(Instant now) const {
  const auto* counting = std::get_if<Counting>(&model_.scene);
  if (counting == nullptr) return {};
  const int step = step_at(now, count_since_, kCountUp, kCountFrames);
  if (step >= kCountFrames || counting->amount <= count_from_) return counting->amount;
  const auto way = (counting->amount - count_from_).count();
  return count_from_ + Fen(way / kCountFrames * step + way % kCountFrames * step / kCountFrames);
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
  Rect changed = scene_.panel;
  if (!fade_since_) {
    if (scene_.turns < 2 || now < panel_since_ + kPanelTime) return {};
    ++panel_;
    panel_since_ = now;
    fade_since_ = now;
    scene_ =
        compose(model_, renderer_.geometry(), renderer_.typesetter(), {.panel = panel_, .sum = {}});
    changed = renderer_.begin_fade(scene_, scene_.panel);
  }
  const int step = step_at(now, *fade_since_, kFade, kFadeFrames);
  renderer_.fade(step * 256 / kFadeFrames);
  if (step == kFadeFrames) fade_since_.reset();
  return changed;
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
