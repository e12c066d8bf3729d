// A batch: entries of one log in a row and the checkpoint that ends with them. protocol.md has the
// grammar. Decoding checks form and bounds only; whether the signature and the root are right is
// for whoever holds the tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace yijuan::sync {

inline constexpr std::size_t kMostEntries = 1000;
/// Entry lines of one batch, newlines included.
inline constexpr std::size_t kMostEntryBytes = std::size_t{1024} * 1024;
/// A checkpoint with its signatures.
inline constexpr std::size_t kLongestNote = std::size_t{8} * 1024;
/// What a batch may be when unpacked, and packed.
inline constexpr std::size_t kMostUnpacked = kMostEntryBytes + 3 * kLongestNote + 1024;
inline constexpr std::size_t kMostPacked = std::size_t{1024} * 1024;

/// Of the protocol: 1 knows neither `cosigned` nor `office`.
enum class Version { one = 1, two = 2 };

struct Batch {
  Version version = Version::two;
  std::string origin;
  Seq first = 0;
  std::vector<std::string> lines;  // 1 to kMostEntries, without newline, as the box wrote them
  std::string checkpoint;          // a signed note
  std::string cosigned = {};       // the newest one that the ledger cosigned, if the box has one
  std::string office = {};         // the office's newest checkpoint that the box saw, if any
  friend bool operator==(const Batch&, const Batch&) = default;
};

/// The bytes of a request body. REQUIRES: within the bounds above.
Bytes pack(const Batch& batch);
/// SyncErrc::bad_batch, with what is wrong.
Result<Batch> unpack(BytesView body);
/// Bytes that unpack() will make of it, as it says itself; 0 of what unpack() refuses unread.
std::size_t unpacked_size(BytesView body);

/// The two steps of pack and unpack, apart, for files and measurements.
std::string write_batch(const Batch& batch);
Result<Batch> parse_batch(std::string_view text);

}  // namespace yijuan::sync
