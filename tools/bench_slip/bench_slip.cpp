// Rows of tools/bench: a slip's QR code against libqrencode alone, measured in turn; how long a
// whole slip takes from document to bytes; and 40 lines of text against node-thermal-printer, both
// sides in turn.
#include <fmt/format.h>
#include <qrencode.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/qr_code.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "drivers/escpos/slip_bytes.hpp"
#include "tools/bench_rows/row.hpp"

namespace {

using namespace yijuan;

constexpr int kRounds = 300;
constexpr int kNodeRounds = 7;
constexpr int kSlips = 500;

void encode_alone(const std::string& payload) {
  QRcode_free(QRcode_encodeData(static_cast<int>(payload.size()),
                                reinterpret_cast<const unsigned char*>(payload.data()), 0,
                                QR_ECLEVEL_M));
}

domain::SlipDocument forty_lines() {
  using domain::Align;
  domain::SlipDocument document = {
      {domain::TextLine{.text = "示例县慈善总会", .align = Align::centre, .bold = true},
       domain::TextLine{.text = "捐赠凭条", .align = Align::centre}, domain::Rule{}}};
  for (int line = 0; line < 12; ++line) {
    document.blocks.emplace_back(domain::FieldLine{.label = "编号", .value = "BOX01-AB12-000123"});
  }
  document.blocks.emplace_back(domain::Rule{});
  for (int line = 0; line < 24; ++line) {
    document.blocks.emplace_back(domain::TextLine{.text = "为山区学校的孩子们添置冬衣"});
  }
  return document;
}

/// Microseconds that node-thermal-printer takes for a slip; nothing where it is not installed.
std::optional<double> node_round(const std::string& modules, const std::string& script) {
  if (modules.empty()) return std::nullopt;
  const auto command =
      fmt::format("NODE_PATH='{}' node '{}' {} 2>/dev/null", modules, script, kSlips);
  std::FILE* const node = ::popen(command.c_str(), "r");
  if (node == nullptr) return std::nullopt;
  std::array<char, 128> line{};
  const bool said = std::fgets(line.data(), static_cast<int>(line.size()), node) != nullptr;
  const bool well = ::pclose(node) == 0;
  double spent = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), spent);
  return said && well && parsed.ec == std::errc() ? std::optional(spent) : std::nullopt;
}

void compare_with_node(const std::string& modules, const std::string& script) {
  const auto model = escpos::find_model("generic");
  const escpos::TextEncoder encoder;
  const escpos::Paper paper{384};
  const auto document = forty_lines();
  std::vector<double> ours;
  std::vector<double> reference;
  for (int round = 0; round < kNodeRounds; ++round) {
    ours.push_back(1000.0 / kSlips * bench::milliseconds([&] {
                     for (int slip = 0; slip < kSlips; ++slip) {
                       const auto rows = escpos::lay_out(document, paper.columns());
                       static_cast<void>(escpos::to_pieces(rows, *model, paper, encoder));
                     }
                   }));
    const auto node = node_round(modules, script);
    if (!node) {
      fmt::print(
          "slip of 40 lines (node-thermal-printer) | {:.4g} us | - | - | <= 0.05 | skipped: "
          "needs node, npm and its package (tools/bench installs it)\n",
          bench::median(ours));
      return;
    }
    reference.push_back(*node);
  }
  bench::ratio_row("slip of 40 lines (node-thermal-printer)", bench::median(ours),
                   bench::median(reference), "us", bench::at_most(0.05));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How fast a slip becomes bytes, and its QR code against libqrencode alone.");
  std::string modules;
  std::string script = "tools/bench_slip/node/slip.js";
  app.add_option("--node-modules", modules, "where node-thermal-printer is installed");
  app.add_option("--node-script", script, "the reference")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const std::string payload = escpos::kSampleCode;
  const auto model = escpos::find_model("generic");
  const escpos::TextEncoder encoder;
  const escpos::Paper paper{384};
  std::vector<double> ours;
  std::vector<double> reference;
  std::vector<double> slips;
  std::size_t size = 0;
  for (int i = 0; i < kRounds; ++i) {
    ours.push_back(1000 * bench::milliseconds([&] { static_cast<void>(make_qr_code(payload)); }));
    reference.push_back(1000 * bench::milliseconds([&] { encode_alone(payload); }));
    slips.push_back(1000 * bench::milliseconds([&] {
                      const auto rows = escpos::lay_out(escpos::sample_slip(), paper.columns());
                      const auto pieces = escpos::to_pieces(rows, *model, paper, encoder);
                      size = 0;
                      for (const Bytes& piece : *pieces) size += piece.size();
                    }));
  }
  bench::ratio_row("QR of a slip (libqrencode)", bench::median(ours), bench::median(reference),
                   "us", bench::at_most(1.2));
  // What the loop may be held up.
  bench::plain_row(fmt::format("slip to {} bytes", size), bench::median(slips), "us",
                   bench::at_most(10'000));
  compare_with_node(modules, script);
  return 0;
}
