#include "screen/pictograms.hpp"

#include <cairo.h>

#include <algorithm>
#include <numbers>

namespace yijuan::screen {
namespace {

constexpr double kPi = std::numbers::pi;

// Draws in a square (phone and slip: a tall box) of side 1 whose strokes stay inside.
struct Pen {
  cairo_t* cairo;
  double x, y, width, height;

  void move(double px, double py) const { cairo_move_to(cairo, x + px * width, y + py * height); }
  void line(double px, double py) const { cairo_line_to(cairo, x + px * width, y + py * height); }
  void circle(double px, double py, double radius) const {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, x + px * width, y + py * height, radius * width, 0, 2 * kPi);
  }
  void box(double px, double py, double w, double h, double radius) const {
    round_rectangle(cairo, x + px * width, y + py * height, w * width, h * height, radius * width);
  }
};

// The box, and the slot in its lid.
void box_with_slot(const Pen& pen) {
  pen.box(0, 0.56, 1, 0.44, 0.07);
  pen.move(0.2, 0.72);
  pen.line(0.8, 0.72);
}

// A coin of one yuan halfway into the lid.
void slot(const Pen& pen) {
  box_with_slot(pen);
  cairo_new_sub_path(pen.cairo);
  cairo_arc(pen.cairo, pen.x + 0.5 * pen.width, pen.y + 0.34 * pen.height, 0.34 * pen.width,
            kPi - 0.7, 0.7);
  pen.move(0.38, 0.14);
  pen.line(0.5, 0.28);
  pen.line(0.62, 0.14);
  pen.move(0.5, 0.28);
  pen.line(0.5, 0.5);
  pen.move(0.4, 0.3);
  pen.line(0.6, 0.3);
  pen.move(0.4, 0.4);
  pen.line(0.6, 0.4);
}

void note(const Pen& pen) {
  box_with_slot(pen);
  pen.move(0.2, 0.56);
  pen.line(0.2, 0);
  pen.line(0.8, 0);
  pen.line(0.8, 0.56);
  pen.circle(0.5, 0.26, 0.12);
}

void phone(const Pen& pen) {
  pen.box(0.05, 0, 0.9, 1, 0.14);
  pen.box(0.28, 0.2, 0.18, 0.12, 0.02);
  pen.box(0.28, 0.42, 0.18, 0.12, 0.02);
  pen.move(0.66, 0.2);
  pen.line(0.74, 0.2);
  pen.move(0.66, 0.32);
  pen.line(0.74, 0.32);
  pen.move(0.66, 0.48);
  pen.line(0.74, 0.48);
  pen.move(0.42, 0.82);
  pen.line(0.58, 0.82);
}

void slip(const Pen& pen) {
  pen.move(0.14, 0.92);
  pen.line(0.14, 0);
  pen.line(0.86, 0);
  pen.line(0.86, 0.92);
  pen.line(0.74, 1);
  pen.line(0.62, 0.92);
  pen.line(0.5, 1);
  pen.line(0.38, 0.92);
  pen.line(0.26, 1);
  pen.line(0.14, 0.92);
  for (const double y : {0.28, 0.48}) {
    pen.move(0.34, y);
    pen.line(0.66, y);
  }
  pen.move(0.34, 0.68);
  pen.line(0.52, 0.68);
}

// A coin in the tray.
void returned(const Pen& pen) {
  pen.move(0, 0.56);
  pen.line(0, 1);
  pen.line(1, 1);
  pen.line(1, 0.56);
  pen.circle(0.5, 0.68, 0.18);
  pen.move(0.43, 0.68);
  pen.line(0.57, 0.68);
  pen.move(0.5, 0);
  pen.line(0.5, 0.34);
  pen.move(0.36, 0.2);
  pen.line(0.5, 0.34);
  pen.line(0.64, 0.2);
}

void done(const Pen& pen) {
  pen.circle(0.5, 0.5, 0.5);
  pen.move(0.28, 0.52);
  pen.line(0.44, 0.68);
  pen.line(0.74, 0.36);
}

void pause(const Pen& pen) {
  pen.circle(0.5, 0.5, 0.5);
  pen.move(0.39, 0.34);
  pen.line(0.39, 0.66);
  pen.move(0.61, 0.34);
  pen.line(0.61, 0.66);
}

}  // namespace

void round_rectangle(cairo_t* cairo, double x, double y, double width, double height,
                     double radius) {
  const double r = std::min({radius, width / 2, height / 2});
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, x + width - r, y + r, r, -kPi / 2, 0);
  cairo_arc(cairo, x + width - r, y + height - r, r, 0, kPi / 2);
  cairo_arc(cairo, x + r, y + height - r, r, kPi / 2, kPi);
  cairo_arc(cairo, x + r, y + r, r, kPi, kPi * 3 / 2);
  cairo_close_path(cairo);
}

void draw_pictogram(cairo_t* cairo, const PictogramItem& item) {
  const double half = item.stroke / 2.0;
  const Pen pen{cairo, item.area.x + half, item.area.y + half,
                static_cast<double>(item.area.width - item.stroke),
                static_cast<double>(item.area.height - item.stroke)};
  cairo_new_path(cairo);
  cairo_set_line_width(cairo, item.stroke);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  switch (item.kind) {
    case Pictogram::slot:
      slot(pen);
      break;
    case Pictogram::note:
      note(pen);
      break;
    case Pictogram::phone:
      phone(pen);
      break;
    case Pictogram::slip:
      slip(pen);
      break;
    case Pictogram::returned:
      returned(pen);
      break;
    case Pictogram::done:
      done(pen);
      break;
    case Pictogram::pause:
      pause(pen);
      break;
  }
  cairo_stroke(cairo);
}

}  // namespace yijuan::screen
