#!/usr/bin/python3
"""The office's own log and what hangs on it, with the real daemons: a box whose disk is lost, a fork
that is counted once though ledgerd is killed in between, backups of a running ledger, a restored
ledger that signs nothing before it may, and an old store that somebody put in its place."""

import contextlib
import random
import shutil
import sqlite3
import threading
import time

from street import BIN, StreetTest, audit, call, main, wait_for

from tools.world.process import Failure


class Office(StreetTest):
    def setUp(self):
        super().setUp()
        self.copy = self.folder / "second-disk"
        self.copy.mkdir()
        with self.ledger.config.open("a", encoding="utf-8") as config:
            config.write(f'\n[copy]\nfolder = "{self.copy}"\n')
        self.ledger.start()
        self.box.start()
        self.wait_accepting()

    def origin(self):
        return self.box.entries("epoch")[0]["key"].split("+")[0]

    def rows(self):
        return {row["origin"]: row for row in self.ledger.report("sync")["rows"]}

    def day(self, activity=None):
        """Fen in the day report, or of the rows of one activity in it."""
        report = self.ledger.report("day")
        if activity is None:
            return report["total"]["fen"]
        return sum(row["fen"] for row in report["rows"] if row["activity"] == activity)

    def office(self):
        return dict(line.split(": ", 1) for line in
                    self.ledger.ctl("office", "status").splitlines())

    def checked(self):
        """Nothing may be wrong in the store; ledgerd may be running."""
        cosigner = self.ledger.ctl("status").split("cosigner: ")[1].splitlines()[0]
        code, found = audit(self.ledger.store, "--cosigner", cosigner)
        self.assertEqual((code, found["wrong"]), (0, []))
        return {log["origin"]: log for log in found["logs"]}

    def lose(self, origin, why):
        """As the office does at once, not ten minutes after the box spoke."""
        return self.ledger.ctl("log", "lost", origin, "--why", why, "--still-heard")

    def leave_cash_open(self):
        """Two coins of a gift that is not finished, at the ledger."""
        self.box.tap("begin_one_day")
        self.box.tap("choose_amount", 5000)
        self.box.wait_scene("counting")
        self.give("CN100A", "CN100B")
        self.wait_synced()

    def remove_store(self):
        for end in ("", "-wal", "-shm"):
            self.ledger.store.with_name(self.ledger.store.name + end).unlink(missing_ok=True)

    def wait_witnessed(self, number, size):
        """The box has written down that it saw the office's log so far; a coin brings the word."""
        self.give("CN100A")
        wait_for("the box to be a witness", lambda: any(
            seen["origin"].endswith(f"/office/{number}") and seen["size"] >= size
            for seen in self.box.entries("witness")), 120)


    def test_a_lost_disk(self):
        self.give("CN100A", "CN100A")
        self.leave_cash_open()
        origin = self.origin()
        self.assertEqual(self.day(), 200)
        self.box.kill()
        code = self.lose(origin, "the box burnt")
        self.assertIn("1 gifts, 2.00 yuan", code)
        again = self.lose(origin, "the box burnt")
        self.assertIn("is lost already", again)
        self.assertEqual(self.day(), 400)
        self.assertIn("遗失", self.rows()[origin]["hole"])
        self.checked()
        self.ledger.stop()
        self.ledger.start()
        self.assertEqual(self.day(), 400)
        self.assertIn("the books were right", self.ledger.ctl("rebuild"))
        self.checked()
        self.ledger.stop()
        for sql, named in (
                ("DELETE FROM office_postings", "is not posted to market-01"),
                ("INSERT INTO office_postings SELECT box, office, 0 FROM office_postings",
                 "and does not say so"),
                ("UPDATE logs SET posted = posted + 1 WHERE kind = 'box'", "were posted, not 1"),
                ("UPDATE entries SET line = replace(line, '200', '900') WHERE origin LIKE '%office%'"
                 " AND line LIKE '%closing%'", "root")):
            self.check_tampered(sql, named)

    def test_a_box_that_only_seemed_lost(self):
        self.leave_cash_open()
        self.assertEqual(self.day(), 0)
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "log", "lost",
                          self.origin(), "--why", "nobody answers the telephone")
        self.assertNotEqual(code, 0)
        self.assertIn("minutes ago; if its disk is lost all the same, say --still-heard", said)
        self.assertIn("1 gifts, 2.00 yuan", self.lose(self.origin(), "a mistake"))
        self.assertEqual(self.day(), 200)
        self.give("CN100A")
        self.box.tap("finish")
        self.wait_synced()
        self.assertEqual(self.day(), 300)
        self.assertEqual(self.box.status()["gift_fen"], 300)
        self.checked()
        self.assertIn("the books were right", self.ledger.ctl("rebuild"))

    def check_tampered(self, sql, named):
        with self.subTest(sql), contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            kept = db.execute("SELECT * FROM office_postings").fetchall()
            db.execute("BEGIN")
            self.assertGreater(db.execute(sql).rowcount, 0)
            db.commit()
            code, found = audit(self.ledger.store)
            self.assertEqual(code, 1)
            self.assertTrue(any(named in wrong for wrong in found["wrong"]), found["wrong"])
            db.execute("DELETE FROM office_postings")
            db.executemany("INSERT INTO office_postings VALUES (?, ?, ?)", kept)
            db.execute("UPDATE logs SET posted = 1 WHERE kind = 'box'")
            db.commit()

    def test_a_fork_is_counted_once_though_ledgerd_is_killed(self):
        self.give("CN100A", "CN100A")
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        shutil.copytree(self.box.data, self.folder / "image")
        self.box.start()
        self.wait_accepting()
        self.give(*["CN100A"] * 8)
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        shutil.rmtree(self.box.data)
        shutil.copytree(self.folder / "image", self.box.data)
        self.ledger.stop()  # the rolled-back disk goes on while nobody sees it
        self.box.start()
        self.wait_accepting()
        self.give(*["CN050A"] * 4)
        self.ledger.start()
        wait_for("the fork to be kept apart", lambda: [
            log for log in self.rows() if "~" in log], 120)
        wait_for("the box to have delivered it",
                 lambda: (self.box.data / "journal.delivered").exists(), 120)
        fork, = (log for log in self.rows() if "~" in log)
        waiting = self.rows()[fork]["quarantined_fen"]
        self.assertGreaterEqual(waiting, 200)
        self.assertEqual(self.day("quarantined"), waiting)
        before = self.day()
        self.assertIn(fork, self.ledger.ctl("quarantine", "list"))
        self.assertIn("cash", self.ledger.ctl("quarantine", "show", fork))
        self.post_until_done(fork)
        self.assertEqual(self.day(), before + waiting)
        self.assertEqual(self.day("quarantined"), 0)
        self.assertEqual(self.rows()[fork]["quarantined_fen"], 0)
        self.assertIn("the books were right", self.ledger.ctl("rebuild"))
        self.checked()

    def post_until_done(self, fork):
        """Asks for it again and again, and kills ledgerd while it works."""
        chance = random.Random(1)
        for _ in range(8):
            asked = threading.Thread(target=self.try_to_post, args=(fork,))
            asked.start()
            time.sleep(chance.uniform(0, 0.02))
            self.ledger.process.kill()
            asked.join()
            self.ledger.start()
            self.checked()
        self.ledger.ctl("quarantine", "post", fork)
        self.assertIn("in the books already", self.ledger.ctl("quarantine", "post", fork))

    def try_to_post(self, fork):
        with contextlib.suppress(Failure):
            self.ledger.ctl("quarantine", "post", fork)

    def test_a_backup_under_load_becomes_the_ledger_again(self):
        self.give("CN100A", "CN100A")
        dropping = threading.Thread(target=lambda: self.give(*["CN100A"] * 15))
        dropping.start()
        backups = []
        while dropping.is_alive() or not backups:
            backups.append(self.folder / f"backup-{len(backups)}")
            self.ledger.ctl("backup", backups[-1])
        dropping.join()
        self.wait_synced()
        for backup in backups:
            self.assertIn("good", self.ledger.ctl("backup", "verify", backup))
        self.leave_cash_open()
        origin = self.origin()
        self.lose(origin, "a sample")  # since the backup
        self.wait_witnessed(1, 3)
        sums, office = self.day(), self.checked()["ledger.example/office/1"]
        self.ledger.stop()
        with self.assertRaises(Failure):
            self.ledger.ctl("restore", backups[0])  # there is a store
        self.remove_store()
        restored = self.ledger.ctl("restore", backups[0])
        self.assertIn("of the office's from its second copy", restored)
        self.ledger.start()
        self.assertIn("restored", self.office()["signed"])
        self.give_nothing_but_wait(origin)
        self.assertEqual(self.checked()["ledger.example/office/1"]["root"], office["root"])
        self.assertEqual(self.day(), sums)
        self.assertIn("goes on after", self.ledger.ctl("office", "resume"))
        self.assertEqual(self.office()["signed"], "yes")
        self.assertIn("the books were right", self.ledger.ctl("rebuild"))
        self.checked()

    def give_nothing_but_wait(self, origin):
        """The box sends again what the restored ledger lacks."""
        self.give("CN100A")  # a batch at once, and not with the next heartbeat
        whole = len(self.lines())
        wait_for("the box to have sent again what was lost",
                 lambda: self.rows()[origin]["ledger_head"] >= whole, 180)
        wait_for("what waited for it to be posted", lambda: "waiting" not in self.office(), 60)

    def test_without_the_second_copy_a_hole_is_declared(self):
        backup = self.folder / "backup"
        self.ledger.ctl("backup", backup)
        self.leave_cash_open()
        origin = self.origin()
        self.lose(origin, "a sample")
        size = self.checked()["ledger.example/office/1"]["entries"]
        self.wait_witnessed(1, size)
        self.ledger.stop()
        self.remove_store()
        shutil.rmtree(self.copy)
        self.copy.mkdir()
        self.ledger.ctl("restore", backup)
        self.ledger.start()
        with self.assertRaises(Failure):
            self.ledger.ctl("office", "resume")
        self.give("CN100A")
        wait_for("the box to have said what it saw",
                 lambda: self.office()["seen"].startswith(f"{size} entries"), 120)
        with self.assertRaises(Failure):
            self.lose(origin, "a sample")
        with self.assertRaises(Failure):
            self.ledger.ctl("office", "resume")
        said = self.ledger.ctl("office", "declare-hole", "--why", "the disk burnt")
        self.assertIn(f"{size} were seen", said)
        self.assertEqual(self.office()["log"], "ledger.example/office/2")
        self.wait_witnessed(2, 2)
        rows = self.rows()
        self.assertTrue(any("office-short" in text for text in
                            rows["ledger.example/office/1"]["alarms"]), rows)
        wait_for("the box to have sent again what was lost",
                 lambda: rows[origin]["ledger_head"] <= self.rows()[origin]["ledger_head"] and
                 self.box.status().get("unsynced") == 0, 120)
        self.checked()

    def test_an_old_store_in_its_place_is_seen_by_the_next_box(self):
        self.leave_cash_open()
        self.ledger.stop()
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        old = self.folder / "old.db"
        shutil.copyfile(self.ledger.store, old)
        self.ledger.start()
        self.lose(self.origin(), "a sample")
        self.wait_witnessed(1, self.checked()["ledger.example/office/1"]["entries"])
        self.ledger.stop()
        self.remove_store()
        shutil.copyfile(old, self.ledger.store)
        shutil.rmtree(self.copy)  # so that only the box knows
        self.copy.mkdir()
        self.ledger.start()
        self.give("CN100A")
        wait_for("the box's word to be heard", lambda: any(
            "office-short" in text or "office-forked" in text
            for text in self.rows()["ledger.example/office/1"]["alarms"]), 120)
        self.assertTrue(self.office()["signed"].startswith("no"))
        with self.assertRaises(Failure):
            self.lose(self.origin(), "another sample")


if __name__ == "__main__":
    main()
