#include "drivers/escpos/slip_bytes.hpp"

#include <algorithm>

#include "drivers/escpos/commands.hpp"
#include "drivers/escpos/glyph.hpp"
#include "drivers/escpos/printer_errc.hpp"

namespace yijuan::escpos {
namespace {

constexpr int kMarkDots = 72;     // 9 mm
constexpr int kMarkAir = 16;      // below it
constexpr int kRuleDots = 2;      // thickness
constexpr int kRulePeriod = 6;    // two dots of black, four of white: a light line
constexpr int kAirAboveRule = 6;  // a line of text brings 10 of its own
constexpr int kAirBelowRule = 16;
constexpr int kAirAroundLarge = 8;  // a printer sets large characters without any
constexpr int kMostStripRows = 96;
constexpr std::size_t kRasterHeader = 8;
constexpr std::size_t kMostPayload = 512;

class Composer {
 public:
  Composer(const Model& model, Paper paper, const TextEncoder& encoder)
      : model_(model), paper_(paper), encoder_(encoder), pieces_{preamble(model), {}} {}

  Result<void> add(const TextRow& row) {
    Bytes line = style(row.scale, row.bold, row.align);
    const Bytes text = encoder_.encode(row.text, model_.four_byte);
    line.insert(line.end(), text.begin(), text.end());
    line.push_back('\n');
    if (row.scale > 1) put(feed(kAirAroundLarge));
    put(line);
    if (row.scale > 1) put(feed(kAirAroundLarge));
    return {};
  }

  Result<void> add(domain::Rule) {
    Bitmap rule(paper_.dots, kRuleDots);
    for (int x = 0; x + 1 < paper_.dots; x += kRulePeriod) rule.fill(x, 0, 2, kRuleDots);
    rule.break_real_time_commands();
    put(feed(kAirAboveRule));
    put_picture(rule);
    put(feed(kAirBelowRule));
    return {};
  }

  Result<void> add(domain::Mark) {
    put_picture(draw_mark(kMarkDots, (paper_.dots - kMarkDots) / 2));
    put(feed(kMarkAir));
    return {};
  }

  Result<void> add(const domain::QrBlock& code) {
    if (code.payload.size() > kMostPayload) return PrinterErrc::bad_document;
    const auto drawn = make_qr_code(code.payload);
    const bool printable =
        std::ranges::all_of(code.payload, [](char c) { return c > 0x20 && c < 0x7F; });
    const int module = drawn ? module_dots(drawn->size, paper_.dots) : 0;
    if (module == 0 || !printable) return Error(PrinterErrc::bad_document, "its code");
    if (model_.native_qr) {
      put(feed(kQrQuietZone * module));
      put(style(1, false, domain::Align::centre));
      put(escpos::native_qr(code.payload, module));
      put(feed(kQrQuietZone * module));
      return {};
    }
    const int side = (drawn->size + 2 * kQrQuietZone) * module;
    put_picture(draw_qr(*drawn, module, (paper_.dots - side) / 2));
    return {};
  }

  Result<void> add(domain::Space space) {
    put(feed(std::clamp(space.dots, 0, 255)));
    return {};
  }

  std::vector<Bytes> finish() {
    put(cut(model_.cutter));
    return std::move(pieces_);
  }

 private:
  // Appends a whole command to the last piece, or begins another.
  void put(const Bytes& command) {
    if (pieces_.back().size() + command.size() > kLargestPiece) pieces_.emplace_back();
    pieces_.back().insert(pieces_.back().end(), command.begin(), command.end());
  }

  // The picture brings its own margin, since not every printer aligns pictures.
  void put_picture(const Bitmap& picture) {
    put(style(1, false, domain::Align::left));
    const auto row_bytes = static_cast<std::size_t>(picture.row_bytes());
    const int fit = static_cast<int>((kLargestPiece - kRasterHeader) / row_bytes);
    const int strip = std::min(fit, kMostStripRows);
    for (int y = 0; y < picture.height(); y += strip) {
      put(raster(picture, y, std::min(strip, picture.height() - y)));
    }
  }

  const Model& model_;
  Paper paper_;
  const TextEncoder& encoder_;
  std::vector<Bytes> pieces_;
};

}  // namespace

Result<std::vector<Bytes>> to_pieces(const std::vector<Row>& rows, const Model& model, Paper paper,
                                     const TextEncoder& encoder) {
  Composer composer(model, paper, encoder);
  for (const Row& row : rows) {
    auto added = std::visit([&](const auto& r) { return composer.add(r); }, row);
    if (!added) return added.error();
  }
  return composer.finish();
}

Bytes completion() {
  return Bytes(kLargestPiece, 0);
}

Bytes clear_remains(const Model& model, const TextEncoder& encoder) {
  Bytes notice = preamble(model);
  const Bytes text = encoder.encode("（上一张凭条未打完）", false);
  notice.push_back('\n');
  notice.insert(notice.end(), text.begin(), text.end());
  notice.push_back('\n');
  const Bytes end = cut(model.cutter);
  notice.insert(notice.end(), end.begin(), end.end());
  return notice;
}

}  // namespace yijuan::escpos
