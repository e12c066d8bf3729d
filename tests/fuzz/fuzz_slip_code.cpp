// Any bytes as a slip's code: what is read is written back as it was.
#include <cstdint>

#include "base/assert.hpp"
#include "domain/slip_code.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const std::string_view text = as_text({data, size});
  const auto code = domain::parse_slip_code(text);
  if (!code) return 0;
  const std::size_t hash = text.find('#');
  const std::string again = domain::slip_url(
      hash == std::string_view::npos ? std::string_view() : text.substr(0, hash), *code);
  YIJUAN_ASSERT((hash == std::string_view::npos ? again.substr(1) : again) == text,
                "a slip's code has one form");
  return 0;
}
