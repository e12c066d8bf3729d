#!/usr/bin/python3
"""A disk that went back in time, and one that was cloned: the box begins a new log at once and takes
money all the while; the ledger keeps what the other history holds, counts every coin once, and
says what happened."""

import shutil

from street import StreetTest, audit, main, wait_for


class Epochs(StreetTest):
    def setUp(self):
        super().setUp()
        self.ledger.start()
        self.box.start()
        self.wait_accepting()

    def image(self):
        """The disk as it is now."""
        self.assertEqual(self.box.process.stop(), 0)
        kept = self.folder / "image"
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
