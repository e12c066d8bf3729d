// Any bytes as the path of a public log's resource: each resource has one path, which stays in the
// folder.
#include <cstdint>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "ledger/public/public_path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const std::string_view text = as_text({data, size});
  const auto resource = ledger::parse_public_path(text);
  if (!resource) return 0;
  YIJUAN_ASSERT(ledger::public_path(*resource) == text, "a resource has one path");
  YIJUAN_ASSERT(text.find("..") == std::string_view::npos, "a path leaves the folder");
  YIJUAN_ASSERT(
      text.find("//") == std::string_view::npos && text.find('\0') == std::string_view::npos,
      "a path has an empty part");
  return 0;
}
