#!/usr/bin/python3
"""A full disk: the box says so and takes no coins, what was thanked is there, and once there is
room it takes coins again by itself."""

import contextlib
import os
import sqlite3
import subprocess

from street import StreetTest, audit, main, wait_for

DISK = 24 << 20
WAL = 4 << 20  # src/journal/format.md: grown once, and kept
COINS = 100


def mount(folder):
    folder.mkdir(parents=True)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", folder],
                          capture_output=True, check=False).returncode == 0


class FullDisk(StreetTest):
    def make_box(self, box_id):
        self.disk = self.folder / box_id / "data"
        if not mount(self.disk):
            print("skipped: needs root to mount")
            if os.environ.get("CI"):
                self.fail("needs root to mount")
            self.skipTest("needs root to mount")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=True)
        return super().make_box(box_id)

    def fill(self):
        space = os.statvfs(self.disk)
        with open(self.disk / "ballast", "ab") as ballast:
            ballast.write(bytes(space.f_bavail * space.f_frsize))

    def use_up_spare_pages(self):
        """As on a box that is years old: the pages made in advance are used, so that the journal
        has to grow again; its WAL has the size that is kept."""
        wal = self.box.journal.with_name("journal.db-wal")
        with contextlib.closing(sqlite3.connect(self.box.journal, isolation_level=None)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # A transaction too large for the cache writes to the WAL, and is then taken back.
            db.execute("PRAGMA cache_size = 10")
            db.execute("BEGIN")
            db.execute("INSERT INTO spare(id, bytes) VALUES(0, zeroblob(?))", (WAL + (1 << 18),))
            db.execute("ROLLBACK")
            kept = wal.read_bytes()
        self.assertGreaterEqual(len(kept), WAL)
        wal.write_bytes(kept)

    def full(self):
        self.box.process.expect_running()
        return any(device["name"] == "journal" and device["code"] == "disk full"
                   for device in self.box.status().get("devices", []))

    def drop_until_full(self):
        for _ in range(COINS):
            self.box.drop("CN100A", 0.05)
        # The journal has to grow when it copies its write-ahead log, in the pause after a crowd.
        wait_for("the full disk to be noticed", self.full)

    def check_closed(self):
        """Says so to everybody, takes nothing, lives."""
        wait_for("the acceptor to be shut", lambda: not self.box.status()["accepting"])
        self.box.wait_scene("out_of_service")
        self.assertFalse(self.box.drop("CN100A"), "a coin was taken on a full disk")
        self.assertRegex(self.box.ctl("status"), r"(?m)^journal +no space is left")
        taken = len(self.box.coin.accepted())
        wait_for("every coin that was taken to be durable",
                 lambda: self.box.status()["cash"] == taken)
        self.box.process.expect_running()

    def check_recovers(self):
        (self.disk / "ballast").unlink()
        self.wait_accepting()
        self.box.wait_scene("idle")
        self.assertFalse(self.full())
        self.give("CN100A")
        status = self.box.status()
        self.assertEqual((status["cash"], status["lost"]), (len(self.box.coin.accepted()), 0))
        self.assertEqual(status["cash_fen"], status["gift_fen"])
        self.box.process.stop()
        self.assertEqual(audit(self.box.journal)[1]["wrong"], [])

    def test_a_disk_that_fills_while_coins_fall(self):
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.box.process.stop()
        self.use_up_spare_pages()
        self.box.start()
        self.wait_accepting()
        self.fill()
        self.drop_until_full()
        self.check_closed()
        self.check_recovers()

    def test_a_start_on_a_full_disk(self):
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.box.process.stop()
        self.box.journal.with_name("journal.db.reserve").unlink()
        self.fill()
        self.box.start()
        wait_for("the full disk to be noticed", self.full)
        self.check_closed()
        self.check_recovers()


if __name__ == "__main__":
    main()
