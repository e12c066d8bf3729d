#!/usr/bin/python3
"""kill -9 at many moments of a burst, and while a slip is printed: every coin that the acceptor
took is in the journal or recorded as lost, every gift is its cash, every slip has its gift."""

import contextlib
import json
import random
import re
import sqlite3

from street import StreetTest, audit, main, wait_for

ROUNDS = 10
SLIP_ROUNDS = 2
LONGEST = 0.5  # seconds from the first coin of a round to the kill


class Kill9(StreetTest):
    def entries(self):
        with contextlib.closing(sqlite3.connect(self.box.journal)) as db:
            return [json.loads(line) for line, in db.execute("SELECT line FROM entry ORDER BY seq")]

    def burst(self, chance):
        """Coins that fall faster than they are read, and a kill among them; then up to twelve more
        without anybody who listens: the acceptor remembers five."""
        after, unheard = chance.randrange(1, 12), chance.choice((0, 1, 4, 5, 6, 12))
        for _ in range(after):
            self.box.drop(chance.choice(("CN100A", "CN100B", "CN050A", "CN010A")),
                          LONGEST / 12 * chance.random())
        self.box.kill()
        for _ in range(unheard):
            self.box.drop("CN100A", 0)
        self.box.start()
        self.wait_accepting()

    def slip(self, chance, paper):
        """A kill at some moment after somebody asked for a slip; with `paper`, just when it comes
        out, before the box knows."""
        self.box.tap("begin_free")
        self.box.tap("choose_amount", 500)
        self.box.wait_scene("counting")
        for _ in range(5):
            self.assertTrue(self.box.drop("CN100A", 0.05))
        self.box.wait_scene("thanks")
        self.box.tap("print_slip")
        if paper:
            wait_for("the slip", lambda: list(self.box.printer.slips.glob("*.txt")), interval=0.01)
        else:
            wait_for("a random moment", lambda: chance.random() < 0.2, interval=0.02)
        self.box.kill()
        self.box.start()
        self.wait_accepting()

    def settle(self):
        """Until the last session is closed; the agreement of coins, cash and gifts."""
        wait_for("the last gift to be closed", lambda: self.box.status().get("open_fen") == 0)
        status = self.box.status()
        self.assertEqual(status["cash"] + status["lost"], len(self.box.coin.accepted()), status)
        self.assertEqual(status["cash_fen"], status["gift_fen"])

    def test_nothing_is_lost_in_silence_and_nothing_invented(self):
        chance = random.Random(20261017)
        self.box.start()
        self.wait_accepting()
        for number in range(ROUNDS):
            with self.subTest(round=number):
                self.burst(chance)
        self.settle()
        for number in range(SLIP_ROUNDS):
            self.slip(chance, paper=number == 0)
        self.settle()
        self.assertGreater(self.box.status()["lost"], 0, "no burst outran the acceptor's memory")
        self.box.process.stop()
        self.check_journal()

    def check_journal(self):
        code, found = audit(self.box.journal)
        self.assertEqual((code, found["wrong"]), (0, []))
        log, truth = found["logs"][0], self.box.coin.accepted()
        self.assertEqual(log["cash"] + log["lost"], len(truth))
        self.assertEqual((log["fen"], log["open"]), (log["gift_fen"], 0))
        entries = self.entries()
        self.assertEqual(sum(e["type"] == "boot" for e in entries), 1 + ROUNDS + SLIP_ROUNDS)
        # The event counter of each coin, 1 to 255 and round again, against the acceptor's own list.
        coins = [(int(fields[4]), int(fields[3])) for fields in truth]
        cash = [(e["counter"], e["fen"]) for e in entries if e["type"] == "cash"]
        left = iter(coins)
        for piece in cash:
            self.assertIn(piece, left, "cash that the acceptor did not count, or out of order")
        numbers = {e["slip"] for e in entries if e["type"] == "gift"}
        slips = [text.read_text(encoding="utf-8") for text in self.box.printer.slips.glob("*.txt")]
        self.assertGreater(len(slips), 0, "no slip was printed: this test sees nothing")
        for slip in slips:
            number = re.search(r"MARKET-01-[0-9A-F]{4}-(\d{6})", slip)
            self.assertIsNotNone(number, slip)
            self.assertIn(int(number.group(1)), numbers)


if __name__ == "__main__":
    main()
