-- Optional, for large installations (some ten million entries and more): the entries lie in sixteen
-- tables by box, so that each index stays small enough for memory, and vacuum, backup and a move to
-- another disk go table by table. Nothing else changes; ledgerd does not know.
--
-- To be run once, after schema.sql, on a database without entries and before `ledgerctl init`:
--   psql -v ON_ERROR_STOP=1 --single-transaction -f schema.sql -f partitions.sql "CONNECTION"
--
-- Only PostgreSQL itself knows this; Citus, CockroachDB and YugabyteDB divide tables by themselves.

DROP TABLE entries;

CREATE TABLE entries (
  box text NOT NULL,
  origin text NOT NULL,
  seq bigint NOT NULL,
  line bytea NOT NULL,
  PRIMARY KEY (box, origin, seq)
) PARTITION BY HASH (box);

CREATE TABLE entries_00 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE entries_01 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE entries_02 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE entries_03 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE entries_04 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE entries_05 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE entries_06 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE entries_07 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE entries_08 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE entries_09 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE entries_10 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE entries_11 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE entries_12 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE entries_13 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE entries_14 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE entries_15 PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER 15);
