#!/usr/bin/python3
"""Garbage, truncation and wrong checksums on the coin port of real kioskd: a raw pseudo-terminal
instead of an acceptor. Never a coin is invented, and kioskd goes on."""

import random

from raw_devices import Acceptor, Line, spoilers
from street import StreetTest, audit, main, wait_for


class GarbageOnTheCoinPort(StreetTest):
    def setUp(self):
        super().setUp()
        self.port = self.folder / "raw.tty"
        self.line = Line(self.port)
        self.addCleanup(self.line.close)
        config = self.box.config.read_text(encoding="utf-8")
        self.box.config.write_text(config.replace(str(self.box.coin.port), str(self.port)),
                                   encoding="utf-8")
        self.chance = random.Random(20261017)

    def wait_requests(self, count, timeout=60):
        wanted = self.line.requests + count
        wait_for("kioskd to go on asking", lambda: self.box.process.expect_running() or
                 self.line.requests >= wanted, timeout)

    def assert_no_coin(self):
        self.box.process.expect_running()
        status = self.box.status()
        self.assertEqual((status["cash"], status["cash_fen"], status["gifts"]), (0, 0, 0), status)

    def noise(self, most=64):
        return self.chance.randbytes(self.chance.randrange(1, most))

    def test_a_line_of_noise_from_the_start(self):
        self.line.reply = lambda header, data: self.noise()
        self.box.start()
        for _ in range(10):
            self.wait_requests(1)
            self.line.write(self.noise(4096))
        self.assert_no_coin()
        self.assertFalse(self.box.status()["accepting"])
        self.assertRegex(self.box.ctl("status"), r"(?m)^coin +(?!works)\w")
        self.box.process.stop()
        self.assertEqual(audit(self.box.journal)[1]["wrong"], [])

    def test_an_acceptor_whose_answers_are_spoilt(self):
        acceptor = Acceptor()
        self.line.reply = acceptor
        self.box.start()
        self.wait_accepting()
        self.assert_no_coin()
        # Answers that would be coins, if they were believed.
        acceptor.events = bytes((1, 0) * 5)
        for spoil in spoilers(self.chance, acceptor.ADDRESS):
            with self.subTest(spoil.__name__):
                acceptor.spoil = spoil
                acceptor.counter = 5
                self.wait_requests(4)
                self.assert_no_coin()
                acceptor.counter = 0
                acceptor.spoil = lambda answer: answer
                self.wait_accepting()
        self.check_true_coin(acceptor)

    def check_true_coin(self, acceptor):
        """The line is good again: one coin is one coin."""
        acceptor.events = bytes((1, 0)) + bytes(8)
        acceptor.counter = 1
        wait_for("the one true coin", lambda: self.box.status().get("cash") == 1)
        self.assertEqual(self.box.status()["cash_fen"], 100)
        self.box.process.stop()
        found = audit(self.box.journal)[1]
        self.assertEqual((found["wrong"], found["logs"][0]["cash"]), ([], 1))


if __name__ == "__main__":
    main()
