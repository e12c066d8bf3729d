// A proof that can be carried about (C2SP tlog-proof): one entry's place in a log, its inclusion
// proof and the cosigned checkpoint that it leads to. Holds no entry and no secret. Whoever knows
// the entry's leaf hash and both keys needs nothing and nobody else to check it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/proof.hpp"

namespace yijuan::tlog {

/// Bytes of a proof file: more is refused.
inline constexpr std::size_t kLongestProofFile = std::size_t{32} * 1024;

struct TlogProof {
  std::optional<Bytes> extra;  // not authenticated by anything
  std::uint64_t index = 0;
  Proof path;
  std::string checkpoint;  // a signed note
  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

std::string write_tlog_proof(const TlogProof& proof);
/// TlogErrc::bad_proof; nothing is verified but the form.
Result<TlogProof> parse_tlog_proof(std::string_view text);

struct ProvenEntry {
  Checkpoint checkpoint;
  WallTime cosigned;  // whole seconds
};
/// That the entry with this leaf hash stands at the proof's index of `log`, and that `cosigner` saw
/// it there. TlogErrc::bad_proof, and what open_checkpoint() and cosigned_at() say.
Result<ProvenEntry> verify_tlog_proof(const TlogProof& proof, const Hash& leaf,
                                      const VerifierKey& log, const VerifierKey& cosigner);

}  // namespace yijuan::tlog
