#!/usr/bin/python3
"""A backup is where the office asked for it, or the command says why it is not: the daemon writes it,
and sees another /tmp than the office does, or a disk that it may not write to."""

import os
import subprocess
import unittest

from street import BIN, StreetTest, call, main, wait_for

from tools.world.process import Process


def can_unshare():
    return subprocess.run(["unshare", "--mount", "true"], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False).returncode == 0


@unittest.skipUnless(os.geteuid() == 0 and can_unshare(), "skipped: needs mount namespaces")
class BackupPlace(StreetTest):
    def setUp(self):
        super().setUp()
        self.private = self.folder / "private"
        self.private.mkdir()

    def start_apart(self, *options):
        """ledgerd, to which `private` is an empty folder of its own."""
        daemon = [BIN / "ledgerd", "--config", self.ledger.config]
        self.ledger.process = Process(
            ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs {" ".join(options)} none "$0" && exec "$@"',
             self.private, *daemon], self.ledger.folder / "ledgerd.log")
        wait_for("ledgerd", lambda: self.ledger.process.expect_running() or self.ledger.answers())

    def back_up(self, folder):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, "backup", folder)

    def test_one_that_only_the_daemon_sees_is_no_backup(self):
        self.start_apart()
        code, said = self.back_up(self.private / "night")
        self.assertEqual(code, 1, said)
        self.assertIn(f"it is not in {self.private / 'night'}", said)
        self.assertIn("/var/lib/yijuan/backups", said)

    def test_one_of_before_is_not_taken_for_it(self):
        place = self.private / "night"
        self.ledger.ctl("backup", place)
        self.start_apart()
        code, said = self.back_up(place)
        self.assertEqual(code, 1, said)
        self.assertIn("another backup is", said)

    def test_a_disk_that_the_unit_closes_is_named_with_the_setting_that_opens_it(self):
        self.start_apart("-o", "ro")
        code, said = self.back_up(self.private / "night")
        self.assertEqual(code, 1, said)
        self.assertIn("Read-only file system", said)
        self.assertIn("ReadWritePaths=", said)

    def test_one_that_both_see_is_good(self):
        self.start_apart()
        code, said = self.back_up(self.folder / "night")
        self.assertEqual(code, 0, said)
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "backup", "verify",
                          self.folder / "night")
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    main()
