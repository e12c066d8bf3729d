#!/usr/bin/python3
"""Hundreds of boxes over real TLS against one shipped ledgerd that has fewer places than there are boxes:
after an outage, on a steady day, with a slow disk. By hand, with thousands: build/release/bin/fleet."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()


def fleet(*arguments):
    """The exit code, and what was said."""
    done = subprocess.run([BIN / "fleet", *map(str, arguments)], capture_output=True, text=True,
                          timeout=280, check=False)
    return done.returncode, done.stdout + done.stderr


class Fleet(unittest.TestCase):
    def good(self, *arguments):
        code, said = fleet(*arguments, "--memory-mb", 100)
        self.assertEqual(code, 0, said)
        self.assertTrue(said.endswith("good\n"), said)
        return said

    def number(self, said, pattern):
        found = re.search(pattern, said)
        self.assertTrue(found, said)
        return int(found.group(1))

    def test_after_an_outage_all_boxes_come_back(self):
        said = self.good("storm", "--boxes", 300, "--outage", 3, "--connections", 32)
        self.assertGreater(self.number(said, r"(\d+) requests without an answer"), 100)
        # The listening socket and the control socket, one at the door of each, and some places.
        self.assertLess(self.number(said, r"back again: .* at most (\d+) sockets"), 32 + 5)

    def test_a_steady_day(self):
        said = self.good("day", "--boxes", 300, "--hours", 0.15, "--connections", 64)
        self.assertGreater(self.number(said, r"(\d+) gifts, ledgerd took"), 300)

    def test_a_slow_disk_sends_boxes_away_and_they_come_back_when_told(self):
        if not shutil.which("strace"):
            self.assertFalse(os.environ.get("CI"), "needs strace")
            self.skipTest("skipped: needs strace")
        said = self.good("slow-store", "--boxes", 200, "--connections", 100, "--batches-in-hand", 2,
                         "--slow-ms", 50)
        self.assertGreater(self.number(said, r"refused (\d+)"), 0)

    def test_a_bound_that_does_not_hold_is_said(self):
        code, said = fleet("day", "--boxes", 5, "--hours", 0.01, "--memory-mb", 1)
        self.assertEqual(code, 1, said)
        self.assertIn("wrong: ledgerd took more memory than its bound", said)
        kept = re.search(r"kept: (.*)", said).group(1)
        self.assertTrue((pathlib.Path(kept) / "ledgerd.log").exists())
        shutil.rmtree(kept)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
