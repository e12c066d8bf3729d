#!/usr/bin/python3
"""A ledger whose store is missing (a disk that is not mounted, a wrong path) is not taken for a new
one: nothing is made in its place, and a restore finds the place free."""

from street import BIN, StreetTest, call, main


class NoStore(StreetTest):
    def ledgerctl(self, *arguments):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, *arguments)

    def test_no_command_makes_a_store_but_restore(self):
        backup = self.folder / "backup"
        self.ledger.ctl("backup", backup)
        self.ledger.store.rename(self.folder / "elsewhere")
        for command in (("verify",), ("office", "status"), ("rebuild",), ("report", "sync"),
                        ("box", "revoke", "market-01"), ("publish",), ("restore", "--doubt"),
                        ("backup", self.folder / "another")):
            with self.subTest(command=command):
                code, said = self.ledgerctl(*command)
                self.assertEqual(code, 1, said)
                self.assertIn(f"there is no store: {self.ledger.store}", said)
                self.assertIn("mount its disk", said)
                self.assertFalse(self.ledger.store.exists())
        code, said = self.ledgerctl("init")
        self.assertEqual(code, 1, said)
        self.assertIn("holds keys already", said)
        self.assertFalse(self.ledger.store.exists())
        code, said = call(BIN / "ledgerd", "--config", self.ledger.config)
        self.assertEqual(code, 1, said)
        self.assertIn(f"there is no store: {self.ledger.store}", said)
        self.assertFalse(self.ledger.store.exists())

        code, said = self.ledgerctl("restore", backup)
        self.assertEqual(code, 0, said)
        self.assertIn("all is right", self.ledger.ctl("verify"))


if __name__ == "__main__":
    main()
