#!/usr/bin/python3
"""A ledger moves from its SQLite file to PostgreSQL with the office's own command: not while ledgerd
runs, with a proof, and boxes go on with the new store where they were with the old one. A database
that was brought back from an older dump fetches from the boxes what it lost."""

import contextlib
import csv
import io
import sqlite3

from street import BIN, StreetTest, call, main

from tools.world.postgres import Postgres


class StoreMigrate(StreetTest):
    def setUp(self):
        super().setUp()
        self.database = Postgres()
        self.addCleanup(self.database.remove)
        self.database.start()

    def migrate(self, *options):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, "store", "migrate", "--to",
                    self.database.where(), *options)

    def lines_in_database(self):
        return self.database.ask("SELECT convert_from(line, 'UTF8') FROM entries "
                                 "WHERE box <> '' ORDER BY seq").splitlines()

    def choose_postgres(self):
        text = self.ledger.config.read_text()
        text = text.replace('driver = "sqlite"', 'driver = "postgres"')
        text = text.replace('postgres = ""', f'postgres = "{self.database.where()}"')
        self.ledger.config.write_text(text)

    def test_the_books_move_and_the_boxes_do_not_notice(self):
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B", "CN050A")
        self.wait_synced()
        code, said = self.migrate()
        self.assertEqual(code, 1, said)
        self.assertIn("is held by process", said)

        self.ledger.stop()
        self.give("CN100A")  # which the box keeps for later
        before = self.ledger.report("day")
        code, said = self.migrate("--format", "csv")
        self.assertEqual(code, 0, said)
        self.assertIn("both stores hold the same", said)
        rows = csv.reader(io.StringIO(said))
        results = {row[0]: row[3] for row in rows if len(row) == 5}
        self.assertIn("一致", results.values())
        self.assertNotIn("不一致", results.values())

        self.choose_postgres()
        self.ledger.start()
        self.assertEqual(self.ledger.report("day"), before)
        self.box.process.stop()
        self.box.start()  # asks at once
        self.wait_synced()
        self.give("CN010A")
        self.wait_synced()
        self.assertEqual(self.database.ask("SELECT sum(fen) FROM rollups"),
                         str(self.box.status()["gift_fen"]))
        self.assertEqual(self.lines_in_database(), self.box.lines())
        self.assertIn("right", self.ledger.ctl("rebuild"))

        self.ledger.stop()
        code, said = self.migrate()
        self.assertEqual(code, 1, said)
        self.assertIn("moved it to PostgreSQL", said)

    def test_the_old_store_is_not_begun_again_by_a_forgotten_configuration(self):
        where = self.database.where() + " application_name=hush-hush"
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "store", "migrate",
                          "--to", where)
        self.assertEqual(code, 0, said)
        for program, *command in (("ledgerd",), ("ledgerctl", "box", "revoke", "market-01"),
                                  ("ledgerctl", "publish"), ("ledgerctl", "restore", "--doubt")):
            code, said = call(BIN / program, "--config", self.ledger.config, *command)
            self.assertEqual(code, 1, said)
            self.assertIn(f"{self.ledger.store}: ledgerctl store migrate moved it to PostgreSQL",
                          said)
            self.assertIn("dbname=ledger", said)
            self.assertNotIn("hush", said)
        self.choose_postgres()
        self.ledger.start()

    def test_a_move_that_was_cut_before_its_mark_is_ended_by_another_run(self):
        self.assertEqual(self.migrate()[0], 0)
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            db.execute("DROP TABLE moved")
        self.assertEqual(self.migrate()[0], 0)
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            self.assertEqual(db.execute("SELECT count(*) FROM moved").fetchone(), (1,))

    def dump(self):
        path = self.folder / "ledger.dump"
        code, said = call(self.database.bin / "pg_dump", "--format", "custom", "--file", path,
                          self.database.where())
        self.assertEqual(code, 0, said)
        return path

    def restore(self, path):
        self.database.ask("DROP DATABASE ledger", "postgres")
        self.database.ask("CREATE DATABASE ledger", "postgres")
        code, said = call(self.database.bin / "pg_restore", "--exit-on-error", "--dbname",
                          self.database.where(), path)
        self.assertEqual(code, 0, said)

    def test_what_an_older_dump_lacks_comes_back_from_the_boxes(self):
        code, said = self.migrate()
        self.assertEqual(code, 0, said)
        self.choose_postgres()
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B")
        self.wait_synced()
        older = self.dump()
        self.give("CN050A", "CN010A", "CN100A")
        self.wait_synced()
        cosigned = self.database.ask("SELECT note FROM logs WHERE kind = 'box'")
        size = self.database.ask("SELECT size FROM logs WHERE kind = 'box'")
        self.ledger.stop()

        self.restore(older)
        self.assertNotEqual(self.database.ask("SELECT size FROM logs WHERE kind = 'box'"), size)
        self.ledger.ctl("restore", "--doubt")
        self.assertEqual(self.database.ask(
            "SELECT count(*) FROM logs WHERE kind = 'box' AND unsure"), "1")
        self.ledger.start()
        self.box.process.stop()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.wait_synced()
        self.assertEqual(self.lines_in_database(), self.box.lines())
        self.assertEqual(self.database.ask("SELECT count(*) FROM logs WHERE kind = 'box' AND "
                                           "(unsure OR floor_size IS NOT NULL)"), "0")
        self.assertNotEqual(cosigned, self.database.ask(
            "SELECT note FROM logs WHERE kind = 'box'"))
        self.assertIn("right", self.ledger.ctl("rebuild"))

    def test_a_database_that_is_not_there_is_named(self):
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "store", "migrate",
                          "--to", self.database.where(database="nowhere"))
        self.assertEqual(code, 1, said)
        self.assertIn("nowhere", said)
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "store", "migrate",
                          "--to", "hots=here")
        self.assertEqual(code, 1, said)
        self.assertIn("hots", said)


if __name__ == "__main__":
    main()
