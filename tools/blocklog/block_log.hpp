// The log that blocklog writes and tools/power_cuts/images.py reads: what a disk was asked to do.
// Records follow one another without gap: this header, then `size` bytes for a write.
#pragma once

#include <cstdint>

namespace yijuan::blocklog {

enum class Kind : std::uint32_t { write = 0, flush = 1 };

struct Record {  // little-endian, as the machine's
  std::uint64_t offset;
  std::uint32_t size;  // 0 for a flush
  Kind kind;
};
static_assert(sizeof(Record) == 16);

}  // namespace yijuan::blocklog
