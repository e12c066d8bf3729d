// The few drawn signs: how to give, and what became of it. All of one stroke width.
#pragma once

#include "screen/scene.hpp"

typedef struct _cairo cairo_t;  // NOLINT(bugprone-reserved-identifier): cairo's own name

namespace yijuan::screen {

/// Strokes `item` in the current colour.
void draw_pictogram(cairo_t* cairo, const PictogramItem& item);
/// Adds a rectangle with round corners to the path.
void round_rectangle(cairo_t* cairo, double x, double y, double width, double height,
                     double radius);

}  // namespace yijuan::screen
