// Any bytes as what arrives at /v1/batch and at /v1/heartbeat, packed and not.
#include <cstdint>

#include "base/assert.hpp"
#include "sync/batch.hpp"
#include "sync/heartbeat.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const BytesView bytes(data, size);
  const std::string_view text = as_text(bytes);
  if (const auto batch = sync::parse_batch(text)) {
    YIJUAN_ASSERT(sync::write_batch(*batch) == text, "a batch has one form");
    YIJUAN_ASSERT(sync::unpack(sync::pack(*batch)).value() == *batch, "packing loses nothing");
  }
  if (const auto batch = sync::unpack(bytes)) {
    YIJUAN_ASSERT(sync::parse_batch(sync::write_batch(*batch)).value() == *batch,
                  "a batch has one form");
  }
  if (const auto heartbeat = sync::parse_heartbeat(text)) {
    YIJUAN_ASSERT(sync::parse_heartbeat(sync::write_heartbeat(*heartbeat)).value() == *heartbeat,
                  "a heartbeat read is one that can be written");
  }
  return 0;
}
