// The journal's file, as format.md describes it: what writer, reader and verification share.
#pragma once

#include <array>
#include <cstdint>

namespace yijuan::journal {

inline constexpr std::int64_t kApplicationId = 0x594A4A31;  // "YJJ1" in the file's header
inline constexpr std::int64_t kFormatVersion = 2;           // user_version
inline constexpr std::int64_t kOldestVersion = 1;           // upgraded when it is opened

inline constexpr const char* kMarkTable =
    "CREATE TABLE mark(device TEXT PRIMARY KEY, serial TEXT NOT NULL, counter INTEGER NOT NULL,"
    " quiet INTEGER NOT NULL, size INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID";

/// Tables without rowid where the key is a text: one page to write a commit instead of two.
inline constexpr std::array<const char*, 7> kSchema = {
    "CREATE TABLE entry(seq INTEGER PRIMARY KEY, line TEXT NOT NULL, leaf BLOB NOT NULL) STRICT",
    "CREATE TABLE head(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, frontier BLOB NOT NULL)"
    " STRICT",
    kMarkTable,
    "CREATE TABLE cosigned(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL)"
    " STRICT",
    "CREATE TABLE snapshot(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, text TEXT NOT NULL,"
    " hash BLOB NOT NULL) STRICT",
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE spare(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
};

}  // namespace yijuan::journal
