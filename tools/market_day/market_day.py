#!/usr/bin/python3
"""Plays a market day in front of one box, and says whether everything agrees. See tools/demo."""

import argparse
import pathlib
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))

from progress import Progress  # noqa: E402
from script import ScriptError, coins_of, read  # noqa: E402
from tally import audit, tally  # noqa: E402
from world.box import Box  # noqa: E402
from world.ledger import Ledger  # noqa: E402
from world.process import Failure, wait_for  # noqa: E402

PAUSE = 0.2  # five coins a second
MEMORY = 5   # events that the acceptor remembers


class Day:
    def __init__(self, ledger, box, progress):
        self.ledger, self.box, self.progress = ledger, box, progress
        self.gaps = 0  # more coins fell than the acceptor remembers, or one lost its power

    def play(self, steps):
        for step in steps:
            try:
                getattr(self, "do_" + step.verb)(step)
            except Failure as failure:
                raise Failure(f"line {step.line} ({step.verb} {step.text}): {failure}") from None

    def do_act(self, step):
        self.progress.begin(step.text)

    def do_coins(self, step):
        for coin in coins_of(step):
            self.drop(coin)

    def drop(self, coin):
        """Drops a coin; one that comes back is tried again, as people do."""
        begun = time.monotonic()
        wait_for(f"the box to take a {coin}", lambda: self.box.coin.drop(coin), timeout=30,
                 interval=PAUSE)
        time.sleep(max(0.0, PAUSE - (time.monotonic() - begun)))
        self.progress.coin()

    def do_reject(self, step):
        count, code = map(int, step.words)
        for _ in range(count):
            self.box.coin.ask(f"reject {code}")
            time.sleep(PAUSE)
            self.progress.advance(PAUSE)

    def do_touch(self, step):
        fen = int(step.words[1]) * 100 if len(step.words) > 1 else None
        self.box.tap(step.words[0], fen)
        self.progress.advance(1)

    def do_wait(self, step):
        self.box.wait_scene(step.words[0])
        self.progress.advance(1)

    def do_unplug(self, step):
        self.box.coin.ask("unplug")
        time.sleep(float(step.words[0]))
        self.box.coin.ask("plug")
        self.progress.advance(step.seconds)

    def do_kill(self, step):
        _, _, _, after, _, missed = step.words
        after, missed = int(after), int(missed)
        if missed > MEMORY:
            self.gaps += 1
        for number, coin in enumerate(coins_of(step)):
            if number == after:
                self.box.kill()
            if number == after + missed:
                self.box.start()
            self.drop(coin)

    def do_notes(self, step):
        """Each goes in as soon as there is room; the last is on its way while the day goes on."""
        for note in step.words:
            self.insert(note)

    def insert(self, note):
        wait_for(f"the box to draw in a {note}", lambda: self.box.note.insert(note), timeout=30)
        self.progress.note()

    def wait_path_empty(self):
        wait_for("the note to be in the box or back",
                 lambda: "busy=0" in self.box.note.ask("status"))

    def do_returned(self, step):
        """The box would take it, but the acceptor's transport gives it back."""
        self.wait_path_empty()
        self.box.note.ask("betray")
        self.insert(step.words[0])
        self.wait_path_empty()

    def do_power(self, step):
        """The note acceptor loses its power with a note that the box has said yes to."""
        self.wait_path_empty()
        known = len(self.box.entries("intent"))
        self.insert(step.words[0])
        wait_for("its intent", lambda: len(self.box.entries("intent")) > known)
        self.box.note.ask("power-cycle 300")
        self.gaps += 1

    def do_ledger(self, step):
        {"stop": self.ledger.stop, "start": self.ledger.start}[step.words[0]]()
        self.progress.advance(1)

    def settle(self):
        """Until nothing is waited for: the last session closed, everything synced."""
        self.wait_path_empty()
        wait_for("every note to be decided",
                 lambda: not audit(self.box.journal)["logs"][0]["pending"])
        wait_for("the last gift to be closed",
                 lambda: self.box.status().get("open_fen") == 0, timeout=60)
        wait_for("everything to be synced",
                 lambda: self.box.status().get("unsynced") == 0, timeout=60)


def prepare(arguments):
    out = arguments.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    bin_folder = arguments.bin.resolve()
    ledger = Ledger(bin_folder, out / "ledger")
    box = Box(bin_folder, out / "box", ledger.port)
    # Slow enough to lose its power with a note on its way; it then has the note, and says so late.
    box.add_note_acceptor("--moving-ms", "500", "--after-power", "stack")
    ledger.sign_pack(box, TOP / "config/campaign/sample.json")
    box.write_config()
    box.ctl("init", "--domain", "ledger.example")
    ledger.enrol(box)
    ledger.start()
    box.start()
    return ledger, box


def how_to_look(ledger, box):
    print(f"""ledger and box are running:
  {box.bin}/boxctl --config {box.config} status
  {box.bin}/ledgerctl --config {ledger.config} report day
  {box.bin}/ledgerctl --config {ledger.config} report sync
  a coin:   echo coin CN100A | socat - UNIX-CONNECT:{box.folder / 'coin.sock'}
  a note:   echo note CN0001A | socat - UNIX-CONNECT:{box.folder / 'note.sock'}
  screens:  {box.screens}/latest.png    slips: {box.printer.slips}
  end them: kill {box.process.pid} {ledger.process.pid} {box.coin.process.pid} \
{box.printer.process.pid} {box.note.process.pid}""")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--script", type=pathlib.Path, default=TOP / "config/demo/market_day.txt")
    parser.add_argument("--keep", action="store_true", help="leave ledger and box running")
    arguments = parser.parse_args()

    ledger = box = None
    keep = False
    try:
        steps = read(arguments.script)
        ledger, box = prepare(arguments)
        progress = Progress(sum(step.seconds for step in steps) + 3)
        day = Day(ledger, box, progress)
        day.play(steps)
        progress.begin("收摊：等待同步与核对")
        day.settle()
        line, wrong = tally(ledger, box, day.gaps)
        progress.end()
        print(ledger.ctl("report", "day"))
        print(f"slips: {box.printer.slips}  screens: {box.screens}")
        keep = arguments.keep
        if keep:
            how_to_look(ledger, box)
        for fault in wrong:
            print(f"disagree: {fault}")
        print(f"{'disagree' if wrong else 'agree'}: {line}")
        return 1 if wrong else 0
    except (Failure, ScriptError) as failure:
        print(f"\ntools/demo: {failure}", file=sys.stderr)
        return 1
    finally:
        if not keep:
            for part in (box, ledger):
                if part:
                    part.stop()


if __name__ == "__main__":
    sys.exit(main())
