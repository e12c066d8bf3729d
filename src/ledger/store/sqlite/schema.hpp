// The tables of the ledger's store; store/format.md says what stands in them.
#pragma once

#include <string_view>

namespace yijuan::ledger {

inline constexpr int kApplicationId = 0x594A4C47;  // "YJLG"
inline constexpr int kSchemaVersion = 3;
inline constexpr int kOldestVersion = 2;  // see migration.hpp

inline constexpr std::string_view kOfficePostings = R"sql(
CREATE TABLE office_postings (
  box TEXT NOT NULL,
  office TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (box, office, seq)
) STRICT, WITHOUT ROWID;
)sql";

inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE boxes (
  box TEXT NOT NULL PRIMARY KEY,
  status TEXT NOT NULL CHECK (status IN ('active', 'revoked')),
  key_fingerprint BLOB NOT NULL CHECK (length(key_fingerprint) = 32),
  since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  origin TEXT NOT NULL PRIMARY KEY,
  box TEXT NOT NULL,
  vkey TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('box', 'office', 'fork')),
  base INTEGER NOT NULL,
  retold TEXT NOT NULL,
  posted INTEGER NOT NULL,
  floor_size INTEGER,
  floor_root BLOB,
  unsure INTEGER NOT NULL CHECK (unsure IN (0, 1)),
  size INTEGER NOT NULL CHECK (size >= 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  frontier BLOB NOT NULL,
  note TEXT NOT NULL,
  received TEXT,
  anchor_boot TEXT,
  anchor_at TEXT,
  anchor_up INTEGER,
  cash_count INTEGER NOT NULL,
  cash_fen INTEGER NOT NULL,
  test_count INTEGER NOT NULL,
  test_fen INTEGER NOT NULL,
  gift_count INTEGER NOT NULL,
  gift_fen INTEGER NOT NULL,
  disputed_count INTEGER NOT NULL,
  disputed_fen INTEGER NOT NULL,
  tampers INTEGER NOT NULL,
  gaps INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  faults INTEGER NOT NULL,
  last_slip INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  origin TEXT NOT NULL,
  seq INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
  origin TEXT NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  received TEXT NOT NULL,
  PRIMARY KEY (origin, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE open_cash (
  origin TEXT NOT NULL,
  seq INTEGER NOT NULL,
  fen INTEGER NOT NULL,
  session INTEGER NOT NULL,
  activity TEXT NOT NULL,
  designation TEXT NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE unknown_entries (
  origin TEXT NOT NULL,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_notes (
  origin TEXT NOT NULL,
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  serial TEXT NOT NULL,
  counter INTEGER NOT NULL,
  fen INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  PRIMARY KEY (origin, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollups (
  box TEXT NOT NULL,
  day TEXT NOT NULL,
  activity TEXT NOT NULL,
  channel TEXT NOT NULL,
  gifts INTEGER NOT NULL,
  people INTEGER NOT NULL,
  fen INTEGER NOT NULL,
  PRIMARY KEY (box, day, activity, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  box TEXT NOT NULL,
  day TEXT NOT NULL,
  account TEXT NOT NULL,
  fen INTEGER NOT NULL,
  PRIMARY KEY (box, day, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE last_words (
  box TEXT NOT NULL PRIMARY KEY,
  received TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alarms (
  box TEXT NOT NULL,
  origin TEXT NOT NULL,
  code TEXT NOT NULL,
  text TEXT NOT NULL,
  evidence TEXT NOT NULL,
  first TEXT NOT NULL,
  last TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (box, origin, code)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace yijuan::ledger
