// A call that a program makes of its simulated disk, and what may go wrong with it. The disk asks
// its plan before every call; a plan knows nothing of the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace yijuan::test {

enum class DiskOperation {
  open,
  read,
  write,
  truncate,
  sync,
  size,    // and whether there is such a file
  lock,    // of a file, or of the memory that connections share
  memory,  // shared memory is mapped
  remove,
  rename,
  sync_folder,
  settle,
  reserve,
};

struct DiskCall {
  DiskOperation operation = DiskOperation::open;
  std::string path;
  std::int64_t offset = 0;
  std::size_t bytes = 0;
  friend bool operator==(const DiskCall&, const DiskCall&) = default;
};

/// What becomes of a call. The first five are said: the caller gets an error, or everything stops.
/// The others are lies: the caller is told that all is well.
enum class DiskFault {
  none,
  fail,        // an error, and nothing was done. A failed sync: never done, by no later sync either
  fail_after,  // an error, and all was done
  full,        // no space left, and nothing was done
  part,        // an error after half of it
  cut,         // the power fails; of a write, half may have reached the disk

  drop,       // nothing is done
  hold,       // what was written can be read until the power goes, and is lost then: later writes
              // are durable before this one. A sync: so with all that it had to sync
  misdirect,  // of or to another page
  stale,      // read as it was before the last write
  flip,       // one bit differs
  cut_short,  // a read ends in zeros
};

[[nodiscard]] bool is_lie(DiskFault fault);
/// Whether `fault` can befall such a call.
[[nodiscard]] bool befalls(DiskFault fault, DiskOperation operation);
std::string_view to_text(DiskOperation operation);
std::string_view to_text(DiskFault fault);
inline void PrintTo(DiskFault fault, std::ostream* stream) {
  *stream << to_text(fault);
}
std::string to_text(const DiskCall& call);

/// Asked before every call, under the disk's lock.
using DiskPlan = std::function<DiskFault(const DiskCall& call)>;
/// Of which calls a plan speaks.
using DiskCalls = std::function<bool(const DiskCall& call)>;

DiskCalls of(DiskOperation operation, std::string_view path_end = {});

/// How long a fault lasts: for one call, for all later ones of its kind on its file, or for all.
enum class Lasts { once, its_kind, for_ever };

/// `fault` befalls the `n`th (from 1) of `calls`, and later ones that it can befall. Without
/// `calls` every call counts.
DiskPlan fault_at(std::uint64_t n, DiskFault fault, Lasts lasts = Lasts::once,
                  DiskCalls calls = {});

std::string_view to_text(Lasts lasts);

}  // namespace yijuan::test
