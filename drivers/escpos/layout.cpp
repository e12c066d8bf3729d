#include "drivers/escpos/layout.hpp"

#include <algorithm>

#include "drivers/escpos/glyph.hpp"
#include "drivers/escpos/line_break.hpp"

namespace yijuan::escpos {
namespace {

using domain::Align;
using domain::FieldLine;
using domain::TextLine;

constexpr int kLabelGap = 2;

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

class Layout {
 public:
  Layout(const domain::SlipDocument& document, int columns) : columns_(columns) {
    for (const auto& block : document.blocks) {
      const auto* field = std::get_if<FieldLine>(&block);
      const int width = field ? count_columns(field->label) : 0;
      if (width <= columns / 3) label_columns_ = std::max(label_columns_, width);
    }
    for (const auto& block : document.blocks) {
      std::visit([this](const auto& b) { add(b); }, block);
    }
  }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  void add(const TextLine& line) {
    int scale = std::clamp(line.scale, 1, kLargestScale);
    while (scale > 1 && longest_part(line.text) > columns_ / scale) --scale;
    for (const auto& text : break_evenly(line.text, columns_ / scale)) {
      rows_.emplace_back(
          TextRow{.text = text, .align = line.align, .scale = scale, .bold = line.bold});
    }
  }

  void add(const FieldLine& field) {
    const int label = count_columns(field.label);
    const int indent = std::max(label, label_columns_) + kLabelGap;
    const int value_columns = columns_ - indent;
    const bool beside = label <= columns_ / 3 && longest_part(field.value) <= value_columns;
    if (!beside) {
      add(TextLine{.text = field.label});
      add(TextLine{.text = field.value});
      return;
    }
    std::string margin = field.label + spaces(indent - label);
    for (const auto& text : break_evenly(field.value, value_columns)) {
      rows_.emplace_back(TextRow{.text = margin + text});
      margin = spaces(indent);
    }
  }

  void add(domain::Rule rule) { rows_.emplace_back(rule); }
  void add(domain::Mark mark) { rows_.emplace_back(mark); }
  void add(const domain::QrBlock& code) { rows_.emplace_back(code); }
  void add(domain::Space space) { rows_.emplace_back(space); }

  int columns_;
  int label_columns_ = 0;
  std::vector<Row> rows_;
};

// How one row reads in plain text; every row is a line.
class PlainText {
 public:
  explicit PlainText(int columns) : columns_(columns) {}

  std::string operator()(const TextRow& row) const {
    const int room = columns_ - count_columns(row.text) * row.scale;
    const int left = row.align == Align::left ? 0 : row.align == Align::centre ? room / 2 : room;
    return spaces(left) + row.text;
  }
  std::string operator()(domain::Rule) const {
    return std::string(static_cast<std::size_t>(columns_), '-');
  }
  std::string operator()(domain::Mark) const { return spaces(columns_ / 2 - 3) + "[mark]"; }
  std::string operator()(const domain::QrBlock& code) const { return "[QR " + code.payload + "]"; }
  std::string operator()(domain::Space) const { return {}; }

 private:
  int columns_;
};

}  // namespace

std::vector<Row> lay_out(const domain::SlipDocument& document, int columns) {
  return Layout(document, columns).take();
}

std::string to_plain_text(const std::vector<Row>& rows, int columns) {
  std::string text;
  for (const Row& row : rows) text += std::visit(PlainText(columns), row) + "\n";
  return text;
}

}  // namespace yijuan::escpos
