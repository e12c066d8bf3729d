-- The ledger's tables on PostgreSQL; what stands in them: src/ledger/store/format.md.
--
-- `ledgerctl init` and `ledgerctl store migrate` run this file, compiled into ledgerctl, on an empty
-- database; to make the tables by hand beforehand (for partitions.sql) gives the same.
--
-- Every table begins with the box (empty for the office's log), its primary key too, and no
-- transaction writes rows of two boxes: so the same schema can be spread over many servers by box.
-- tools/sql_lint holds this file to the rules that the PostgreSQL-compatible engines ask for.

-- reference table: the same few rows on every server
CREATE TABLE IF NOT EXISTS meta (
  name text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE IF NOT EXISTS boxes (
  box text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'revoked')),
  key_fingerprint bytea NOT NULL CHECK (octet_length(key_fingerprint) = 32),
  since timestamptz NOT NULL,
  PRIMARY KEY (box)
);

CREATE TABLE IF NOT EXISTS logs (
  box text NOT NULL,
  origin text NOT NULL,
  vkey text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('box', 'office', 'fork')),
  base bigint NOT NULL,
  retold text NOT NULL,
  posted bigint NOT NULL,
  floor_size bigint,
  floor_root bytea,
  unsure boolean NOT NULL,
  size bigint NOT NULL CHECK (size >= 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  frontier bytea NOT NULL,
  note text NOT NULL,
  received timestamptz,
  anchor_boot text,
  anchor_at timestamptz,
  anchor_up bigint,
  cash_count bigint NOT NULL,
  cash_fen bigint NOT NULL,
  test_count bigint NOT NULL,
  test_fen bigint NOT NULL,
  gift_count bigint NOT NULL,
  gift_fen bigint NOT NULL,
  disputed_count bigint NOT NULL,
  disputed_fen bigint NOT NULL,
  tampers bigint NOT NULL,
  gaps bigint NOT NULL,
  lost bigint NOT NULL,
  unknown bigint NOT NULL,
  faults bigint NOT NULL,
  last_slip bigint NOT NULL,
  PRIMARY KEY (box, origin)
);

CREATE TABLE IF NOT EXISTS entries (
  box text NOT NULL,
  origin text NOT NULL,
  seq bigint NOT NULL,
  line bytea NOT NULL,
  PRIMARY KEY (box, origin, seq)
);

CREATE TABLE IF NOT EXISTS batches (
  box text NOT NULL,
  origin text NOT NULL,
  first bigint NOT NULL,
  count bigint NOT NULL CHECK (count > 0),
  received timestamptz NOT NULL,
  PRIMARY KEY (box, origin, first)
);

CREATE TABLE IF NOT EXISTS office_postings (
  box text NOT NULL,
  office text NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (box, office, seq)
);

CREATE TABLE IF NOT EXISTS open_cash (
  box text NOT NULL,
  origin text NOT NULL,
  seq bigint NOT NULL,
  fen bigint NOT NULL,
  session bigint NOT NULL,
  activity text NOT NULL,
  designation text NOT NULL,
  unit text NOT NULL,
  PRIMARY KEY (box, origin, seq)
);

CREATE TABLE IF NOT EXISTS pending_notes (
  box text NOT NULL,
  origin text NOT NULL,
  device text NOT NULL,
  seq bigint NOT NULL,
  serial text NOT NULL,
  counter bigint NOT NULL,
  fen bigint NOT NULL,
  purpose text NOT NULL,
  PRIMARY KEY (box, origin, device)
);

CREATE TABLE IF NOT EXISTS unknown_entries (
  box text NOT NULL,
  origin text NOT NULL,
  seq bigint NOT NULL,
  type text NOT NULL,
  PRIMARY KEY (box, origin, seq)
);

CREATE TABLE IF NOT EXISTS rollups (
  box text NOT NULL,
  day text NOT NULL,
  activity text NOT NULL,
  channel text NOT NULL,
  gifts bigint NOT NULL,
  people bigint NOT NULL,
  fen bigint NOT NULL,
  PRIMARY KEY (box, day, activity, channel)
);

CREATE TABLE IF NOT EXISTS accounts (
  box text NOT NULL,
  day text NOT NULL,
  account text NOT NULL,
  fen bigint NOT NULL,
  PRIMARY KEY (box, day, account)
);

CREATE TABLE IF NOT EXISTS last_words (
  box text NOT NULL,
  received timestamptz NOT NULL,
  json text NOT NULL,
  PRIMARY KEY (box)
);

CREATE TABLE IF NOT EXISTS alarms (
  box text NOT NULL,
  origin text NOT NULL,
  code text NOT NULL,
  text text NOT NULL,
  evidence text NOT NULL,
  first timestamptz NOT NULL,
  last timestamptz NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (box, origin, code)
);
