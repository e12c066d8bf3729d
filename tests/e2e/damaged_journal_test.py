#!/usr/bin/python3
"""One flipped byte in an entry of a stopped box's journal: boxctl and the audit name the entry, and
kioskd takes no money on it."""

import contextlib
import re
import sqlite3

from street import BIN, StreetTest, audit, call, main, wait_for

CHECKED_BEFORE_START = 1280  # of the newest entries; older ones are checked behind an open door


class DamagedJournal(StreetTest):
    def flip(self, kind):
        """Flips one bit of the first entry of that type, in the file itself; its seq."""
        with contextlib.closing(sqlite3.connect(self.box.journal)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            seq, line = db.execute("SELECT seq, line FROM entry WHERE line LIKE ? ORDER BY seq",
                                   (f'%"type":"{kind}"%',)).fetchone()
        line = line.encode()
        at = line.index(b'"fen":') + len(b'"fen":')
        flipped = line[:at] + bytes([line[at] ^ 0x04]) + line[at + 1:]
        content = self.box.journal.read_bytes()
        self.assertIn(line, content)
        # Pages that were split may hold a copy, which nobody reads, in their free part.
        self.box.journal.write_bytes(content.replace(line, flipped))
        return seq

    def run_some(self, *coins):
        self.box.start()
        self.wait_accepting()
        self.give(*coins)
        self.box.process.stop()

    def test_a_new_entry_is_named_and_kioskd_does_not_start_on_it(self):
        self.run_some("CN100A", "CN100B", "CN100A")
        self.assertEqual(audit(self.box.journal)[0], 0)
        seq = self.flip("cash")
        code, said = call(BIN / "boxctl", "--config", self.box.config, "verify")
        self.assertEqual(code, 1, said)
        self.assertRegex(said, rf"\bentry {seq}\b")
        code, said = self.kioskd()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, rf"\bentry {seq}\b")
        self.assertFalse(self.box.drop("CN100A"), "a coin was taken on a damaged journal")
        code, found = audit(self.box.journal)
        self.assertEqual(code, 1)
        self.assertTrue(any(re.search(rf"\bentry {seq}\b", fault) for fault in found["wrong"]),
                        found["wrong"])

    def test_an_old_entry_takes_a_running_box_out_of_service(self):
        config = self.box.config.read_text(encoding="utf-8")
        self.box.config.write_text(config.replace('echo = "auto"', 'echo = "yes"\npoll_ms = 50'),
                                   encoding="utf-8")
        self.box.start()
        self.wait_accepting()
        given = 0
        while self.box.status()["entries"] < CHECKED_BEFORE_START + 20:
            for _ in range(5):  # what the acceptor remembers between two polls
                self.assertTrue(self.box.drop("CN100A", 0))
            given += 5
            wait_for("the coins to be durable", lambda: self.box.status().get("cash") == given,
                     interval=0.01)
        self.box.process.stop()
        seq = self.flip("cash")
        self.box.start(ready=False)
        wait_for("the damage to be found", lambda: self.box.process.expect_running() or
                 self.box.status().get("failure"))
        status = self.box.status()
        self.assertRegex(status["failure"], rf"\bentry {seq}\b")
        self.assertFalse(status["accepting"])
        self.box.wait_scene("out_of_service")
        self.assertFalse(self.box.drop("CN100A"), "a coin was taken on a damaged journal")
        self.assertRegex(self.box.ctl("status"), rf"out of service.*\bentry {seq}\b")
        code, said = call(BIN / "boxctl", "--config", self.box.config, "verify")
        self.assertEqual(code, 1, said)
        self.assertRegex(said, rf"\bentry {seq}\b")
        self.assertEqual(self.box.status()["cash"], given)

    def test_a_good_journal_is_found_good(self):
        self.run_some("CN100A", "CN050A", "CN010A")
        code, said = call(BIN / "boxctl", "--config", self.box.config, "verify")
        self.assertEqual(code, 0, said)
        self.assertIn("good:", said)
        code, found = audit(self.box.journal)
        self.assertEqual((code, found["wrong"]), (0, []))


if __name__ == "__main__":
    main()
