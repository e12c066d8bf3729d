#!/usr/bin/python3
"""tools/audit finds healthy books good and names each thing that was tampered with in a ledger's
store; `ledgerctl rebuild` makes again what is derived, and only that."""

import contextlib
import shutil
import sqlite3

from street import BIN, StreetTest, audit, call, main

TAMPERS = {
    # what is done to the store: the SQL, what the audit must name, whether rebuild mends it
    "an amount in an entry": (
        "UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900') WHERE seq = "
        "(SELECT min(seq) FROM entries WHERE line LIKE '%\"type\":\"cash\"%')", "root", False),
    "an entry that is gone": (
        "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)", "missing", False),
    "a gift too many in a rollup": ("UPDATE rollups SET gifts = gifts + 1", "rollup", True),
    "an amount in a rollup": ("UPDATE rollups SET fen = fen + 100", "rollup", True),
    "a rollup that is gone": ("DELETE FROM rollups", "rollup", True),
    "an account": ("UPDATE accounts SET fen = fen - 100 WHERE account = 'box'",
                   "account", True),
    "an account that nobody posted to": (
        "INSERT INTO accounts SELECT box, day, 'income:nobody', 100 FROM accounts LIMIT 1",
        "income:nobody", True),
    "open cash": ("UPDATE open_cash SET fen = fen + 100", "open cash", True),
    "open cash that is gone": ("DELETE FROM open_cash", "open cash", True),
    "a note that nobody offered": (
        "INSERT INTO pending_notes SELECT origin, 'note', 1, 'N', 1, 100, 'gift' FROM logs",
        "about to be stacked", True),
    "a sum of disputed notes": ("UPDATE logs SET disputed_fen = 100", "disputed", True),
    "a sum of a log": ("UPDATE logs SET cash_fen = cash_fen + 100", "stored fen", True),
}


class Audit(StreetTest):
    def make_books(self):
        """A box that was cut in the middle of a gift, with everything at the ledger."""
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B", "CN100A")
        self.box.tap("begin_one_day")
        self.box.tap("choose_amount", 5000)
        self.box.wait_scene("counting")
        self.give("CN100A", "CN100B")
        self.wait_synced()
        self.box.kill()  # in the middle of a gift: its cash stays open at the ledger
        self.ledger.stop()
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.healthy = self.folder / "healthy.db"
        shutil.copyfile(self.ledger.store, self.healthy)

    def restore(self):
        for rest in ("-wal", "-shm"):
            self.ledger.store.with_name(self.ledger.store.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self.healthy, self.ledger.store)

    def change(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db, db:
            self.assertGreater(db.execute(sql, values).rowcount, 0, "nothing was tampered with")

    def assert_found(self, named):
        code, found = audit(self.ledger.store)
        self.assertEqual(code, 1, "the audit found nothing")
        self.assertTrue(any(named in fault for fault in found["wrong"]), found["wrong"])

    def rebuild(self):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, "rebuild")

    def test_what_was_tampered_with_is_named(self):
        self.make_books()
        self.check_healthy()
        for name, (sql, named, mended) in TAMPERS.items():
            with self.subTest(name):
                self.check_tampered(sql, named, mended)
        self.check_checkpoint()
        self.check_cut_journal()

    def check_healthy(self):
        cosigner = self.folder / "cosigner.vkey"
        self.ledger.start()
        cosigner.write_text(self.ledger.ctl("status").split("cosigner: ")[1].splitlines()[0])
        self.ledger.stop()
        for store in (self.box.journal, self.ledger.store):
            code, found = audit(store, "--cosigner", cosigner)
            self.assertEqual((code, found["wrong"]), (0, []))
            figures = found["logs"][0]
            self.assertEqual((figures["cash"], figures["fen"]), (5, 500))
            self.assertEqual((figures["gifts"], figures["gift_fen"]), (3, 300))
            self.assertEqual((figures["open"], figures["open_fen"]), (2, 200))
        self.assertEqual(self.rebuild()[0], 0)

    def check_tampered(self, sql, named, mended):
        self.restore()
        self.change(sql)
        self.assert_found(named)
        code, said = self.rebuild()
        if mended:
            self.assertEqual(code, 3, said)
            self.assertEqual(audit(self.ledger.store)[0], 0)
            self.assertEqual(self.rebuild()[0], 0)
        else:
            self.assertNotEqual(code, 0, said)
            self.assertEqual(audit(self.ledger.store)[0], 1)

    def check_checkpoint(self):
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            note, = db.execute("SELECT note FROM logs").fetchone()
        lines = (note.decode() if isinstance(note, bytes) else note).split("\n")
        cosigner = self.box.identity.read_text().split('"cosigner":"')[1].split('"')[0]
        cosigner = cosigner.replace("\\/", "/")

        def flipped(number):
            line = lines[number]
            at = len(line) - 8
            changed = line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]
            return "\n".join([*lines[:number], changed, *lines[number + 1:]])

        for name, number, named in (("root", 2, "root"), ("signature of the log", 4, "signed"),
                                    ("cosignature", 5, "cosigned")):
            with self.subTest(name):
                self.restore()
                self.change("UPDATE logs SET note = ?", flipped(number))
                code, found = audit(self.ledger.store, "--cosigner", cosigner)
                self.assertEqual(code, 1)
                self.assertTrue(any(named in fault for fault in found["wrong"]), found["wrong"])

    def check_cut_journal(self):
        with contextlib.closing(sqlite3.connect(self.box.journal)) as db, db:
            db.execute("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)")
        code, found = audit(self.box.journal)
        self.assertEqual(code, 1)
        self.assertTrue(any("head" in fault for fault in found["wrong"]), found["wrong"])


if __name__ == "__main__":
    main()
