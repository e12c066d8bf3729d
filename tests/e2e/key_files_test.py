#!/usr/bin/python3
"""A key file that others can read, or a mistake in a configuration, stops both daemons with a
message that says what to do, and nothing is started or made."""

from street import BIN, StreetTest, call, main


def listing(folder):
    return sorted(str(path) for path in folder.rglob("*") if not path.name.endswith(".lock"))


class KeyFiles(StreetTest):
    def check_keys(self, folder, names, run):
        for name in names:
            key = folder / name
            for mode in (0o644, 0o640, 0o604):
                with self.subTest(key=name, mode=oct(mode)):
                    key.chmod(mode)
                    code, said = run()
                    self.assertEqual(code, 1, said)
                    self.assertIn(f"chmod 600 {key}", said)
                    self.assertIn(f"{mode:04o}", said)
            key.chmod(0o600)

    def test_kioskd_starts_with_no_key_that_others_can_read(self):
        before = listing(self.box.data)
        self.check_keys(self.box.data / "keys", ("log.key", "slip.key", "tls.key"), self.kioskd)
        self.assertEqual(listing(self.box.data), before)
        self.box.start()
        self.wait_accepting()

    def test_ledgerd_starts_with_no_key_that_others_can_read(self):
        before = listing(self.ledger.folder)
        self.check_keys(self.ledger.folder / "data" / "keys",
                        ("ca.key", "server.key", "cosigner.key"),
                        lambda: call(BIN / "ledgerd", "--config", self.ledger.config))
        self.assertEqual(listing(self.ledger.folder), before)
        self.ledger.start()


KIOSK_MISTAKES = [
    # what is changed, into what, the key that must be named, a word of the reason
    ('language = "zh-CN"', 'language = "zh-CN"\ncolour = "red"', "display.colour", "not a key"),
    ('echo = "auto"', 'echo = "auto"\nbill = 3', "coin.bill", "not a key"),
    ("[touch]", "[sound]\nloud = true\n[touch]", "sound", "not a key"),
    ("paper_mm = 58", 'paper_mm = "58"', "printer.paper_mm", "whole number"),
    ("width = 1080", "width = 1080.0", "display.width", "whole number"),
    ("width = 1080", "width = 479", "display.width", "480"),
    ("paper_mm = 58", "paper_mm = 57", "printer.paper_mm", "5"),
    ('id = "market-01"', 'id = "Market 01"', "box.id", "a-z"),
    ('id = "market-01"', "id = 1", "box.id", "text"),
    ("fen = 10\n", "fen = 0\n", "coin.table[3].fen", "from"),
    ('echo = "auto"', 'echo = "maybe"', "coin.echo", "one of"),
    ('driver = "cctalk"', 'driver = "cctork"', "coin.driver", "cctork"),
]
LEDGER_MISTAKES = [
    ('driver = "sqlite"', 'driver = "oracle"', "store.driver", "one of"),
    ("[boxes]", "[boxes]\nconnections = 0", "boxes.connections", "from 1"),
    ("[boxes]", "[boxes]\nconections = 9", "boxes.conections", "not a key"),
    ("[boxes]", '[boxes]\nidle_ms = "1000"', "boxes.idle_ms", "whole number"),
    ('domain = "ledger.example"', 'domain = "Ledger Example"', "log.domain", "host name"),
    ('domain = "ledger.example"', "", "log.domain", "missing"),
]


class Configurations(StreetTest):
    def check_mistakes(self, config, mistakes, program, folder):
        good = config.read_text(encoding="utf-8")
        before = listing(folder)
        for old, new, key, reason in mistakes:
            with self.subTest(program=program, mistake=new or f"no {old}"):
                self.assertIn(old, good)
                bad = good.replace(old, new, 1)
                config.write_text(bad, encoding="utf-8")
                for options in ((), ("--check-config",)):
                    code, said = call(BIN / program, "--config", config, *options)
                    self.assertEqual(code, 2, said)
                    self.assertIn(reason, said)
                    named = [line for line in said.splitlines() if f": {key}: " in line]
                    self.assertEqual(len(named), 1, said)
                    place = named[0].split(f": {key}: ")[0].split()[-1]
                    self.assertTrue(place.startswith(f"{config}:"), f"no line is named: {said}")
                    self.assert_near(int(place.rsplit(":", 1)[1]), bad, key)
                self.assertEqual(listing(folder), before)
        config.write_text(good, encoding="utf-8")

    def assert_near(self, number, text, key):
        """The line named is the key's own, or its table's where the key is missing."""
        line = text.splitlines()[number - 1]
        table, _, name = key.rpartition(".")
        self.assertTrue(name in line or f"[{table}]" in line, f"line {number} is: {line}")

    def test_kioskd_names_file_line_and_key_and_starts_nothing(self):
        self.check_mistakes(self.box.config, KIOSK_MISTAKES, "kioskd", self.box.data)

    def test_ledgerd_names_file_line_and_key_and_starts_nothing(self):
        self.check_mistakes(self.ledger.config, LEDGER_MISTAKES, "ledgerd", self.ledger.folder)

    def test_what_is_no_toml_is_named_by_line(self):
        self.box.config.write_text('[box]\nid = "market-01"\ndata = \n', encoding="utf-8")
        code, said = self.kioskd()
        self.assertEqual(code, 2, said)
        self.assertIn(f"{self.box.config}:3", said)

    def test_a_good_configuration_is_said_to_be_good_and_nothing_starts(self):
        before = listing(self.folder)
        code, said = self.kioskd("--check-config")
        self.assertEqual(code, 0, said)
        self.assertIn("good", said)
        code, said = call(BIN / "ledgerd", "--config", self.ledger.config, "--check-config")
        self.assertEqual(code, 0, said)
        self.assertIn("good", said)
        self.assertEqual(listing(self.folder), before)

    def test_a_configuration_that_is_not_there_is_named(self):
        for program in ("kioskd", "ledgerd", "boxctl", "ledgerctl"):
            arguments = ("status",) if program.endswith("ctl") else ()
            code, said = call(BIN / program, "--config", self.folder / "none.toml", *arguments)
            self.assertEqual(code, 2, said)
            self.assertIn("none.toml", said)


if __name__ == "__main__":
    main()
