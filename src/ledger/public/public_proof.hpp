// A proof file for one published entry, out of the public folder alone.
#pragma once

#include <optional>
#include <string>

#include "ledger/public/public_folder.hpp"
#include "tlog/tlog_proof.hpp"

namespace yijuan::ledger {

/// The size that the public log `name` shows; 0 where it shows nothing. Verifies no signature: what
/// the folder holds was verified before it was put there.
Result<std::uint64_t> shown_size(const PublicFolder& folder, const std::string& name);

/// Nothing if entry `seq` of the log is not published.
Result<std::optional<tlog::TlogProof>> published_proof(const PublicFolder& folder,
                                                       const std::string& name, Seq seq);

}  // namespace yijuan::ledger
