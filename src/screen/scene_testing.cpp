// A technician's test: what fell in, and that it is no gift.
#include <algorithm>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

std::string_view device_key(const Testing& testing) {
  return testing.device == "note" ? "testing.note" : "testing.coin";
}

// What the acceptor took last, and how much so far.
void taken(Composer& pen, Column& column, const Testing& testing) {
  const auto& words = pen.words;
  const auto line = Composer::plain(pen.geometry.lead());
  if (testing.ending) return pen.put(column, words["testing.ending"], line, Colour::amber);
  if (testing.pieces == 0) return pen.put(column, words["testing.empty"], line, Colour::stone);
  const auto count = std::to_string(testing.pieces);
  pen.put(column, words.fill("testing.newest", {{"amount", short_yuan(testing.newest)}}),
          Composer::bold(pen.geometry.lead()), Colour::ink);
  pen.put(column, words.fill("testing.pieces", {{"count", count}}), line, Colour::stone);
}

void no_gift_card(Composer& pen, Rect area) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  pen.outline(area, Colour::amber, 2 * gap, 4);
  Column card{area.x + 2 * gap, area.y + 2 * gap, area.width - 4 * gap,
              area.y + area.height - 2 * gap};
  const auto first = pen.scene.items.size();
  const int icon = geometry.step(3);
  pen.pictogram({card.x, card.y, icon, icon}, Pictogram::slot, Colour::amber);
  card.y += icon + gap;
  const auto& title = pen.words["testing.no_gift"];
  pen.put(card, title,
          pen.fit(title, Composer::poster(geometry.headline()), card.width, geometry.headline() * 3,
                  geometry.headline(), geometry.body()),
          Colour::amber);
  card.y += gap;
  const auto& hint = pen.words["testing.hint"];
  auto style = Composer::plain(geometry.lead());
  style.phrases = true;
  pen.put(card, hint,
          pen.fit(hint, style, card.width, std::max(card.left(), style.leading), geometry.lead(),
                  geometry.caption()),
          Colour::ink);
  pen.shift(first, std::max(0, card.left()) / 2);
}

}  // namespace

void compose_testing(Composer& pen, const Testing& testing) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  const int foot = pen.short_foot();
  auto column = pen.story(foot);
  pen.head(column, pen.words["testing.title"], pen.words[device_key(testing)]);
  column.y = std::max(column.y, pen.head_bottom() + gap);
  const auto first = pen.scene.items.size();
  pen.put(column, pen.words["testing.so_far"], Composer::bold(geometry.headline()), Colour::ink);
  pen.sum(column, testing.total);
  column.y += gap;
  taken(pen, column, testing);
  pen.shift(first, std::max(0, column.left()) / 2);

  auto hands = pen.hands(foot);
  const int button = std::max(geometry.button(), geometry.headline() * 2);
  if (!testing.ending) {
    pen.button({hands.x, hands.bottom - button, hands.width, button}, pen.words["testing.finish"],
               "", {Intent::finish, Fen{}}, true);
  }
  hands.bottom -= button + 2 * gap;
  no_gift_card(pen, hands.rect(hands.left()));
}

}  // namespace yijuan::screen
