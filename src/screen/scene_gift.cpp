// A gift from its first coin to the thanks: counting, amount choice, thanks.
#include <algorithm>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

std::string_view activity_key(tlog::Activity activity) {
  switch (activity) {
    case tlog::Activity::one_yuan:
      return "activity.one_yuan";
    case tlog::Activity::one_day:
      return "activity.one_day";
    case tlog::Activity::free:
      return "activity.free";
  }
  return "activity.free";
}

// The head of a gift's scenes: what is being given, and for what.
void gift_head(Composer& pen, Column& column, tlog::Activity activity, std::string_view key,
               std::string_view designation) {
  const auto line =
      designation.empty() ? std::string() : pen.words.fill(key, {{"designation", designation}});
  pen.head(column, pen.words[activity_key(activity)], line);
}

void progress(Composer& pen, Column& column, Fen amount, Fen goal) {
  const int gap = pen.geometry.grid();
  const int height = gap * 2;
  pen.fill(column.rect(height), Colour::line, height / 2);
  const auto part = std::min(amount.count(), goal.count());
  const int width =
      goal.count() > 0 ? static_cast<int>(part * column.width / goal.count()) : column.width;
  if (width > 0) {
    pen.fill({column.x, column.y, std::max(width, height), height}, Colour::bright_gold,
             height / 2);
  }
  column.y += height + gap;
  pen.put(column, pen.words.fill("counting.goal", {{"amount", short_yuan(goal)}}),
          Composer::plain(pen.geometry.body()), Colour::stone);
}

std::string_view insert_key(const Counting& counting) {
  if (!counting.takes_notes) return "counting.insert";
  return counting.takes_coins ? "counting.insert_cash" : "counting.insert_notes";
}

// Where the money goes: the one action while nothing came in, a reminder afterwards.
void slot_card(Composer& pen, Rect area, const Counting& counting) {
  const bool main = counting.amount == Fen{};
  const int gap = pen.geometry.grid();
  const auto ground = main ? Colour::vermilion : Colour::paper;
  const auto colour = main ? Colour::on_colour : Colour::ink;
  if (main) {
    pen.fill(area, Colour::vermilion, 2 * gap);
  } else {
    pen.outline(area, Colour::line, 2 * gap);
  }
  const auto& text = pen.words[main ? insert_key(counting) : "counting.more"];
  const int largest = main ? pen.geometry.headline() : pen.geometry.lead();
  const auto style = pen.fit(text, Composer::poster(largest), area.width - 4 * gap, largest * 3,
                             largest, pen.geometry.body());
  const int height = pen.measure(text, style, area.width - 4 * gap).height;
  const int icon = std::min(area.height - height - 8 * gap, area.width / 2);
  const int y = area.y + (area.height - icon - 2 * gap - height) / 2;
  pen.pictogram({area.x + (area.width - icon) / 2, y, icon, icon},
                counting.takes_notes ? Pictogram::note : Pictogram::slot, colour);
  pen.put_centred({area.x + 2 * gap, y + icon + 2 * gap, area.width - 4 * gap, height}, text, style,
                  colour, ground);
}

std::string_view print_line(PrintState state) {
  switch (state) {
    case PrintState::unavailable:
      return "thanks.unavailable";
    case PrintState::offered:
      return "thanks.scan";
    case PrintState::printing:
      return "thanks.printing";
    case PrintState::printed:
      return "thanks.printed";
    case PrintState::failed:
      return "thanks.failed";
    case PrintState::uncertain:
      return "thanks.uncertain";
  }
  return "thanks.scan";
}

void thanks_buttons(Composer& pen, Rect area, const Thanks& thanks) {
  if (thanks.print != PrintState::offered) {
    pen.button(area, pen.words["thanks.done"], "", {Intent::no_slip, Fen{}});
    return;
  }
  const int gap = pen.geometry.grid() * 3 / 2;
  const int width = (area.width - gap) / 2;
  pen.button({area.x, area.y, width, area.height}, pen.words["thanks.no_slip"], "",
             {Intent::no_slip, Fen{}});
  pen.button({area.x + width + gap, area.y, width, area.height}, pen.words["thanks.print"], "",
             {Intent::print_slip, Fen{}}, true);
}

// The code that is the slip for who wants no paper, and what it is for.
void slip_card(Composer& pen, Column hands, const Thanks& thanks) {
  const int gap = pen.geometry.grid();
  const auto number = Composer::plain(pen.geometry.caption());
  const auto number_text = pen.words.fill("thanks.number", {{"number", thanks.slip_number}});
  const auto& line = pen.words[print_line(thanks.print)];
  const auto style = pen.fit(line, Composer::poster(pen.geometry.body()), hands.width,
                             pen.geometry.body() * 4, pen.geometry.body(), pen.geometry.caption());
  const int text_height =
      pen.measure(line, style, hands.width).height +
      (thanks.slip_number.empty() ? 0 : pen.measure(number_text, number, hands.width).height);
  const int room = std::min(hands.left() - text_height - gap, hands.width);
  const auto first = pen.scene.items.size();
  const int side = pen.qr(hands.x, hands.y, room, thanks.slip_payload);
  const int down = std::max(0, hands.left() - text_height - gap - side) / 2;
  for (auto i = first; i < pen.scene.items.size(); ++i) {
    std::visit([&](auto& item) { item.area.x += (hands.width - side) / 2; }, pen.scene.items[i]);
  }
  pen.shift(first, down);
  hands.y += down;
  hands.y += side + gap;
  const int line_height = pen.measure(line, style, hands.width).height;
  pen.put_centred(hands.rect(line_height), line, style, Colour::ink);
  hands.y += line_height;
  if (!thanks.slip_number.empty()) {
    const int height = pen.measure(number_text, number, hands.width).height;
    pen.put_centred(hands.rect(height), number_text, number, Colour::stone);
  }
}

// The check mark and, beside it, the fact.
void received(Composer& pen, Column& column, Fen amount) {
  const auto& geometry = pen.geometry;
  const int icon = geometry.step(7);
  int beside = icon + 2 * geometry.grid();
  const auto text = pen.words.fill("thanks.received", {{"amount", short_yuan(amount)}});
  const int largest = geometry.step(5);
  auto style = pen.fit(text, Composer::poster(largest), column.width - beside, largest * 5 / 2,
                       largest, geometry.headline());
  if (!style.phrases) {  // a very large sum: the words need all of the width
    beside = 0;
    style = pen.fit(text, Composer::poster(largest), column.width, largest * 5 / 2, largest,
                    geometry.body());
  }
  const int height = pen.measure(text, style, column.width - beside).height;
  const int rows = std::max(height, beside > 0 ? icon : 0);
  if (beside > 0) {
    pen.pictogram({column.x, column.y + (rows - icon) / 2, icon, icon}, Pictogram::done,
                  Colour::pine);
  }
  Column words{column.x + beside, column.y + (rows - height) / 2, column.width - beside, 0};
  pen.put(words, text, style, Colour::ink);
  column.y += rows + geometry.grid();
}

constexpr std::uint32_t kLongestRow = 20;  // gifts

}  // namespace

void compose_counting(Composer& pen, const Counting& counting, Fen shown) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  const int foot = pen.short_foot();
  auto column = pen.story(foot);
  gift_head(pen, column, counting.activity, "counting.designation", counting.designation);
  column.y = std::max(column.y, pen.head_bottom() + gap);
  const auto first = pen.scene.items.size();
  pen.put(column, pen.words["counting.so_far"], Composer::bold(geometry.headline()), Colour::ink);
  pen.sum(column, shown);
  column.y += 2 * gap;
  if (counting.goal) progress(pen, column, shown, *counting.goal);
  pen.shift(first, std::max(0, column.left()) / 2);

  auto hands = pen.hands(foot);
  const bool empty = counting.amount == Fen{};
  const int button = std::max(geometry.button(), geometry.headline() * 2);
  pen.button({hands.x, hands.bottom - button, hands.width, button},
             pen.words[empty ? "counting.leave" : "counting.finish"], "",
             {empty ? Intent::leave : Intent::finish, Fen{}}, !empty);
  hands.bottom -= button + 2 * gap;
  slot_card(pen, hands.rect(hands.left()), counting);
}

void compose_choice(Composer& pen, const AmountChoice& choice) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid() * 3 / 2;
  const int foot = pen.short_foot();
  auto column = pen.story(foot);
  const bool one_day = choice.activity == tlog::Activity::one_day;
  pen.head(column, pen.words[activity_key(choice.activity)], "");
  const auto& question = pen.words[one_day ? "choice.one_day" : "choice.free"];
  const auto style = pen.fit(question, Composer::poster(geometry.step(6)), column.width,
                             column.left() / 2, geometry.step(6), geometry.headline());
  column.y = std::max(column.y, pen.head_bottom() + gap);
  const auto first = pen.scene.items.size();
  pen.put(column, question, style, Colour::ink);
  column.y += gap;
  const auto hint = pen.fit(pen.words["choice.hint"], Composer::poster(geometry.lead()),
                            column.width, geometry.lead() * 3, geometry.lead(), geometry.body());
  auto quiet = hint;
  quiet.bold = false;
  pen.put(column, pen.words["choice.hint"], quiet, Colour::stone);
  pen.shift(first, std::max(0, column.left()) / 2);

  const auto hands = pen.hands(foot);
  const int presets = static_cast<int>(std::min<std::size_t>(choice.presets.size(), 6));
  const int rows = (presets + 1) / 2 + 1;
  const int height = std::min((hands.left() - (rows - 1) * gap) / rows, geometry.headline() * 3);
  const int width = (hands.width - gap) / 2;
  int y = hands.y + std::max(0, hands.left() - rows * height - (rows - 1) * gap);
  for (int i = 0; i < presets; ++i) {
    const Fen amount = choice.presets[static_cast<std::size_t>(i)];
    pen.button({hands.x + (i % 2) * (width + gap), y, width, height},
               pen.words.fill("choice.amount", {{"amount", short_yuan(amount)}}), "",
               {Intent::choose_amount, amount});
    if (i % 2 == 1 || i == presets - 1) y += height + gap;
  }
  pen.button({hands.x, y, width, height}, pen.words["choice.any"], "",
             {Intent::choose_amount, Fen{}});
  pen.button({hands.x + width + gap, y, width, height}, pen.words["choice.leave"], "",
             {Intent::leave, Fen{}});
}

void compose_thanks(Composer& pen, const Thanks& thanks) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  const int foot = pen.short_foot();
  auto column = pen.story(foot);
  gift_head(pen, column, thanks.activity, "thanks.designation", thanks.designation);
  column.y = std::max(column.y, pen.head_bottom() + gap);
  const auto first = pen.scene.items.size();
  received(pen, column, thanks.amount);
  const auto line = Composer::plain(geometry.lead());
  // A crowd's row is not told for ever: its sum would be the sum that lies in the box.
  const bool row = thanks.row_gifts > 1 && thanks.row_gifts <= kLongestRow;
  column.bottom -= row ? line.leading : 0;
  pen.sum(column, thanks.amount);
  column.bottom += row ? line.leading : 0;
  if (row) {
    const auto text = pen.words.fill("thanks.row", {{"count", std::to_string(thanks.row_gifts)},
                                                    {"amount", short_yuan(thanks.row_amount)}});
    pen.put(column, text,
            pen.fit(text, line, column.width, line.leading, geometry.lead(), geometry.caption()),
            Colour::stone);
  }
  pen.shift(first, std::max(0, column.left()) / 2);

  auto hands = pen.hands(foot);
  const int button = std::max(geometry.button(), geometry.headline() * 3 / 2);
  thanks_buttons(pen, {hands.x, hands.bottom - button, hands.width, button}, thanks);
  hands.bottom -= button + 2 * gap;
  slip_card(pen, hands, thanks);
}

}  // namespace yijuan::screen
