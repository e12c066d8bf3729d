// A laid-out scene: what to draw, in order, and what can be touched. Pure values: laying out needs
// only a measure of text (Typesetter), drawing is renderer.hpp's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/qr_code.hpp"
#include "ports/display.hpp"
#include "ports/touch.hpp"
#include "screen/colour.hpp"
#include "screen/geometry.hpp"
#include "screen/model.hpp"
#include "screen/typesetter.hpp"

namespace yijuan::screen {

enum class Pictogram { slot, note, phone, slip, returned, done, pause };

struct FillItem {
  Rect area;
  int radius = 0;
  Colour colour = Colour::paper;
  friend bool operator==(const FillItem&, const FillItem&) = default;
};
/// A frame, drawn inside `area`.
struct OutlineItem {
  Rect area;
  int radius = 0;
  int stroke = 2;
  Colour colour = Colour::line;
  friend bool operator==(const OutlineItem&, const OutlineItem&) = default;
};
struct TextItem {
  /// Part of the text in another colour: bytes [begin, end).
  struct Span {
    std::size_t begin = 0, end = 0;
    Colour colour = Colour::stone;
    friend bool operator==(const Span&, const Span&) = default;
  };
  Rect area;  // its width is what the text was broken for
  std::string text;
  TextStyle style;
  Colour colour = Colour::ink;
  Colour ground = Colour::paper;  // what it stands on: contrast is tested
  std::vector<Span> spans;
  friend bool operator==(const TextItem&, const TextItem&) = default;
};
struct PictogramItem {
  Rect area;
  Pictogram kind = Pictogram::slot;
  int stroke = 4;
  Colour colour = Colour::ink;
  friend bool operator==(const PictogramItem&, const PictogramItem&) = default;
};
/// Modules only: the white ground with the quiet zone is a FillItem below.
struct QrItem {
  Rect area;
  int module = 4;  // pixels
  std::string payload;
  std::shared_ptr<const QrCode> code;  // of the payload
  friend bool operator==(const QrItem& a, const QrItem& b) {
    return a.area == b.area && a.payload == b.payload;
  }
};
/// A plain 0xRRGGBB, the same in every palette: only for the test card.
struct SwatchItem {
  Rect area;
  std::uint32_t rgb = 0;
  friend bool operator==(const SwatchItem&, const SwatchItem&) = default;
};
using DrawItem = std::variant<FillItem, SwatchItem, OutlineItem, TextItem, PictogramItem, QrItem>;

struct Button {
  Rect area;
  Action action;
  std::string label;
};

struct Scene {
  std::string name;  // "idle", "counting" …
  std::vector<DrawItem> items;
  std::vector<Button> buttons;
  Rect panel;             // where panels take turns (idle); empty elsewhere
  std::size_t turns = 0;  // how many there are
};

/// What of a scene changes by itself.
struct Moment {
  std::size_t panel = 0;   // whose turn it is in an idle scene, modulo their number
  std::optional<Fen> sum;  // a counting scene's sum on its way up
};

Scene compose(const Model& model, const Geometry& geometry, Typesetter& typesetter,
              Moment moment = {});
/// What a tap asks for: the button under it, if any.
std::optional<Action> hit_test(const Scene& scene, Tap tap);

Rect area_of(const DrawItem& item);

}  // namespace yijuan::screen
