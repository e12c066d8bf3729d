// Cosignatures (C2SP cosignature/v1): a witness says that it saw a checkpoint, when, and that it
// is consistent with all that it saw before of that log.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "tlog/errc.hpp"
#include "tlog/key.hpp"

namespace yijuan::tlog {

/// Whether `bytes` (8 of time, 64 of signature) cosign the note's `text`.
bool verifies_cosignature(const VerifierKey& cosigner, std::string_view text, BytesView bytes);

/// The note with the cosigner's line added. REQUIRES: `time` is not before 1970; the key's type is
/// cosignature. TlogErrc::bad_note.
Result<std::string> cosign(std::string_view note, const SigningKey& cosigner, WallTime time);

/// When the cosigner signed this note (whole seconds). Checks its signature only, not the log's.
Result<WallTime> cosigned_at(std::string_view note, const VerifierKey& cosigner);

}  // namespace yijuan::tlog
