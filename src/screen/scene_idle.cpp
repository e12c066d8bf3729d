// Nobody stands before the box: what it is for, how to give, who answers for it. Laid out from the
// foot up, since what the law wants comes first and the story takes what is left.
#include <algorithm>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

// The vermilion card: the one action is a coin in the slot.
void coin_card(Composer& pen, Rect area, const Idle& idle) {
  const int gap = pen.geometry.grid();
  pen.fill(area, Colour::vermilion, 2 * gap);
  const int icon = std::min(area.height - 3 * gap, area.width / 4);
  pen.pictogram({area.x + 2 * gap, area.y + (area.height - icon) / 2, icon, icon},
                idle.takes_notes ? Pictogram::note : Pictogram::slot, Colour::on_colour);
  const int x = area.x + icon + 4 * gap;
  const int width = area.x + area.width - x - gap;
  const auto& title = pen.words[idle.takes_notes ? "idle.cash" : "idle.coin"];
  const auto& line = pen.words[idle.each_yuan ? "idle.coin_each" : "idle.coin_sum"];
  const auto large = pen.fit(title, Composer::poster(pen.geometry.step(5)), width, area.height / 2,
                             pen.geometry.step(5), pen.geometry.headline());
  const auto small = pen.fit(line, Composer::poster(pen.geometry.body()), width, area.height / 3,
                             pen.geometry.body(), pen.geometry.caption());
  const int height =
      pen.measure(title, large, width).height + gap / 2 + pen.measure(line, small, width).height;
  Column text{x, area.y + (area.height - height) / 2, width, area.y + area.height};
  pen.put(text, title, large, Colour::on_colour, Colour::vermilion);
  text.y += gap / 2;
  pen.put(text, line, small, Colour::on_colour, Colour::vermilion);
}

void buttons(Composer& pen, Rect area, const Idle& idle) {
  const int gap = pen.geometry.grid() * 3 / 2;
  const int count = (idle.offers_free ? 1 : 0) + (idle.offers_one_day ? 1 : 0) + 1;
  const int width = (area.width - (count - 1) * gap) / count;
  Rect place{area.x, area.y, width, area.height};
  if (idle.offers_free) {
    pen.button(place, pen.words["activity.free"], pen.words["idle.free_hint"],
               {Intent::begin_free, Fen{}});
    place.x += width + gap;
  }
  if (idle.offers_one_day) {
    pen.button(place, pen.words["activity.one_day"], pen.words["idle.one_day_hint"],
               {Intent::begin_one_day, Fen{}});
    place.x += width + gap;
  }
  pen.language_button(place);
}

void panel_story(Composer& pen, Column column, const Panel& panel) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  pen.scene.panel = {column.x, column.y, column.width, column.left()};
  pen.fill({column.x, column.y, geometry.headline(), std::max(3, gap / 2)}, Colour::bright_gold,
           gap / 4);
  column.y += gap * 3 / 2;
  pen.put(column, panel.theme, Composer::plain(geometry.caption()), Colour::stone);
  auto title = Composer::bold(geometry.lead());
  title.ellipsis = true;
  pen.put(column, panel.title, title, Colour::ink);
  column.y += gap / 2;
  const auto text = pen.fit(panel.text, Composer::plain(geometry.body()), column.width,
                            column.left(), geometry.body(), geometry.caption());
  if (column.left() >= text.leading) pen.put(column, panel.text, text, Colour::ink);
}

// Head, slogan, panel.
void story(Composer& pen, Column column, const Idle& idle, std::size_t panel) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  std::string line;
  if (idle.gifts > 0) {
    auto count = to_grouped(yuan(static_cast<std::int64_t>(idle.gifts)));
    count.resize(count.size() - 3);
    line = pen.words.fill("idle.gifts", {{"count", count}});
  }
  if (idle.slips_on_screen) line = pen.words["idle.slips_on_screen"];
  pen.head(column, idle.campaign, line);
  // The slogan may take all but what a panel needs.
  const int panel_height = idle.panels.empty() ? 0 : geometry.lead() * 7;
  const auto slogan = pen.fit(idle.slogan, Composer::poster(geometry.step(7)), column.width,
                              column.left() - panel_height, geometry.step(7), geometry.headline());
  pen.put(column, idle.slogan, slogan, Colour::ink);
  if (idle.panels.empty()) return;
  column.y += 2 * gap;
  panel_story(pen, column, idle.panels[panel % idle.panels.size()]);
}

}  // namespace

void compose_idle(Composer& pen, const Idle& idle, std::size_t panel) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid() * 3 / 2;
  const int foot = pen.disclosure_foot();
  auto hands = pen.hands(foot);
  if (!geometry.portrait()) hands.bottom -= gap;
  const int button = std::max(geometry.button(), geometry.headline() * 3 / 2);
  buttons(pen, {hands.x, hands.bottom - button, hands.width, button}, idle);
  int bottom = hands.bottom - button - gap;
  const int card = geometry.portrait() ? geometry.headline() * 2 : geometry.headline() * 4;
  if (idle.payee) {
    const int height = geometry.portrait() ? geometry.height / 6 : (bottom - hands.y) * 55 / 100;
    // Measured first: the card's own height depends on how long the name is.
    Scene before = pen.scene;
    const int used = pen.payee_card({hands.x, bottom - height, hands.width, height}, *idle.payee);
    pen.scene = std::move(before);
    pen.payee_card({hands.x, bottom - used, hands.width, height}, *idle.payee);
    bottom -= used + gap;
  }
  int top = bottom;
  if (idle.takes_coins || idle.takes_notes) {
    top = geometry.portrait() ? bottom - card : hands.y;
    coin_card(pen, {hands.x, top, hands.width, bottom - top}, idle);
  }
  auto column = pen.story(foot);
  column.bottom = geometry.portrait() ? top - 2 * gap : geometry.height - foot - gap;
  story(pen, column, idle, panel);
}

}  // namespace yijuan::screen
