// Entries to lines and back. format.md states the form; only the one canonical form is read, so
// that write_line(parse_line(x)) == x for every line whose type this version knows.
//
// The writer never makes a line that the reader refuses: it cuts texts that are too long and
// replaces what is not text (control characters, bad UTF-8: a device's serial may be noise).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "tlog/entry.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

/// Bounds, all of them in bytes or counts, that the reader holds a line to.
inline constexpr std::size_t kLongestLine = 65'535;  // its length fits 16 bits: entry_bundle.hpp
inline constexpr std::size_t kLongestName = 64;      // ids, words, serials
inline constexpr std::size_t kLongestText = 512;     // texts for people, origins, vkeys
inline constexpr std::size_t kMostCashOfGift = 2000;
inline constexpr std::size_t kMostLeaves = 1000;
inline constexpr std::uint32_t kMostPeople = 1'000'000;
/// Whole numbers stay below 2^53: every JSON reader in the world keeps them exact.
inline constexpr std::uint64_t kLargestNumber = (std::uint64_t{1} << 53) - 1;

/// The line, without newline. REQUIRES: amounts from 1 fen to kLargestAmount, numbers within the
/// bounds above; `body` is not an Unknown.
std::string write_line(const Header& header, const Body& body);

/// Reads a line (without newline). TlogErrc::bad_line if it is no JSON object, its header is not
/// canonical, a key stands twice or a bound is broken. A body of a type that this version does
/// not know, or that does not fit its schema, becomes Unknown: the bytes are still worth keeping.
Result<Entry> parse_line(std::string_view line);

}  // namespace yijuan::tlog
