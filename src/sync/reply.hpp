// The ledger's answers: made by ledgerd, read by the box. protocol.md lists them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"
#include "sync/batch.hpp"
#include "sync/office_word.hpp"

namespace yijuan::sync {

inline constexpr std::string_view kBatchPath = "/v2/batch";
inline constexpr std::string_view kBatchPathOfVersion1 = "/v1/batch";
inline constexpr std::string_view kHeartbeatPath = "/v1/heartbeat";
inline constexpr std::string_view kBatchType = "application/vnd.yijuan.batch+zstd";
inline constexpr std::string_view kHeartbeatType = "application/json";
inline constexpr std::size_t kLongestReply = std::size_t{16} * 1024;

/// Stored and cosigned: the checkpoint's note with the cosigner's line.
struct Cosigned {
  std::string note;
  std::optional<OfficeWord> office = {};
};
/// Stored, not cosigned: the ledger holds `size` entries and had cosigned more before it was
/// restored from a backup. Go on from there. (Version 1 reads ResumeAt.)
struct Stored {
  std::uint64_t size = 0;
};
/// The ledger holds `size` entries of this log: go on from there.
struct ResumeAt {
  std::uint64_t size = 0;
};
/// The entries or the root do not continue what the ledger cosigned.
struct Forked {
  std::string text;
  /// The ledger keeps this history apart, its entries below this. Nothing: it keeps none of it.
  std::optional<std::uint64_t> kept = {};
};
/// The box, or this log of it, may not speak here (any more).
struct Revoked {
  std::string text;
};
/// Not now: ask again later.
struct Busy {
  std::optional<std::chrono::seconds> after;
};
/// The ledger did not understand, or says something that this box does not.
struct Rejected {
  unsigned status = 0;
  std::string text;
};

using BatchReply = std::variant<Cosigned, Stored, ResumeAt, Forked, Revoked, Busy, Rejected>;

net::HttpResponse write_reply(const BatchReply& reply, Version version);
/// Never fails: what makes no sense is Rejected.
BatchReply read_reply(const net::HttpResponse& response, Version version);

/// Answer to a heartbeat.
struct HeartbeatReply {
  WallTime time;                      // the ledger's clock
  std::uint64_t size = 0;             // entries of this log that it holds
  std::optional<std::uint64_t> pack;  // newest campaign pack for this box
  std::optional<OfficeWord> office = {};
};
net::HttpResponse write_heartbeat_reply(const HeartbeatReply& reply);
/// SyncErrc::bad_reply. REQUIRES: status 200.
Result<HeartbeatReply> read_heartbeat_reply(const net::HttpResponse& response);

}  // namespace yijuan::sync
