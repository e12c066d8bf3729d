// Any bytes as a checkpoint, bare and signed.
#include <cstdint>

#include "base/assert.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/note.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  static const tlog::SigningKey key("a.example/box/b/01234567", tlog::KeyType::note, tlog::Seed{1});
  const std::string text(as_text({data, size}));
  const auto checkpoint = tlog::parse_checkpoint(text);
  if (checkpoint) {
    YIJUAN_ASSERT(tlog::write_checkpoint(*checkpoint) == text, "a checkpoint has one form");
    const auto opened = tlog::open_checkpoint(tlog::sign_note(text, key), key.verifier());
    YIJUAN_ASSERT(opened.has_value() == (checkpoint->origin == key.verifier().name),
                  "a log speaks for itself only");
  }
  YIJUAN_ASSERT(!tlog::open_checkpoint(text, key.verifier()), "a checkpoint was forged");
  return 0;
}
