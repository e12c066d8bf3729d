// Any bytes as a proof file, as the path of a tile or bundle, and as a bundle: each has one form
// only, and nothing verifies without the keys.
#include <cstdint>

#include "base/assert.hpp"
#include "tlog/entry_bundle.hpp"
#include "tlog/tile.hpp"
#include "tlog/tlog_proof.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  static const tlog::SigningKey log("a.example", tlog::KeyType::note, tlog::Seed{1});
  static const tlog::SigningKey cosigner("b.example", tlog::KeyType::cosignature, tlog::Seed{2});
  const std::string_view text = as_text({data, size});
  if (const auto tile = tlog::parse_tile_path(text)) {
    YIJUAN_ASSERT(tlog::tile_path(*tile) == text, "a tile has one path");
  }
  if (const auto bundle = tlog::parse_bundle_path(text)) {
    YIJUAN_ASSERT(tlog::bundle_path(*bundle) == text, "a bundle has one path");
  }
  if (const auto lines = tlog::parse_bundle(text)) {
    YIJUAN_ASSERT(*tlog::write_bundle(*lines) == text, "a bundle has one form");
  }
  const auto proof = tlog::parse_tlog_proof(text);
  if (!proof) return 0;
  YIJUAN_ASSERT(tlog::write_tlog_proof(*proof) == text, "a proof has one form");
  YIJUAN_ASSERT(!tlog::verify_tlog_proof(*proof, Hash{}, log.verifier(), cosigner.verifier()),
                "a proof was forged");
  return 0;
}
