#!/usr/bin/python3
"""What the commands say when something is not as it must be: what it is, and what to change, not that
the command was not understood."""

import datetime
import socket

from street import BIN, StreetTest, call, main


class PlainWords(StreetTest):
    def ledgerctl(self, *arguments):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, *arguments)

    def test_a_state_is_no_misunderstood_command(self):
        full = self.folder / "full"
        full.mkdir()
        (full / "letter").touch()
        for command, words in ((("backup", full), "is not empty"),
                               (("restore", full), "is there; move it away"),
                               (("office", "declare-hole", "--why", "x"), "is whole"),
                               (("auditor", "remove", "nobody"), "there is no auditor")):
            with self.subTest(command=command):
                code, said = self.ledgerctl(*command)
                self.assertEqual(code, 1, said)
                self.assertIn(words, said)
                self.assertNotIn("not understood", said)

    def test_keys_are_made_once_and_the_box_says_so(self):
        code, said = self.boxctl("init", "--domain", "ledger.example")
        self.assertEqual(code, 1, said)
        self.assertIn("this box has its keys", said)
        self.assertNotIn("not a box's request", said)

    def test_a_port_in_use_is_named_with_its_key(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.ledger.port))
            taken.listen()
            code, said = call(BIN / "ledgerd", "--config", self.ledger.config)
        self.assertEqual(code, 1, said)
        self.assertIn(f"[boxes] listen = 127.0.0.1:{self.ledger.port}", said)
        self.assertIn("Address already in use", said)
        self.assertNotIn("network failed", said)

    def test_status_of_a_stopped_daemon(self):
        code, said = self.ledgerctl("status")
        self.assertEqual(code, 1, said)
        self.assertIn("ledgerd does not run", said)

    def test_no_token_is_made_that_nobody_could_use(self):
        yesterday = datetime.date.today() - datetime.timedelta(days=2)
        code, said = self.ledgerctl("auditor", "add", "late", "--until", yesterday)
        self.assertEqual(code, 1, said)
        self.assertIn("is past", said)
        self.assertNotIn("late", self.ledgerctl("auditor", "list")[1])
        code, said = self.ledgerctl("auditor", "add", "early", "--until",
                                    yesterday + datetime.timedelta(days=9))
        self.assertEqual(code, 0, said)

    def test_the_configuration_may_be_named_after_the_command(self):
        for command in (("report", "sync"), ("box", "list"), ("office", "status")):
            code, said = call(BIN / "ledgerctl", *command, "--config", self.ledger.config)
            self.assertEqual(code, 0, said)
        said = call(BIN / "boxctl", "verify", "--config", self.box.config)[1]
        self.assertIn(f"no journal here: {self.box.data}", said)


class Stick(StreetTest):
    def setUp(self):
        super().setUp()
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.box.process.stop()
        self.box.ctl("export", self.stick)

    def load(self):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, "import", self.stick)

    def test_a_folder_that_cannot_be_read_is_no_success(self):
        log, = (path for path in self.stick.rglob("*") if path.is_dir() and len(path.name) == 8)
        log.rename(self.folder / "log")
        log.touch()  # a plain file, where a folder must be
        code, said = self.load()
        self.assertEqual(code, 1, said)
        self.assertIn("1 folders could not be read", said)
        self.assertNotIn("bring the stick back", said)

    def test_what_the_stick_cannot_take_back_is_no_success(self):
        log, = (path for path in self.stick.rglob("*") if path.is_dir() and len(path.name) == 8)
        (log / "cosigned" / "in-the-way").mkdir(parents=True)
        code, said = self.load()
        self.assertEqual(code, 1, said)
        self.assertIn("its box cannot be told", said)
        self.assertNotIn("bring the stick back", said)


if __name__ == "__main__":
    main()
