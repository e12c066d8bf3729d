"""One line of progress on a terminal, rewritten in place; plain lines elsewhere."""

import sys
import time


class Progress:
    def __init__(self, total_seconds):
        self.total = max(total_seconds, 1)
        self.done = 0.0
        self.act = ""
        self.tty = sys.stdout.isatty()
        self.started = time.monotonic()
        self.coins = 0
        self.notes = 0

    def begin(self, act):
        self.act = act
        if not self.tty:
            print(f"[{self.elapsed():5.1f} s] {act}", flush=True)

    def advance(self, seconds):
        self.done = min(self.done + seconds, self.total)
        self.draw()

    def coin(self):
        self.coins += 1
        self.advance(0.2)

    def note(self):
        self.notes += 1
        self.advance(1)

    def elapsed(self):
        return time.monotonic() - self.started

    def draw(self):
        if not self.tty:
            return
        filled = int(24 * self.done / self.total)
        bar = "#" * filled + "-" * (24 - filled)
        print(f"\r\033[K[{bar}] {self.elapsed():5.1f} s  {self.coins} coins  "
              f"{self.notes} notes  {self.act}", end="", flush=True)

    def end(self):
        if self.tty:
            print("\r\033[K", end="", flush=True)
