// Whatever a counting machine prints: a report that is believed has ascending values, no value
// without pieces, and a second reading of the same bytes gives the same. Also patterns themselves.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/assert.hpp"
#include "drivers/counter/count_reader.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::counter;

Model model_of(std::uint8_t which) {
  Model model;
  const auto pattern = [](std::string_view text) { return *Pattern::parse(text, yuan(1)); };
  if (which % 3 == 0) {
    model.line = pattern("{value} {pieces} {sum}");
    model.total = pattern("TOTAL{text}{pieces} {sum}");
  } else if (which % 3 == 1) {
    model.line = pattern("{value} x {pieces} = {sum}");
    model.total = pattern("AMOUNT{text}{sum}");
  } else {
    model.encoding = Encoding::gb18030;
    model.line = pattern("{text}{value}{text}{pieces}{text}{sum}{text}");
    model.total = pattern("{text}{pieces}{text}{sum}{text}");
  }
  return model;
}

std::vector<std::vector<CountedPieces>> read(const Model& model, BytesView bytes) {
  CountReader reader(model);
  std::vector<std::vector<CountedPieces>> believed;
  for (const std::uint8_t byte : bytes) {
    const auto report = reader.push({byte, byte == 0x07});
    if (report && *report) believed.push_back(**report);
  }
  return believed;
}

void read_pattern(BytesView bytes) {
  const std::string text(bytes.begin(), bytes.end());
  const auto end = text.find('\n');
  const auto pattern = Pattern::parse(text.substr(0, end), Fen(10));
  if (!pattern || end == std::string::npos) return;
  const auto parts = pattern->match(text.substr(end + 1));
  if (!parts) return;
  YIJUAN_ASSERT(parts->value.has_value() == pattern->names_value(), "reads what it names");
  YIJUAN_ASSERT(!parts->sum || *parts->sum >= Fen(0), "no amount below nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  if ((data[0] & 3U) == 3U) {
    read_pattern(bytes);
    return 0;
  }
  const Model model = model_of(data[0] & 3U);
  const auto first = read(model, bytes);
  for (const auto& report : first) {
    for (std::size_t at = 0; at < report.size(); ++at) {
      YIJUAN_ASSERT(report[at].pieces > 0 && report[at].value > Fen(0), "no line without pieces");
      YIJUAN_ASSERT(at == 0 || report[at - 1].value < report[at].value, "values ascend");
    }
  }
  YIJUAN_ASSERT(first == read(model, bytes), "the same bytes are the same reports");
  return 0;
}
