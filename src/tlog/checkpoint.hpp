// Checkpoints (C2SP tlog-checkpoint): the signed note by which a log says its size and root. The
// name of the log's key is its origin. A log never signs two roots for one size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"
#include "tlog/key.hpp"

namespace yijuan::tlog {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Three lines: origin, size in decimal, root in base64.
std::string write_checkpoint(const Checkpoint& checkpoint);
/// Reads exactly those three lines (extension lines are refused). TlogErrc::bad_checkpoint.
Result<Checkpoint> parse_checkpoint(std::string_view text);

/// REQUIRES: the key's name is the checkpoint's origin.
std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& log);
/// The checkpoint in a note that the log signed. TlogErrc::wrong_origin if it is another log's.
Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& log);

}  // namespace yijuan::tlog
