#include "screen/composer.hpp"

#include <algorithm>

#include "base/qr_code.hpp"

namespace yijuan::screen {

Composer::Composer(const Model& shown, const Geometry& size, Typesetter& typesetter,
                   std::string_view name)
    : model(shown), geometry(size), words(Words::of(shown.language)), typesetter_(typesetter) {
  scene.name = name;
  fill({0, 0, geometry.width, geometry.height}, Colour::paper);
}

TextStyle Composer::plain(int size) {
  return {.size = size, .leading = size * 4 / 3};
}
TextStyle Composer::bold(int size) {
  return {.size = size, .leading = size * 5 / 4, .bold = true};
}
TextStyle Composer::poster(int size) {
  return {.size = size, .leading = size * 5 / 4, .bold = true, .phrases = true, .even = true};
}

void Composer::fill(Rect area, Colour colour, int radius) {
  scene.items.emplace_back(FillItem{area, radius, colour});
}

void Composer::swatch(Rect area, std::uint32_t rgb) {
  scene.items.emplace_back(SwatchItem{area, rgb});
}

void Composer::outline(Rect area, Colour colour, int radius, int stroke) {
  scene.items.emplace_back(OutlineItem{area, radius, stroke, colour});
}

void Composer::pictogram(Rect area, Pictogram kind, Colour colour) {
  scene.items.emplace_back(PictogramItem{area, kind, geometry.stroke(), colour});
}

// The slot: one rounded bar, slightly above the middle of a vermilion square.
void Composer::mark(int x, int y, int side) {
  fill({x, y, side, side}, Colour::vermilion, side * 22 / 100);
  const int thick = std::max(2, side * 13 / 100);
  fill({x + side * 19 / 100, y + side * 38 / 100, side - 2 * (side * 19 / 100), thick},
       Colour::on_colour, thick / 2);
}

TextSize Composer::measure(std::string_view text, const TextStyle& style, int width) {
  return typesetter_.measure(text, style, width);
}

void Composer::put(Column& column, std::string_view text, const TextStyle& style, Colour colour,
                   Colour ground) {
  if (text.empty()) return;
  const auto size = measure(text, style, column.width);
  scene.items.emplace_back(
      TextItem{column.rect(size.height), std::string(text), style, colour, ground, {}});
  column.y += size.height;
}

void Composer::put_centred(Rect area, std::string_view text, TextStyle style, Colour colour,
                           Colour ground) {
  if (text.empty()) return;
  style.align = Align::centre;
  const auto size = measure(text, style, area.width);
  area.y += (area.height - size.height) / 2;
  area.height = size.height;
  scene.items.emplace_back(TextItem{area, std::string(text), style, colour, ground, {}});
}

TextStyle Composer::fit(std::string_view text, TextStyle style, int width, int height, int largest,
                        int least) {
  const int per_mille = style.leading * 1000 / style.size;
  const bool one_line = style.ellipsis;
  style.ellipsis = false;
  for (int size = largest;; size = std::max(least, size * 15 / 16)) {
    style.size = size;
    style.leading = size * per_mille / 1000;
    const auto measured = measure(text, style, width);
    const bool fits =
        measured.height <= height && measured.width <= width && (!one_line || measured.lines == 1);
    if (!fits && size > least) continue;
    // A phrase longer than the line breaks after all.
    if (measured.width > width) style.phrases = false;
    style.ellipsis = one_line;
    return style;
  }
}

void Composer::shift(std::size_t first, int distance) {
  for (auto i = first; i < scene.items.size(); ++i) {
    std::visit([distance](auto& item) { item.area.y += distance; }, scene.items[i]);
  }
}

int Composer::head_bottom() const {
  return geometry.portrait() ? geometry.height * 145 / 1000 : geometry.height * 175 / 1000;
}

Column Composer::story(int foot) const {
  const int margin = geometry.margin();
  if (geometry.portrait()) {
    return {margin, margin, geometry.width - 2 * margin, geometry.height / 2 - geometry.grid()};
  }
  const auto right = hands(foot);
  return {margin, margin * 3 / 4, right.x - margin * 2, geometry.height - foot};
}

Column Composer::hands(int foot) const {
  const int margin = geometry.margin();
  if (geometry.portrait()) {
    return {margin, geometry.height / 2 + geometry.grid(), geometry.width - 2 * margin,
            geometry.height - foot};
  }
  const int width = geometry.width * 36 / 100;
  return {geometry.width - margin - width, margin * 3 / 4, width, geometry.height - foot};
}

void Composer::head(Column& column, std::string_view title, std::string_view line) {
  const int gap = geometry.grid();
  std::string box;
  if (title.empty()) title = box = words.fill("common.box", {{"box", model.box}});
  const auto title_style = bold(geometry.body());
  const auto line_style = plain(geometry.caption());
  const int side = title_style.leading + (line.empty() ? gap : line_style.leading);
  mark(column.x, column.y, side);
  Column text{column.x + side + 2 * gap, column.y, column.width - side - 2 * gap, column.y + side};
  if (line.empty()) text.y += (side - title_style.leading) / 2;
  auto one_line = title_style;
  one_line.ellipsis = true;
  put(text, title, one_line, Colour::ink);
  one_line = line_style;
  one_line.ellipsis = true;
  put(text, line, one_line, Colour::stone);
  column.y += side + 3 * gap;
}

void Composer::sum(Column& column, Fen amount) {
  const auto text = "￥" + to_grouped(amount);
  TextStyle style{.size = geometry.hero(),
                  .leading = geometry.hero(),
                  .bold = true,
                  .ellipsis = true,
                  .money = true};
  style = fit(text, style, column.width, column.left(), geometry.hero(), geometry.headline());
  put(column, text, style, Colour::gold);
}

void Composer::button(Rect area, std::string_view label, std::string_view hint, Action action,
                      bool main) {
  const int radius = 2 * geometry.grid();
  const auto ground = main ? Colour::vermilion : Colour::paper;
  if (main) {
    fill(area, Colour::vermilion, radius);
  } else {
    outline(area, Colour::ink, radius, std::max(2, geometry.stroke() / 2));
  }
  const int inside = area.width - 2 * geometry.grid();
  const auto small = plain(geometry.caption());
  const int hint_height = hint.empty() ? 0 : small.leading;
  TextStyle style = bold(geometry.title());
  style.ellipsis = true;
  style =
      fit(label, style, inside, area.height - hint_height, geometry.title(), geometry.caption());
  const int height = style.leading + hint_height;
  const int x = area.x + geometry.grid();
  int y = area.y + (area.height - height) / 2;
  put_centred({x, y, inside, style.leading}, label, style, main ? Colour::on_colour : Colour::ink,
              ground);
  y += style.leading;
  if (!hint.empty()) {
    put_centred({x, y, inside, hint_height}, hint, small, main ? Colour::on_colour : Colour::stone,
                ground);
  }
  scene.buttons.push_back({area, action, std::string(label)});
}

void Composer::language_button(Rect area) {
  const auto& label = words["common.other_language"];
  outline(area, Colour::ink, 2 * geometry.grid(), std::max(2, geometry.stroke() / 2));
  put_centred(area, label,
              fit(label, plain(geometry.lead()), area.width - 2 * geometry.grid(), area.height,
                  geometry.lead(), geometry.caption()),
              Colour::ink);
  scene.buttons.push_back({area, {Intent::switch_language, Fen{}}, label});
}

int Composer::qr(int x, int y, int side, std::string_view payload) {
  const auto code = make_qr_code(payload);
  if (!code) return 0;
  const int modules = code->size + 2 * kQrQuietZone;
  const int module = std::max(1, side / modules);
  const int full = module * modules;
  const int quiet = module * kQrQuietZone;
  fill({x, y, full, full}, Colour::white, quiet / 2);
  scene.items.emplace_back(QrItem{{x + quiet, y + quiet, module * code->size, module * code->size},
                                  module,
                                  std::string(payload),
                                  std::make_shared<const QrCode>(*code)});
  return full;
}

int Composer::payee_card(Rect area, const Payee& payee) {
  const int gap = geometry.grid() * 3 / 2;
  const auto first = scene.items.size();
  const int side = qr(area.x + gap, area.y + gap, std::min(area.height - 2 * gap, area.width / 2),
                      payee.payload);
  const auto after_code = scene.items.size();
  Column text{area.x + side + 3 * gap, area.y + gap, area.width - side - 4 * gap, area.y};
  const int icon = geometry.title() * 5 / 4;
  Column beside{text.x + icon * 2 / 3 + gap, text.y, text.width - icon * 2 / 3 - gap, text.bottom};
  const auto title = fit(words["idle.phone"], poster(geometry.title()), beside.width, icon,
                         geometry.title(), geometry.body());
  pictogram({text.x, text.y, icon * 2 / 3, icon}, Pictogram::phone, Colour::ink);
  beside.y += (icon - title.leading) / 2;
  put(beside, words["idle.phone"], title, Colour::ink);
  text.y += icon + gap / 2;
  put(text, words["idle.pays"], plain(geometry.caption()), Colour::stone);
  auto name = bold(geometry.caption());
  name.phrases = true;
  put(text, payee.name, fit(payee.name, name, text.width, name.leading * 3, name.size, name.size),
      Colour::ink);
  text.y += gap / 3;
  put(text, words["idle.check_payee"], plain(geometry.caption()), Colour::stone);
  const int text_height = text.y - area.y - gap;
  const int inside = std::max(side, text_height);
  shift(after_code, (inside - text_height) / 2);
  for (auto i = first; i < after_code; ++i) {
    std::visit([&](auto& item) { item.area.y += (inside - side) / 2; }, scene.items[i]);
  }
  outline({area.x, area.y, area.width, inside + 2 * gap}, Colour::line, 2 * geometry.grid());
  return inside + 2 * gap;
}

int Composer::short_foot() {
  std::string text;
  const auto& phone = model.disclosure.phone;
  if (!phone.empty()) text = words.fill("common.supervision", {{"phone", phone}});
  if (!model.box.empty()) {
    if (!text.empty()) text += "　";
    text += words.fill("common.box", {{"box", model.box}});
  }
  const int margin = geometry.margin();
  auto style = plain(geometry.caption());
  style.ellipsis = true;
  Column column{margin, geometry.height - margin / 2 - style.leading, geometry.width - 2 * margin,
                geometry.height};
  put(column, text, style, Colour::stone);
  return style.leading + margin;
}

int Composer::disclosure_foot() {
  const auto& shown = model.disclosure;
  const std::initializer_list<std::pair<std::string_view, const std::string*>> fields = {
      {"disclosure.organisation", &shown.organisation},
      {"disclosure.partner", &shown.partner},
      {"disclosure.agreement", &shown.agreement},
      {"disclosure.host", &shown.host},
      {"disclosure.certificate", &shown.certificate},
      {"disclosure.filing", &shown.filing},
      {"disclosure.plan", &shown.plan},
      {"disclosure.contact", &shown.contact},
      {"disclosure.query", &shown.query},
      {"disclosure.phone", &shown.phone}};
  TextItem item{
      .area = {},
      .text = {},
      .style = {.size = geometry.caption(), .leading = geometry.caption() * 5 / 4, .phrases = true},
      .colour = Colour::ink,
      .ground = Colour::paper,
      .spans = {}};
  for (const auto& [label, value] : fields) {
    if (value->empty()) continue;
    if (!item.text.empty()) item.text += "　";
    const auto begin = item.text.size();
    item.text += words[label];
    item.spans.push_back({begin, item.text.size(), Colour::stone});
    item.text += "\u00A0" + *value;
  }
  if (item.text.empty()) return short_foot();
  const int margin = geometry.margin();
  const auto size = measure(item.text, item.style, geometry.width - 2 * margin);
  item.area = {margin, geometry.height - size.height - margin / 2, geometry.width - 2 * margin,
               size.height};
  const int rule = item.area.y - geometry.grid() * 3 / 2;
  fill({margin, rule, item.area.width, 2}, Colour::line);
  scene.items.emplace_back(std::move(item));
  return geometry.height - rule + geometry.grid();
}

void Composer::notice() {
  if (!model.notice) return;
  std::string_view key = "notice.cash_returned";
  if (*model.notice == Notice::cash_unknown) key = "notice.cash_unknown";
  if (*model.notice == Notice::slip_in_tray) key = "notice.slip_in_tray";
  const int gap = geometry.grid();
  const int right = geometry.portrait() ? geometry.width - geometry.margin() / 2
                                        : hands(0).x - geometry.margin() / 2;
  const int x = geometry.margin() / 2;
  const Rect card{x, x / 2, right - x, head_bottom() - x / 2};
  const int icon = card.height / 2;
  const int width = card.width - icon - 5 * gap;
  const auto style = fit(words[key], poster(geometry.headline()), width, card.height - gap,
                         geometry.headline(), geometry.body());
  const auto size = measure(words[key], style, width);
  fill(card, Colour::amber, 2 * gap);
  pictogram({card.x + 2 * gap, card.y + (card.height - icon) / 2, icon, icon},
            *model.notice == Notice::slip_in_tray ? Pictogram::slip : Pictogram::returned,
            Colour::on_colour);
  Column column{card.x + icon + 4 * gap, card.y + (card.height - size.height) / 2, width, 0};
  put(column, words[key], style, Colour::on_colour, Colour::amber);
}

std::string short_yuan(Fen amount) {
  auto text = to_grouped(amount);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text;
}

}  // namespace yijuan::screen
