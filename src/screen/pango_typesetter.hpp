// Text by Pango: measures it for layouts and draws it. Layouts are kept while they are in use, so
// that a scene redrawn costs no shaping. One loop only.
#pragma once

#include <memory>

#include "screen/scene.hpp"

typedef struct _cairo cairo_t;  // NOLINT(bugprone-reserved-identifier): cairo's own name

namespace yijuan::screen {

class PangoTypesetter : public Typesetter {
 public:
  PangoTypesetter();
  ~PangoTypesetter() override;
  PangoTypesetter(const PangoTypesetter&) = delete;
  PangoTypesetter& operator=(const PangoTypesetter&) = delete;

  TextSize measure(std::string_view text, const TextStyle& style, int width) override;
  /// The lines into which `text` is broken.
  std::vector<std::string> lines(std::string_view text, const TextStyle& style, int width);
  void draw(cairo_t* cairo, const TextItem& item, Palette palette);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace yijuan::screen
