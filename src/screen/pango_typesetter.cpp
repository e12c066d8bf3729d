#include "screen/pango_typesetter.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <list>

#ifdef YIJUAN_SANITIZED
// Fontconfig keeps what it read of its configuration until the process ends, unreferenced.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name that the sanitizer looks for
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}
#endif

namespace yijuan::screen {
namespace {

// WenQuanYi stands in where Noto is not installed.
constexpr const char* kFamilies = "Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif";
constexpr std::size_t kKeptLayouts = 96;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;

struct SetText {
  std::string text;
  TextStyle style;
  int width = 0;
  Object<PangoLayout> layout;
  TextSize size;
  std::vector<TextItem::Span> spans;
  Palette palette = Palette::plain;
};

bool ends_phrase(gunichar character) {
  constexpr std::u32string_view kEnds = U" ，。、；：？！　";
  return kEnds.find(static_cast<char32_t>(character)) != kEnds.npos;
}

void add(PangoAttrList* list, PangoAttribute* attribute, std::size_t begin, std::size_t end) {
  attribute->start_index = static_cast<guint>(begin);
  attribute->end_index = static_cast<guint>(end);
  pango_attr_list_insert(list, attribute);
}

// Lines may end only between phrases.
void keep_phrases(PangoAttrList* list, const std::string& text) {
  const char* const start = text.c_str();
  const char* phrase = start;
  for (const char* at = start; *at != '\0';) {
    const char* const next = g_utf8_next_char(at);
    const bool ends = ends_phrase(g_utf8_get_char(at)) || g_utf8_get_char(next) == U'（';
    if (ends || *next == '\0') {
      add(list, pango_attr_allow_breaks_new(FALSE), static_cast<std::size_t>(phrase - start),
          static_cast<std::size_t>(next - start));
      phrase = next;
    }
    at = next;
  }
}

bool among(std::u32string_view set, gunichar character) {
  return set.find(static_cast<char32_t>(character)) != set.npos;
}

// How a character is set between its neighbours (0: none), as an OpenType feature; null: as it is.
// Of two marks of punctuation in a row the first is half as wide, as Chinese printers do; quotation
// marks and ￥ beside Latin text lose the air of their squares.
const char* feature_of(gunichar before, gunichar character, gunichar after) {
  constexpr std::u32string_view kClosing = U"，。、：；！？”〉》】）";
  constexpr std::u32string_view kAny = U"，。、：；！？”〉》】）“〈《【（";
  const auto latin = [](gunichar one) { return one > ' ' && one < 0x7F; };
  if (character == U'￥') return "palt=1";
  if (character == U'“' && latin(after)) return "palt=1";
  if (among(U"”’", character) && latin(before)) return "palt=1";
  return among(kClosing, character) && among(kAny, after) ? "halt=1" : nullptr;
}

void tighten(PangoAttrList* list, const std::string& text) {
  const char* const start = text.c_str();
  gunichar before = 0;
  for (const char* at = start; *at != '\0';) {
    const char* const next = g_utf8_next_char(at);
    const auto character = g_utf8_get_char(at);
    const char* const feature = feature_of(before, character, g_utf8_get_char(next));
    if (feature != nullptr) {
      add(list, pango_attr_font_features_new(feature), static_cast<std::size_t>(at - start),
          static_cast<std::size_t>(next - start));
    }
    before = character;
    at = next;
  }
}

void set_attributes(const SetText& set) {
  PangoAttrList* const list = pango_attr_list_new();
  const auto all = set.text.size();
  add(list, pango_attr_line_height_new_absolute(set.style.leading * PANGO_SCALE), 0, all);
  tighten(list, set.text);
  constexpr std::string_view kYuanSign = "￥";
  if (set.style.money && set.text.starts_with(kYuanSign)) {
    add(list, pango_attr_scale_new(0.6), 0, kYuanSign.size());
  }
  if (set.style.phrases) keep_phrases(list, set.text);
  for (const auto& span : set.spans) {
    const auto colour = rgb(span.colour, set.palette);
    const auto wide = [colour](int shift) {
      return static_cast<guint16>(((colour >> shift) & 0xFF) * 0x101);
    };
    add(list, pango_attr_foreground_new(wide(16), wide(8), wide(0)), span.begin, span.end);
  }
  pango_layout_set_attributes(set.layout.get(), list);
  pango_attr_list_unref(list);
}

TextSize size_of(PangoLayout* layout) {
  TextSize size;
  pango_layout_get_pixel_size(layout, &size.width, &size.height);
  size.lines = pango_layout_get_line_count(layout);
  return size;
}

// The narrowest width with as many lines: lines of even length, no lonely last character.
void balance(PangoLayout* layout, const TextSize& size, int width) {
  int narrow = size.width / 2;
  int wide = width;
  while (wide - narrow > 4) {
    const int middle = (narrow + wide) / 2;
    pango_layout_set_width(layout, middle * PANGO_SCALE);
    const auto now = size_of(layout);
    (now.lines > size.lines || now.width > middle ? narrow : wide) = middle;
  }
  pango_layout_set_width(layout, wide * PANGO_SCALE);
}

}  // namespace

struct PangoTypesetter::State {
  Object<PangoFontMap> fonts;
  Object<PangoContext> context;
  std::list<SetText> sets;  // most recently used first

  SetText& find(std::string_view text, const TextStyle& style, int width);
  SetText make(std::string_view text, const TextStyle& style, int width) const;
};

SetText PangoTypesetter::State::make(std::string_view text, const TextStyle& style,
                                     int width) const {
  SetText set{.text = std::string(text),
              .style = style,
              .width = width,
              .layout = Object<PangoLayout>(pango_layout_new(context.get())),
              .size = {},
              .spans = {},
              .palette = Palette::plain};
  PangoLayout* const layout = set.layout.get();
  PangoFontDescription* const font = pango_font_description_new();
  pango_font_description_set_family_static(font, kFamilies);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_text(layout, set.text.c_str(), static_cast<int>(set.text.size()));
  pango_layout_set_width(layout, width * PANGO_SCALE);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (style.ellipsis) pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  set_attributes(set);
  set.size = size_of(layout);
  if (style.even && set.size.lines > 1 && set.size.width <= width) {
    balance(layout, set.size, width);
    set.size = size_of(layout);
  }
  return set;
}

SetText& PangoTypesetter::State::find(std::string_view text, const TextStyle& style, int width) {
  const auto found = std::ranges::find_if(sets, [&](const SetText& set) {
    return set.width == width && set.style == style && set.text == text;
  });
  if (found != sets.end()) {
    sets.splice(sets.begin(), sets, found);
  } else {
    sets.push_front(make(text, style, width));
    if (sets.size() > kKeptLayouts) sets.pop_back();
  }
  return sets.front();
}

PangoTypesetter::PangoTypesetter() : state_(std::make_unique<State>()) {
  state_->fonts.reset(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
  state_->context.reset(pango_font_map_create_context(state_->fonts.get()));
  pango_context_set_language(state_->context.get(), pango_language_from_string("zh-cn"));
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(state_->context.get(), options);
  cairo_font_options_destroy(options);
}

PangoTypesetter::~PangoTypesetter() = default;

TextSize PangoTypesetter::measure(std::string_view text, const TextStyle& style, int width) {
  return state_->find(text, style, width).size;
}

std::vector<std::string> PangoTypesetter::lines(std::string_view text, const TextStyle& style,
                                                int width) {
  const auto& set = state_->find(text, style, width);
  std::vector<std::string> lines;
  for (int i = 0; i < set.size.lines; ++i) {
    PangoLayoutLine* const line = pango_layout_get_line_readonly(set.layout.get(), i);
    lines.push_back(
        set.text.substr(static_cast<std::size_t>(pango_layout_line_get_start_index(line)),
                        static_cast<std::size_t>(pango_layout_line_get_length(line))));
  }
  return lines;
}

void PangoTypesetter::draw(cairo_t* cairo, const TextItem& item, Palette palette) {
  auto& set = state_->find(item.text, item.style, item.area.width);
  if (set.spans != item.spans || (!item.spans.empty() && set.palette != palette)) {
    set.spans = item.spans;
    set.palette = palette;
    set_attributes(set);
  }
  // A balanced layout is narrower than its area; its lines are aligned here as a block of lines.
  pango_layout_set_alignment(set.layout.get(),
                             item.style.align == Align::centre  ? PANGO_ALIGN_CENTER
                             : item.style.align == Align::right ? PANGO_ALIGN_RIGHT
                                                                : PANGO_ALIGN_LEFT);
  const int width = pango_layout_get_width(set.layout.get()) / PANGO_SCALE;
  int x = item.area.x;
  if (item.style.align == Align::centre) x += (item.area.width - width) / 2;
  if (item.style.align == Align::right) x += item.area.width - width;
  const auto colour = rgb(item.colour, palette);
  cairo_set_source_rgb(cairo, ((colour >> 16) & 0xFF) / 255.0, ((colour >> 8) & 0xFF) / 255.0,
                       (colour & 0xFF) / 255.0);
  cairo_move_to(cairo, x, item.area.y);
  pango_cairo_show_layout(cairo, set.layout.get());
}

}  // namespace yijuan::screen
