// Rows of tools/bench: a slip's QR code against libqrencode alone, measured in turn, and how long
// a whole slip takes from document to bytes.
#include <fmt/format.h>
#include <qrencode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "base/qr_code.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "drivers/escpos/slip_bytes.hpp"

namespace {

using namespace yijuan;

constexpr int kRounds = 300;
constexpr double kQrGoal = 1.2;      // times libqrencode
constexpr double kSlipGoal = 10000;  // µs: what the loop may be held up

double microseconds(const std::function<void()>& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begun;
  return spent.count();
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

void encode_alone(const std::string& payload) {
  QRcode_free(QRcode_encodeData(static_cast<int>(payload.size()),
                                reinterpret_cast<const unsigned char*>(payload.data()), 0,
                                QR_ECLEVEL_M));
}

const char* verdict(bool holds) {
  return holds ? "holds" : "short";
}

}  // namespace

int main() {
  const std::string payload = escpos::kSampleCode;
  const auto model = escpos::find_model("generic");
  const escpos::TextEncoder encoder;
  const escpos::Paper paper{384};
  std::vector<double> ours;
  std::vector<double> reference;
  std::vector<double> slips;
  std::size_t size = 0;
  for (int i = 0; i < kRounds; ++i) {
    ours.push_back(microseconds([&] { static_cast<void>(make_qr_code(payload)); }));
    reference.push_back(microseconds([&] { encode_alone(payload); }));
    slips.push_back(microseconds([&] {
      const auto rows = escpos::lay_out(escpos::sample_slip(), paper.columns());
      const auto pieces = escpos::to_pieces(rows, *model, paper, encoder);
      size = 0;
      for (const Bytes& piece : *pieces) size += piece.size();
    }));
  }
  const double ratio = median(ours) / median(reference);
  fmt::print("QR of a slip | {:.0f} µs | libqrencode {:.0f} µs | {:.2f} | <= {:.1f} | {}\n",
             median(ours), median(reference), ratio, kQrGoal, verdict(ratio <= kQrGoal));
  const double slip = median(slips);
  fmt::print("slip to {} bytes | {:.0f} µs | - | - | <= {:.0f} µs | {}\n", size, slip, kSlipGoal,
             verdict(slip <= kSlipGoal));
  return 0;
}
