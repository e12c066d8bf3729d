// Any bytes as an entry line: what is understood is written back byte for byte.
#include <cstdint>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "tlog/entry_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const std::string_view line = as_text({data, size});
  const auto entry = tlog::parse_line(line);
  if (entry && !std::holds_alternative<tlog::Unknown>(entry->body)) {
    YIJUAN_ASSERT(tlog::write_line(entry->header, entry->body) == line,
                  "a line was understood that is not in its one form");
  }
  return 0;
}
