#!/usr/bin/python3
"""Garbage, truncation and wrong checksums on the coin port of real kioskd: a raw pseudo-terminal
instead of an acceptor. Never a coin is invented, and kioskd goes on."""

import os
import random
import threading
import tty

from street import StreetTest, audit, main, wait_for

HOST = 1
ADDRESS = 2
COINS = {1: b"CN100A", 2: b"CN100B", 3: b"CN050A", 4: b"CN010A"}


def frame(header, data=b"", to=HOST, sender=ADDRESS):
    """A ccTalk frame with the plain checksum: all its bytes sum to zero."""
    body = bytes([to, len(data), sender, header]) + data
    return body + bytes([-sum(body) % 256])


class Line:
    """The other end of the coin port: echoes, as a one-wire line does, and answers each request by
    what `reply` makes of it."""

    def __init__(self, link):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.slave = slave  # held, so that the line stays when nobody else has it open
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(slave))
        self.reply = lambda header, data: b""
        self.requests = 0
        self.ended = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        pending = b""
        while not self.ended:
            try:
                got = os.read(self.master, 4096)
            except OSError:
                return
            self.write(got)
            pending += got
            while len(pending) >= 5 and len(pending) >= 5 + pending[1]:
                request, pending = pending[:5 + pending[1]], pending[5 + pending[1]:]
                self.requests += 1
                self.write(self.reply(request[3], request[4:-1]))

    def write(self, data):
        try:
            while data:
                data = data[os.write(self.master, data):]
        except OSError:
            self.ended = True

    def close(self):
        self.ended = True
        os.close(self.slave)
        os.close(self.master)


class Acceptor:
    """Answers as a coin acceptor does that never saw a coin, until it is told to lie."""

    TEXTS = {246: b"YJ-TEST", 245: b"Coin Acceptor", 244: b"TST", 241: b"TEST-1.0", 192: b"1"}

    def __init__(self):
        self.counter = 0
        self.events = bytes(10)
        self.mask = b"\0\0"
        self.master = b"\0"
        self.spoil = lambda answer: answer

    def __call__(self, header, data):
        return self.spoil(self.answer(header, data))

    def answer(self, header, data):
        if header in self.TEXTS:
            return frame(0, self.TEXTS[header])
        if header == 242:
            return frame(0, bytes((1, 2, 3)))
        if header == 229:
            return frame(0, bytes([self.counter]) + self.events)
        if header == 184:
            return frame(0, COINS.get(data[0] if data else 0, b"......"))
        if header == 231:
            self.mask = data
        if header == 228:
            self.master = data
        if header == 232:
            return frame(0, b"\0")
        if header == 249:
            return frame(0, bytes((2, 20)))
        return frame(0, {230: self.mask, 227: self.master}.get(header, b""))


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

        def truncated(answer):
            return answer[:self.chance.randrange(len(answer))]

        def wrong_checksum(answer):
            return answer[:-1] + bytes([answer[-1] ^ (1 << self.chance.randrange(8))])

        def of_another_device(answer):
            return frame(answer[3], answer[4:-1], sender=40)

        def for_another_host(answer):
            return frame(answer[3], answer[4:-1], to=77)

        def too_long(answer):
            return bytes([answer[0], 255]) + answer[2:]

        def in_noise(answer):
            return self.noise() + answer[:-1]

        for spoil in (truncated, wrong_checksum, of_another_device, for_another_host, too_long,
                      in_noise):
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
