// The pen with which scenes are laid out: puts items into a scene and knows the parts that several
// scenes share (head, foot, cards, buttons). Internal to screen/.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "screen/scene.hpp"
#include "screen/words.hpp"

namespace yijuan::screen {

/// A column that fills from the top.
struct Column {
  int x = 0;
  int y = 0;
  int width = 0;
  int bottom = 0;
  [[nodiscard]] int left() const { return bottom - y; }
  [[nodiscard]] Rect rect(int height) const { return {x, y, width, height}; }
};

class Composer {
 public:
  Composer(const Model& model, const Geometry& geometry, Typesetter& typesetter,
           std::string_view name);

  const Model& model;
  const Geometry& geometry;
  const Words& words;
  Scene scene;

  // Styles: a size of the scale and what suits it.
  [[nodiscard]] static TextStyle plain(int size);
  [[nodiscard]] static TextStyle bold(int size);
  [[nodiscard]] static TextStyle poster(int size);  // bold, whole phrases

  // Single items.
  void fill(Rect area, Colour colour, int radius = 0);
  void swatch(Rect area, std::uint32_t rgb);
  void outline(Rect area, Colour colour, int radius, int stroke = 2);
  void pictogram(Rect area, Pictogram kind, Colour colour);
  void mark(int x, int y, int side);
  TextSize measure(std::string_view text, const TextStyle& style, int width);
  /// Puts text into the column and moves it down.
  void put(Column& column, std::string_view text, const TextStyle& style, Colour colour,
           Colour ground = Colour::paper);
  /// Puts text into `area`, vertically centred.
  void put_centred(Rect area, std::string_view text, TextStyle style, Colour colour,
                   Colour ground = Colour::paper);
  /// The largest size from `largest` down to `least` at which `text` fits.
  TextStyle fit(std::string_view text, TextStyle style, int width, int height, int largest,
                int least);

  /// Moves every item from number `first` on down by `distance`.
  void shift(std::size_t first, int distance);

  // Parts.
  /// The two halves: story above or left, hands below or right, over a foot of `foot` pixels.
  [[nodiscard]] Column story(int foot) const;
  [[nodiscard]] Column hands(int foot) const;
  void head(Column& column, std::string_view title, std::string_view line);
  /// The amount, as large as the column allows.
  void sum(Column& column, Fen amount);
  void button(Rect area, std::string_view label, std::string_view hint, Action action,
              bool main = false);
  void language_button(Rect area);
  /// A white square with the code and its quiet zone, at most `side` wide; its true side.
  int qr(int x, int y, int side, std::string_view payload);
  /// The payee's code, and beside or below it whom it pays. The height used.
  int payee_card(Rect area, const Payee& payee);
  /// One line at the foot: supervision phone and box. The height it takes, margin included.
  int short_foot();
  /// All that the law wants to be shown. The height it takes, margin included.
  int disclosure_foot();
  /// A message over the head.
  void notice();
  /// Where the head ends: a notice reaches no further down.
  [[nodiscard]] int head_bottom() const;

 private:
  Typesetter& typesetter_;
};

/// "1" or "0.50" or "1,234": yuan for people, without needless zeros.
std::string short_yuan(Fen amount);

// The scenes, one function each (scene_*.cpp).
void compose_idle(Composer& pen, const Idle& idle, std::size_t turn);
void compose_counting(Composer& pen, const Counting& counting, Fen shown);
void compose_choice(Composer& pen, const AmountChoice& choice);
void compose_thanks(Composer& pen, const Thanks& thanks);
void compose_testing(Composer& pen, const Testing& testing);
void compose_test_card(Composer& pen, const TestCard& card);
void compose_out(Composer& pen, const OutOfService& out);
void compose_gate(Composer& pen, const GateClosed& gate);

}  // namespace yijuan::screen
