#!/usr/bin/python3
"""A disk that went back in time, and one that was cloned: the box begins a new log at once and takes
money all the while; the ledger keeps what the other history holds, counts every coin once, and
says what happened."""

import contextlib
import json
import shutil
import sqlite3

from street import StreetTest, audit, main, wait_for


class Epochs(StreetTest):
    def setUp(self):
        super().setUp()
        self.ledger.start()
        self.box.start()
        self.wait_accepting()

    def image(self, name="image"):
        """The disk as it is now."""
        self.assertEqual(self.box.process.stop(), 0)
        kept = self.folder / name
        shutil.copytree(self.box.data, kept)
        return kept

    def put_back(self, image):
        shutil.rmtree(self.box.data)
        shutil.copytree(image, self.box.data)

    def wait_new_log(self, box, number):
        def begun():
            box.process.expect_running()
            return len(box.journals()) == number and box.status().get("accepting")
        wait_for(f"log {number} of {box.id}", begun, 60)

    def wait_delivered(self, box, *marks):
        for mark in marks:
            wait_for(f"{mark} at the ledger", lambda: box.process.expect_running() or
                     (box.data / mark).exists(), 60)

    def logs(self):
        """The ledger's rows by log of a box, forks too."""
        return {row["origin"]: row for row in self.ledger.report("sync")["rows"]
                if "/box/" in row["origin"]}

    def cash(self, journal):
        code, found = audit(journal)
        self.assertEqual((code, found["wrong"]), (0, []), journal)
        return found["logs"][0]["fen"]

    def test_a_disk_that_went_back_in_time(self):
        self.give("CN100A", "CN100A")
        self.wait_synced()
        image = self.image()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN050A", "CN100B")  # fewer than the acceptor remembers
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        whole = len(self.lines())
        self.put_back(image)

        self.ledger.stop()  # for a while nobody knows
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.ledger.start()
        self.wait_new_log(self.box, 2)
        self.give("CN100A", "CN100A")
        self.wait_synced()
        self.wait_delivered(self.box, "journal.delivered")

        old, new = self.box.journals()
        epoch = self.box.entries("epoch")[0]
        self.assertEqual(epoch["why"], "fork")
        self.assertEqual(epoch["previous"]["size"], self.entry_count(old))
        rows = self.logs()
        self.assertEqual(len(rows), 3, rows.keys())
        fork, = (row for origin, row in rows.items() if "~" in origin)
        main_log = rows[epoch["previous"]["origin"]]
        self.assertEqual(main_log["ledger_head"], whole)
        self.assertTrue(any("fork" in text for text in main_log["alarms"]), main_log)
        self.assertEqual(fork["ledger_head"], self.entry_count(old))
        # Three coins were told again to the old disk and are no others; of the rest none is missing.
        sums = self.audited_ledger()
        self.assertEqual(sums, {"cash": 450 + 200, "quarantined": 100})
        self.assertEqual(self.cash(new), 200)

    def test_a_disk_that_went_back_in_time_while_the_ledger_listens(self):
        self.give("CN100A")
        self.wait_synced()
        image = self.image()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN050A", "CN100B")  # fewer than the acceptor remembers
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        self.put_back(image)
        self.box.start()
        self.wait_new_log(self.box, 2)
        self.give("CN100A")
        self.wait_synced()
        self.wait_delivered(self.box, "journal.delivered")
        # Whether the acceptor or the ledger spoke first: what the disk forgot is counted once.
        sums = self.audited_ledger()
        self.assertEqual(sums, {"cash": 350 + 100, "quarantined": 0})

    def test_a_disk_that_went_back_in_time_twice(self):
        """Both forks begin with the same entries: what they share is counted once, by the ledger and
        by the second opinion."""
        self.give("CN100A")
        self.wait_synced()
        image = self.image()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100A")
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        self.put_back(image)
        self.ledger.stop()
        self.box.start()
        self.wait_accepting()
        self.give("CN050A")
        image = self.image("second image")
        self.box.start()
        self.wait_accepting()
        self.give("CN100B")
        self.leave_the_fork()
        self.assertEqual(self.box.process.stop(), 0)
        self.ledger.stop()
        self.put_back(image)
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.leave_the_fork()

        self.assertEqual(len(self.forks()), 2, self.logs().keys())
        sums = self.audited_ledger()
        self.assertEqual(sum(sums.values()), 550, sums)

    def test_a_disk_that_keeps_nothing(self):
        """As a worn-out card does: after every power cut it is what it was, and the acceptor tells
        again what earlier forks and the logs after them have."""
        self.give("CN100A")
        self.wait_synced()
        image = self.image()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        for _ in range(3):
            self.put_back(image)
            self.ledger.stop()
            self.box.start()
            self.wait_accepting()
            self.give("CN050A")
            self.leave_the_fork()
            self.give("CN100B")
            self.wait_synced()
            self.assertEqual(self.box.process.stop(), 0)
        self.assertEqual(len(self.forks()), 3, self.logs().keys())
        sums = self.audited_ledger()
        self.assertEqual(sums, {"cash": 200 + 3 * 100, "quarantined": 3 * 50})
        self.check_retold_is_audited()

    def check_retold_is_audited(self):
        """What a fork is said to tell again must be cash of the same box."""
        fork = max(self.forks_stored())
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            for retold, named in (
                    ({"own": 0, "known": []}, "its own entries begin at"),
                    ({"own": 3, "known": [{"from": 3, "pieces": {fork: [3]}}]}, "which is no other log of market-01"),
                    ({"own": 3, "known": [{"from": 3, "pieces": {fork.split("~")[0]: [0]}}]},
                     "which is no cash")):
                db.execute("UPDATE logs SET retold = ? WHERE origin = ?", (json.dumps(retold), fork))
                db.commit()
                code, found = audit(self.ledger.store)
                self.assertEqual(code, 1)
                self.assertTrue(any(named in text for text in found["wrong"]), found["wrong"])

    def forks(self):
        return [row for origin, row in self.logs().items() if "~" in origin]

    def forks_stored(self):
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            return [origin for origin, in db.execute("SELECT origin FROM logs WHERE kind = 'fork'")]

    def leave_the_fork(self):
        self.ledger.start()
        self.wait_new_log(self.box, 2)
        self.wait_delivered(self.box, "journal.delivered")
        self.wait_synced()

    def test_a_cloned_disk(self):
        self.give("CN100A")
        self.wait_synced()
        image = self.image()
        self.box.start()
        clone = self.make_clone(image)
        clone.start()
        self.wait_accepting()
        self.give("CN100A", "CN100A")
        self.wait_synced()
        wait_for("coins to be taken by the clone", lambda: clone.status().get("accepting"))
        # It refuses for a moment while it leaves its log; coins that are refused again and again push
        # out of the acceptor's memory what it took before.
        for _ in range(3):
            wait_for("the clone to take a coin",
                     lambda: clone.status().get("accepting") and clone.drop("CN100B"), 30)
        # Whichever spoke first goes on with the log; the other has begun its own.
        wait_for("one of the two to begin a new log", lambda: len(self.box.journals()) == 2 or
                 len(clone.journals()) == 2, 60)
        other = clone if len(clone.journals()) == 2 else self.box
        self.wait_new_log(other, 2)
        self.wait_delivered(other, "journal.delivered")
        for box in (self.box, clone):
            wait_for("everything to be synced",
                     lambda one=box: one.status().get("unsynced") == 0, 60)
        # A coin that has just dropped is in no box's status yet.
        wait_for("every coin to be at the ledger", lambda: sum(self.sums().values()) == 600, 60)
        self.ledger.stop()
        self.sums()

    def make_clone(self, image):
        """The same box again, with the same keys and acceptors of its own."""
        from tools.world.box import Box  # pylint: disable=import-outside-toplevel
        clone = Box(self.box.bin, self.folder / "clone", self.ledger.port, self.box.id,
                    coin_options=("--serial", "7654321"))
        self.addCleanup(clone.stop)
        shutil.copytree(image, clone.data)
        for name in ("identity", "pack"):
            shutil.copy(getattr(self.box, name), getattr(clone, name))
        clone.pack_key = self.box.pack_key
        clone.write_config()
        return clone

    def entry_count(self, journal):
        code, found = audit(journal)
        self.assertEqual((code, found["wrong"]), (0, []))
        return found["logs"][0]["entries"]

    def audited_ledger(self):
        """What the second opinion finds in the ledger's store: fen in the books, fen kept apart."""
        self.ledger.stop()
        return self.sums()

    def sums(self):
        code, found = audit(self.ledger.store)
        self.assertEqual((code, found["wrong"]), (0, []))
        sums = {"cash": 0, "quarantined": 0}
        for log in found["logs"]:
            if "/box/" in log["origin"]:
                sums["quarantined" if "~" in log["origin"] else "cash"] += log["fen"]
        return sums


if __name__ == "__main__":
    main()
