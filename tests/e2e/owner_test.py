#!/usr/bin/python3
"""What root makes in a daemon's folder the daemon cannot open: whoever is not the folder's owner is told
as whom to run, and nothing is made."""

import os
import pwd
import subprocess
import unittest

from street import BIN, StreetTest, call, main

NOBODY = pwd.getpwnam("nobody")


def listing(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def give_away(folder):
    folder.chmod(0o700)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)


@unittest.skipUnless(os.geteuid() == 0, "skipped: needs root, to be another user")
class Owner(StreetTest):
    def check_refused(self, folder, program, config, *commands):
        before = listing(folder)
        for command in commands:
            with self.subTest(program=program, command=command):
                code, said = call(BIN / program, "--config", config, *command)
                self.assertEqual(code, 1, said)
                self.assertIn(f"sudo -u nobody {program}", said)
                self.assertEqual(listing(folder), before)

    def test_the_ledger_is_its_users_alone(self):
        backup = self.folder / "backup"
        self.ledger.ctl("backup", backup)
        (self.ledger.disk / "data" / "ledger.lock").unlink()
        (self.ledger.keys / "office.key").rename(self.folder / "office.key")
        give_away(self.ledger.folder)
        self.check_refused(self.ledger.folder, "ledgerctl", self.ledger.config, ("verify",),
                           ("report", "sync"), ("publish",), ("init",), ("office", "key"),
                           ("restore", "--doubt"), ("backup", self.folder / "another"))
        self.check_refused(self.ledger.folder, "ledgerd", self.ledger.config, ())
        for path in self.ledger.folder.glob("ledger.db*"):
            path.unlink()
        self.check_refused(self.ledger.folder, "ledgerctl", self.ledger.config, ("restore", backup))

    def test_its_user_may_do_everything(self):
        give_away(self.ledger.folder)
        self.folder.chmod(0o755)
        done = subprocess.run([BIN / "ledgerctl", "--config", self.ledger.config, "verify"],
                              user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_box_is_its_users_alone(self):
        (self.box.data / "request.json").unlink()
        give_away(self.box.data)
        self.check_refused(self.box.data, "boxctl", self.box.config, ("verify",),
                           ("export", self.folder), ("init", "--domain", "ledger.example"))
        self.check_refused(self.box.data, "kioskd", self.box.config, ())


if __name__ == "__main__":
    main()
