// Nobody stands before the box: what it is for, how to give, who answers for it. Laid out from the
// foot up, since what the law wants comes first and the story takes what is left.
#include <algorithm>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

Pictogram way_to_give(const Idle& idle) {
  return idle.takes_notes ? Pictogram::note : Pictogram::slot;
}

std::string_view title_key(const Idle& idle) {
  if (!idle.takes_notes) return "idle.coin";
  return idle.takes_coins ? "idle.cash" : "idle.note";
}

// The card where there is no code below it: the sign above its words.
void tall_card(Composer& pen, Rect area, const Idle& idle) {
  const int gap = pen.geometry.grid();
  const int width = area.width - 4 * gap;
  const auto& title = pen.words[title_key(idle)];
  const auto& line = pen.words[idle.each_yuan ? "idle.coin_each" : "idle.coin_sum"];
  const int largest = pen.geometry.step(6);
  const auto large = pen.fit(title, Composer::poster(largest), width, largest * 2, largest,
                             pen.geometry.headline());
  const auto small = pen.fit(line, Composer::plain(pen.geometry.lead()), width,
                             pen.geometry.lead() * 3, pen.geometry.lead(), pen.geometry.body());
  const int title_height = pen.measure(title, large, width).height;
  const int line_height = pen.measure(line, small, width).height;
  const int icon = std::min(area.width * 2 / 5, area.height - title_height - line_height - 8 * gap);
  int y = area.y + (area.height - icon - title_height - line_height - 3 * gap) / 2;
  pen.pictogram({area.x + (area.width - icon) / 2, y, icon, icon}, way_to_give(idle),
                Colour::on_colour);
  y += icon + 2 * gap;
  pen.put_centred({area.x + 2 * gap, y, width, title_height}, title, large, Colour::on_colour,
                  Colour::vermilion);
  y += title_height + gap;
  pen.put_centred({area.x + 2 * gap, y, width, line_height}, line, small, Colour::on_colour,
                  Colour::vermilion);
}

// The vermilion card: the one action is money in the slot.
void coin_card(Composer& pen, Rect area, const Idle& idle) {
  const int gap = pen.geometry.grid();
  pen.fill(area, Colour::vermilion, 2 * gap);
  if (area.height > area.width * 2 / 3) {
    tall_card(pen, area, idle);
    return;
  }
  const int icon = std::min(area.height - 3 * gap, area.width / 4);
  pen.pictogram({area.x + 2 * gap, area.y + (area.height - icon) / 2, icon, icon},
                way_to_give(idle), Colour::on_colour);
  const int x = area.x + icon + 4 * gap;
  const int width = area.x + area.width - x - gap;
  const auto& title = pen.words[title_key(idle)];
  const auto& line = pen.words[idle.each_yuan ? "idle.coin_each" : "idle.coin_sum"];
  const int largest = pen.geometry.step(pen.geometry.portrait() ? 4 : 6);
  auto one_line = Composer::bold(largest);
  one_line.ellipsis = true;
  const auto large =
      pen.fit(title, one_line, width, area.height * 3 / 5, largest, pen.geometry.lead());
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

// A panel beside its gold bar.
int panel_story(Composer& pen, Column column, const Panel& panel) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  const int top = column.y;
  const Rect bar{column.x, top, std::max(4, gap * 2 / 3), 0};
  const auto bar_item = pen.scene.items.size();
  pen.fill(bar, Colour::bright_gold, bar.width / 2);
  column.x += 3 * gap;
  column.width -= 3 * gap;
  pen.put(column, panel.theme, Composer::plain(geometry.caption()), Colour::stone);
  auto title = Composer::bold(geometry.lead());
  title.ellipsis = true;
  pen.put(column, panel.title, title, Colour::ink);
  column.y += gap / 2;
  pen.put(column, panel.text,
          pen.fit(panel.text, Composer::plain(geometry.body()), column.width, column.left(),
                  geometry.body(), geometry.caption()),
          Colour::ink);
  std::get<FillItem>(pen.scene.items[bar_item]).area.height = column.y - top;
  return column.y;
}

// Smaller than a headline only where a long disclosure leaves no room for one.
void slogan_story(Composer& pen, Column& column, const std::string& slogan, int height) {
  const auto style = pen.fit(slogan, Composer::poster(pen.geometry.step(7)), column.width, height,
                             pen.geometry.step(7), pen.geometry.body());
  pen.put(column, slogan, style, Colour::ink);
}

// Head, slogan, panels below it; where there is no room for both they take turns.
void story(Composer& pen, Column column, const Idle& idle, std::size_t turn) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  std::string line;
  if (idle.gifts > 0) {
    auto count = to_grouped(yuan(static_cast<std::int64_t>(idle.gifts)));
    count.resize(count.size() - 3);
    line = pen.words.fill("idle.gifts", {{"count", count}});
  }
  if (idle.slips_on_screen) line = pen.words["idle.slips_on_screen"];
  if (idle.coins_down) line = pen.words["idle.coins_down"];
  if (idle.notes_down) line = pen.words["idle.notes_down"];
  pen.head(column, idle.campaign, line);
  if (!geometry.portrait() || pen.model.notice) {
    column.y = std::max(column.y, pen.head_bottom() + gap);
  }
  const auto& panels = idle.panels;
  const int least = panels.empty() ? 0 : geometry.lead() * 7;
  auto& scene = pen.scene;
  if (column.left() - least >= geometry.headline() * 5 / 2) {
    slogan_story(pen, column, idle.slogan, column.left() - least);
    if (panels.empty()) return;
    column.y += 2 * gap;
    scene.panel = column.rect(column.left());
    scene.turns = panels.size();
    panel_story(pen, column, panels[turn % scene.turns]);
    return;
  }
  scene.panel = column.rect(column.left());
  scene.turns = panels.size() + 1;
  const auto first = scene.items.size();
  const auto now = turn % scene.turns;
  int end = 0;
  if (now == 0) {
    auto slogan = column;
    slogan_story(pen, slogan, idle.slogan, column.left());
    end = slogan.y;
  } else {
    end = panel_story(pen, column, panels[now - 1]);
  }
  pen.shift(first, std::max(0, column.bottom - end) / 2);
}

}  // namespace

void compose_idle(Composer& pen, const Idle& idle, std::size_t turn) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid() * 3 / 2;
  const int foot = pen.disclosure_foot();
  auto hands = pen.hands(foot);
  if (!geometry.portrait()) hands.bottom -= gap;
  const int button = std::max(geometry.button(), geometry.headline() * 3 / 2);
  buttons(pen, {hands.x, hands.bottom - button, hands.width, button}, idle);
  int bottom = hands.bottom - button - gap;
  const int card = geometry.headline() * 9 / 4;
  if (idle.payee) {
    const int height = geometry.portrait() ? geometry.height / 7 : (bottom - hands.y) * 55 / 100;
    const auto first = pen.scene.items.size();
    const int used = pen.payee_card({hands.x, 0, hands.width, height}, *idle.payee);
    pen.shift(first, bottom - used);
    bottom -= used + gap;
  }
  int top = bottom + gap;
  if (idle.takes_coins || idle.takes_notes) {
    top = geometry.portrait() ? bottom - card : hands.y;
    coin_card(pen, {hands.x, top, hands.width, bottom - top}, idle);
  }
  auto column = pen.story(foot);
  column.bottom = geometry.portrait() ? top - 2 * gap : geometry.height - foot - gap;
  story(pen, column, idle, turn);
}

}  // namespace yijuan::screen
