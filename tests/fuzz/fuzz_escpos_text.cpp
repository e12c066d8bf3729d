// Any text on a slip, as from a wrong campaign pack: nothing cut off, nothing that is a command.
#include "base/assert.hpp"
#include "drivers/escpos/glyph.hpp"
#include "drivers/escpos/layout.hpp"
#include "drivers/escpos/text_encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  using namespace yijuan::escpos;
  if (size < 2) return 0;
  static const TextEncoder encoder;
  const std::string text(as_text({data + 2, size - 2}));
  const std::string label = text.substr(0, data[0] % 32);
  const int columns = data[1] % 2 == 0 ? 32 : 48;
  const domain::SlipDocument document{{
      domain::TextLine{.text = text, .scale = data[1] / 2 % 5},
      domain::FieldLine{label, text},
  }};
  for (const Row& row : lay_out(document, columns)) {
    const auto& line = std::get<TextRow>(row);
    YIJUAN_ASSERT(count_columns(line.text) * line.scale <= columns, "a line fits");
    for (const std::uint8_t byte : encoder.encode(line.text, data[1] > 127)) {
      YIJUAN_ASSERT(byte >= 0x20, "no command comes from a text");
    }
  }
  return 0;
}
