#!/usr/bin/python3
"""Garbage, half frames, foreign addresses, floods and silence on the note port of real kioskd, and
a port that does not exist: never a note is invented, coins are credited and thanked all the while,
the box says what is wrong, and goes on by itself when the fault goes."""

import random

from raw_devices import Line, Validator, spoilers
from street import BIN, LARGEST_GROWTH, StreetTest, main, wait_for

from tools.world.box import NOTES, rows

LARGEST_LOG = 20_000    # bytes


class GarbageOnTheNotePort(StreetTest):
    def setUp(self):
        super().setUp()
        self.line = Line(self.folder / "raw.tty")
        self.addCleanup(self.line.close)
        self.validator = Validator()
        self.chance = random.Random(20261128)
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(f'\n[note]\ndriver = "cctalk"\nport = "serial:{self.line.link}"\n'
                         f'{rows("note", NOTES[:len(Validator.IDS)])}')

    def start(self):
        self.box.start()
        wait_for("coins to be taken", lambda: self.devices()["coin"].get("open"))

    def wait_requests(self, count):
        wanted = self.line.requests + count
        wait_for("kioskd to go on asking", lambda: self.box.process.expect_running() or
                 self.line.requests >= wanted, 120)

    def wait_open(self):
        wait_for("notes to be taken", lambda: self.box.process.expect_running() or
                 self.devices()["note"].get("open"), 120)

    def check_coins_go_on(self):
        """A coin is credited, thanked and a gift; no note was."""
        gifts = self.box.status()["gifts"]
        self.give("CN100A")
        self.box.wait_scene("thanks")
        wait_for("the gift", lambda: self.box.status()["gifts"] == gifts + 1)
        self.assertEqual({entry["device"] for entry in self.entries("cash", "intent")}, {"coin"})

    def check_told(self):
        self.wait_device("note", "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, r"(?m)^note +DOES NOT WORK, since \d+ (s|min): \w")
        self.assertIn("do: check the note acceptor's cable and power; it is found again", text)
        self.assertRegex(self.box.ctl("status"), r"(?m)^note +(?!works)\w")

    def check_true_note(self):
        """The line is good: one note is one intent and one cash."""
        self.line.reply = self.validator
        self.wait_open()
        self.validator.hold(2)
        wait_for("the one true note", lambda: self.entries("cash")[-1]["fen"] == 500)
        coins = len(self.box.coin.accepted())
        figures = self.stop_and_audit()
        self.assertEqual((figures["notes"], figures["note_fen"]), (1, 500))
        self.assertEqual(figures["cash"], coins + 1)
        self.assertEqual((figures["disputed"], figures["pending"]), (0, 0))

    def test_spoilt_answers_never_make_a_note(self):
        self.line.reply = self.validator
        self.start()
        self.wait_open()
        for spoil in spoilers(self.chance, Validator.ADDRESS):
            with self.subTest(spoil.__name__):
                self.validator.spoil = spoil
                # Events that would be notes, if they were believed.
                self.validator.events, self.validator.counter = bytes((3, 0, 3, 1) * 3)[:10], 4
                self.wait_requests(4)
                self.check_coins_go_on()
                self.validator.events, self.validator.counter = bytes(10), 0
                self.validator.spoil = lambda answer: answer
                self.wait_open()
        self.check_true_note()

    def test_silence_noise_and_floods_from_the_start(self):
        self.start()
        self.check_told()
        self.check_coins_go_on()
        memory, log = self.load()
        for reply, flood in ((lambda header, data: self.chance.randbytes(40), b""),
                             (lambda header, data: b"", self.chance.randbytes(4096)),
                             (lambda header, data: b"", b"\0" * 4096),
                             (lambda header, data: b"", self.validator.frame(b"\1" * 11))):
            self.line.reply, self.line.flood = reply, flood
            flooded = self.line.flooded
            self.wait_requests(3)
            self.check_coins_go_on()
            self.check_told()
            self.assertTrue(not flood or self.line.flooded > flooded)
        more_memory, more_log = self.load()
        if "asan" not in BIN.parts:
            self.assertLess(more_memory - memory, LARGEST_GROWTH)
        self.assertLess(more_log - log, LARGEST_LOG, self.box.process.log.read_text()[-2000:])
        self.line.flood = b""
        self.check_true_note()

    def test_a_port_that_does_not_exist_is_named_and_found_again(self):
        self.line.unplug()
        self.start()
        self.check_told()
        self.assertIn(str(self.line.link), self.box.ctl("devices"))
        self.check_coins_go_on()
        self.line.plug()
        self.check_true_note()


if __name__ == "__main__":
    main()
