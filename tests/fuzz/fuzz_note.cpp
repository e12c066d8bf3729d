// Any bytes as a signed note and as a vkey: both have one form only, and nothing verifies without
// the key.
#include <cstdint>

#include "base/assert.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/note.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  static const tlog::SigningKey log("a.example", tlog::KeyType::note, tlog::Seed{1});
  static const tlog::SigningKey cosigner("a.example", tlog::KeyType::cosignature, tlog::Seed{2});
  const std::string_view text = as_text({data, size});
  if (const auto key = tlog::VerifierKey::parse(text)) {
    YIJUAN_ASSERT(key->text() == text, "a vkey has one form");
  }
  const auto note = tlog::parse_note(text);
  if (!note) return 0;
  YIJUAN_ASSERT(tlog::format_note(*note) == text, "a note has one form");
  YIJUAN_ASSERT(!tlog::open_note(text, log.verifier()), "a signature was forged");
  YIJUAN_ASSERT(!tlog::cosigned_at(text, cosigner.verifier()), "a cosignature was forged");
  return 0;
}
