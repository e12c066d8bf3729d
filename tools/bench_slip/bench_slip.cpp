// Rows of tools/bench: a slip's QR code against libqrencode alone, measured in turn, and how long
// a whole slip takes from document to bytes.
#include <fmt/format.h>
#include <qrencode.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/qr_code.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "drivers/escpos/slip_bytes.hpp"
#include "tools/bench_rows/row.hpp"

namespace {

using namespace yijuan;

constexpr int kRounds = 300;

void encode_alone(const std::string& payload) {
  QRcode_free(QRcode_encodeData(static_cast<int>(payload.size()),
                                reinterpret_cast<const unsigned char*>(payload.data()), 0,
                                QR_ECLEVEL_M));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How fast a slip becomes bytes, and its QR code against libqrencode alone.");
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
  return 0;
}
