#!/usr/bin/python3
"""A box that was revoked after the backup is not listened to again by the restored ledger: the second
copy of the office's log says so, or the office is told to check every box."""

import json

from street import BIN, StreetTest, call, main


class RevokedRestore(StreetTest):
    def setUp(self):
        super().setUp()
        self.second = self.make_box("market-02")
        self.backup = self.folder / "backup"

    def set_copy(self, folder):
        text = self.ledger.config.read_text()
        self.ledger.config.write_text(text + f'\n[copy]\nfolder = "{folder}"\n')

    def lose_and_restore(self):
        for path in self.ledger.disk.glob("ledger.db*"):
            path.unlink()
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "restore", self.backup)
        self.assertEqual(code, 0, said)
        return said

    def boxes(self):
        return {row["box"]: row["status"]
                for row in json.loads(
                    self.ledger.ctl("box", "list", "--format", "json"))["rows"]}

    def test_the_second_copy_brings_it_back(self):
        (self.folder / "copy").mkdir()
        self.set_copy(self.folder / "copy")
        self.ledger.ctl("backup", self.backup)
        self.ledger.ctl("box", "revoke", "market-02")
        self.ledger.ctl("box", "revoke", "market-02")  # twice is once
        said = self.lose_and_restore()
        self.assertNotIn("Check each", said)
        self.assertEqual(self.boxes(), {"market-01": "active", "market-02": "revoked"})
        self.ledger.start()
        self.assertEqual(self.boxes(), {"market-01": "active", "market-02": "revoked"})

    def test_without_a_copy_the_office_is_told_to_check_and_can_revoke_at_once(self):
        self.ledger.ctl("backup", self.backup)
        self.ledger.ctl("box", "revoke", "market-02")
        said = self.lose_and_restore()
        self.assertIn("Check each", said)
        self.assertIn("market-02: active", said)
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "box", "revoke",
                          "market-02")
        self.assertEqual(code, 0, said)
        self.assertIn("do it again", said)
        self.assertEqual(self.boxes(), {"market-01": "active", "market-02": "revoked"})


if __name__ == "__main__":
    main()
