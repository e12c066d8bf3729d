#!/usr/bin/python3
"""The demo's market day agrees to the fen: its last line says so, and it ends with 0."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from street import BIN, ROOT, main


class MarketDay(unittest.TestCase):
    def test_the_day_agrees(self):
        with tempfile.TemporaryDirectory(prefix="yijuan-day-") as folder:
            done = subprocess.run(
                [sys.executable, ROOT / "tools/market_day/market_day.py", "--bin", BIN, "--out",
                 pathlib.Path(folder) / "day"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280, check=False)
        said = done.stdout[-3000:] + done.stderr[-3000:]
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
        self.assertEqual(done.returncode, 0, said)
        found = re.fullmatch(r"agree: coins=(\d+) cash=(\d+) lost=(\d+) yuan=\d+\.\d\d gifts=(\d+) "
                             r"entries=(\d+) notes=(\d+) disputed=(\d+)", last)
        self.assertIsNotNone(found, said)
        coins, cash, lost, gifts, _, notes, disputed = map(int, found.groups())
        self.assertGreaterEqual(coins, 400)
        self.assertEqual(coins, cash + lost)
        self.assertGreater(lost, 0)
        self.assertGreater(gifts, 0)
        self.assertGreaterEqual(notes, 5)
        self.assertEqual(disputed, 1)


if __name__ == "__main__":
    main()
