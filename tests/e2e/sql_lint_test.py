#!/usr/bin/python3
"""tools/sql_lint finds each fault that it is there to find, and passes what the tree ships."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


def table(columns, end=""):
    return f"CREATE TABLE things (\n  {columns}\n){end};\n"


KEY = "PRIMARY KEY (box, seq)"
GOOD = table(f"box text NOT NULL, seq bigint NOT NULL, kind text CHECK (kind IN ('a', 'b')), {KEY}")

# What is wrong: the file's text and what the finding says.
FAULTS = {
    "a table that does not begin with the box": (
        table("seq bigint, box text, PRIMARY KEY (box, seq)"), "first column is seq"),
    "a key that does not begin with the box": (
        table("box text, seq bigint, PRIMARY KEY (seq, box)"), "primary key begins with seq"),
    "a table without a key": (table("box text, seq bigint"), "without a primary key"),
    "a key that comes later": (GOOD + "ALTER TABLE things ADD PRIMARY KEY (box);", "with its table"),
    "a unique column": (table(f"box text, seq bigint UNIQUE, {KEY}"), "without the box"),
    "a unique pair": (table(f"box text, seq bigint, a text, UNIQUE (seq, a), {KEY}"), "UNIQUE without"),
    "a unique index": ("CREATE UNIQUE INDEX i ON things (seq);", "UNIQUE without"),
    "a reference to another box's row": (
        table(f"box text, seq bigint, {KEY}, FOREIGN KEY (seq) REFERENCES others (seq)"),
        "FOREIGN KEY without"),
    "a serial": (table(f"box text, seq bigserial, {KEY}"), "bigserial is not one of"),
    "an identity": (
        table(f"box text, seq bigint GENERATED ALWAYS AS IDENTITY, {KEY}"), "no sequences"),
    "a sequence": ("CREATE SEQUENCE numbers;", "no sequences"),
    "a float": (table(f"box text, seq bigint, yuan double precision, {KEY}"), "not one of"),
    "a numeric": (table(f"box text, seq bigint, yuan numeric(10, 2), {KEY}"), "not one of"),
    "a generated column": (
        table(f"box text, seq bigint, a bigint GENERATED ALWAYS AS (seq) STORED, {KEY}"),
        "no generated"),
    "a trigger": ("CREATE TRIGGER t BEFORE INSERT ON things EXECUTE FUNCTION f();", "no triggers"),
    "code on the server": (
        "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1';", "no code"),
    "inheritance": (table(f"box text, seq bigint, {KEY}", " INHERITS (others)"), "no INHERITS"),
    "a deferrable key": (table(f"box text, seq bigint, {KEY} DEFERRABLE"), "no deferrable"),
    "an exclusion": (table(f"box text, seq bigint, {KEY}, EXCLUDE (box WITH =)"), "no EXCLUDE"),
    "partitions in the base": (
        table(f"box text, seq bigint, {KEY}", " PARTITION BY HASH (box)"), "a file of their own"),
    "a GiST index": ("CREATE INDEX i ON things USING gist (box);", "only B-tree"),
    "a type": ("CREATE TYPE mood AS ENUM ('good');", "no types"),
}
STATEMENT_FAULTS = {
    "an UPDATE of all boxes": ('ask("UPDATE logs SET size = $1 WHERE origin = $2");', "every box"),
    "a DELETE of all boxes": ('ask("DELETE FROM rollups");', "every box"),
    "a DELETE in pieces": ('ask("DELETE FROM rollups "\n    "WHERE day = $1");', "every box"),
    "a TRUNCATE": ('script("TRUNCATE rollups");', "every box"),
    "the second of two": ('script("SET a = b; DELETE FROM rollups");', "every box"),
    "an INSERT without its columns": ('ask("INSERT INTO logs VALUES ($1)");', "the box first"),
    "a COPY without the box": ('copy("COPY entries (origin, line) FROM STDIN");', "the box first"),
    "an expression in ON CONFLICT": (
        'ask("INSERT INTO a (box, b) VALUES ($1, $2) ON CONFLICT (lower(b)) DO NOTHING");',
        "names columns"),
    "ON CONFLICT without a target": (
        'ask("INSERT INTO a (box, b) VALUES ($1, $2) ON CONFLICT DO NOTHING");', "names columns"),
    "a time of the server's": (
        'ask("INSERT INTO a (box, at) VALUES ($1, now())");', "come from the application"),
    "a lock": ('ask("SELECT size FROM logs WHERE box = $1 FOR UPDATE");', "no FOR UPDATE"),
    "an advisory lock": ('ask("SELECT pg_advisory_lock(1)");', "no advisory"),
    "a table's lock": ('script("LOCK TABLE logs");', "no LOCK TABLE"),
    "a notification": ('script("LISTEN batches");', "no LISTEN"),
}
GOOD_CODE = '''#include "ledger/store/a.hpp"
// "DELETE FROM rollups" is only spoken of here.
auto a = ask("UPDATE logs SET size = $3 "
             "WHERE box = $1 AND origin = $2", box, origin);
auto b = ask("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
auto c = Error("SETTINGS are wrong");
'''


class SqlLint(unittest.TestCase):
    def lint(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(text, encoding="utf-8")
            done = subprocess.run([TOP / "tools/sql_lint", path], capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done

    def test_passes_what_the_tree_ships(self):
        done = subprocess.run([TOP / "tools/sql_lint"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_passes_what_is_good(self):
        reference = "-- reference table: the same everywhere\n" + table("name text PRIMARY KEY")
        partitioned = table(f"box text, seq bigint, {KEY}", " PARTITION BY HASH (box)")
        for name, text in (("a.sql", GOOD), ("a.sql", reference), ("a.cpp", GOOD_CODE),
                           ("partitions.sql", partitioned)):
            with self.subTest(text):
                done = self.lint(name, text)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_finds_each_fault_and_where(self):
        for name, faults in (("a.sql", FAULTS), ("a.cpp", STATEMENT_FAULTS)):
            for fault, (text, expected) in faults.items():
                with self.subTest(fault):
                    done = self.lint(name, "\n\n" + text)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(expected, done.stdout)
                    self.assertRegex(done.stdout, rf"{name}:\d+: ")

    def test_names_the_line(self):
        done = self.lint("a.sql", GOOD + "\n-- a comment; with a semicolon\n\nCREATE SEQUENCE s;\n")
        self.assertIn("a.sql:7:", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
