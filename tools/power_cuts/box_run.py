"""A box on a logged disk, from the making of its keys on: coins, gifts, slips, pauses, kill -9
among coins, a stop in order. What it thanks for is read from its screen's pictures, its slips from
the paper, what it synced from the wire."""

import contextlib
import pathlib
import shutil
import sqlite3
import time

from tools.world.box import Box
from tools.world.ledger import DOMAIN, Ledger
from tools.world.process import Failure, wait_for

from .disk import LAZY, LoggedDisk, swallowing
from .recording import Recorder, hashes
from .witness import Pictures, Wire, note_of

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "config/campaign/sample.json"
SCREEN = {"width": 720, "height": 1280}
COIN = "CN100A"
LOOK = 0.003  # seconds
MOST_AT_ONCE = 4  # coins between two polls: five that fall at once are a counter gone wrong
HAND = 0.02   # seconds between coins of one hand
KEY_FILES = ("keys/log.key", "keys/tls.key", "keys/slip.key", "request.json")

# What a run does, one word a step; see the methods of BoxRun.
WHOLE = ["coins 40", "burst", "gift", "rest",
         "coins 25", "crash 3 1", "gift", "coins 25", "rest",
         "stop", "coins 20", "crash 4 2", "gift", "coins 30", "burst", "rest",
         "crash 1 4", "gift", "stop", "coins 5", "open 3"]
CONTROL = ["coins 3", "swallow", "coins 15", "gift", "coins 5"]


def make_config(box, **changes):
    box.write_config(**changes)
    text = box.config.read_text(encoding="utf-8")
    box.config.write_text(text.replace('echo = "auto"', 'echo = "yes"\npoll_ms = 50'),
                          encoding="utf-8")


def journal_rows(journal, folder):
    """The lines and leaves of a journal that nobody has open, read from a copy."""
    copy = folder / "copy.db"
    for end in ("", "-wal"):
        shutil.copyfile(f"{journal}{end}", f"{copy}{end}")
    with contextlib.closing(sqlite3.connect(copy)) as db:
        return db.execute("SELECT line, leaf FROM entry ORDER BY seq").fetchall()


class BoxRun:
    def __init__(self, bin_folder, folder, disk):
        self.folder, self.disk, self.env = folder, disk, None
        self.recorder = Recorder(disk, {"kind": "box", "coins": [], "stops": []})
        self.facts = self.recorder.facts
        self.ledger = Ledger(bin_folder, folder / "ledger")
        self.box = Box(bin_folder, folder / "box", **SCREEN)
        self.box.data = disk.mount / "data"
        self.wire = None
        self.boots = 0
        self.screens = Pictures(self.box.screens, self.recorder, "screen")
        self.slips = Pictures(self.box.printer.slips, self.recorder, "slip")

    def stop(self):
        if self.wire:
            self.wire.close()
        self.box.stop()
        self.ledger.stop()

    # --- the steps

    def first_start(self):
        box = self.box
        self.ledger.sign_pack(box, SAMPLE)
        shutil.copyfile(box.pack, self.folder / "campaign.pack")
        self.ledger.start()
        with self.recorder.phase("first start"):
            make_config(box)
            box.ctl("init", "--domain", DOMAIN)
            self.recorder.told(by="init", files=hashes(box.data, KEY_FILES))
            self.ledger.enrol(box)
            self.wire = Wire(self.ledger.port, self.ledger.keys, box,
                             lambda path: None, self.heard_ledger)
            box.ledger_port = self.wire.port
            make_config(box)
            self.start()
        self.facts.update(pack_key=box.pack_key, box=box.id, origin=box.status()["origin"],
                          cosigner=self.ledger.cosigner)

    def heard_ledger(self, path, status, body):
        if path.endswith("/batch") and status == 200:
            origin, size, root, _ = note_of(body)
            self.recorder.told(by="ledger", origin=origin, size=size, root=root)

    def start(self):
        self.boots += 1
        self.box.start(env=self.env)
        wait_for("coins to be taken", lambda: self.box.process.expect_running() or
                 self.box.status().get("accepting"), interval=0.02)

    def drop(self):
        position = self.disk.position()
        if not self.box.coin.drop(COIN):
            raise Failure("the acceptor refused a coin")
        self.facts["coins"].append(position)

    def look(self):
        self.slips.look()
        return self.screens.look("thanks")

    def wait_thanks(self):
        wait_for("thanks", lambda: self.box.process.expect_running() or self.look(), interval=LOOK)

    def wait_cash(self):
        """Until every coin is durable, or known to be lost: kioskd was dead for more than five."""
        def durable():
            self.look()
            self.box.process.expect_running()
            status = self.box.status()
            return status.get("cash", 0) + status.get("lost", 0) == len(self.facts["coins"])
        wait_for("the coins to be durable", durable, interval=LOOK)

    def coins(self, count):
        """One after the other, each when the one before was thanked for."""
        with self.recorder.phase("coin"):
            for _ in range(count):
                self.drop()
                self.wait_thanks()
                self.wait_cash()  # the picture may have been of the one before

    def burst(self):
        """At once: they share a transaction or two."""
        with self.recorder.phase("coin"):
            for _ in range(MOST_AT_ONCE):
                self.drop()
            self.wait_cash()
            self.wait_thanks()

    def gift(self):
        """A free gift of five coins, and its slip."""
        with self.recorder.phase("gift"):
            self.open(5)
            self.box.wait_scene("thanks")
            self.wait_thanks()
        with self.recorder.phase("slip"):
            entries = self.box.status()["entries"]
            self.box.tap("print_slip")
            wait_for("the slip", self.slips.look, interval=LOOK)
            wait_for("what became of it", lambda: self.box.status()["entries"] > entries,
                     interval=LOOK)
            self.look()
        self.box.tap("no_slip")

    def open(self, count):
        with self.recorder.phase("gift"):
            if self.box.screen()["scene"] == "thanks":
                self.box.tap("no_slip")  # who gave before has gone
            self.box.tap("begin_free")
            self.box.tap("choose_amount", 500)
            self.box.wait_scene("counting")
            for number in range(count):
                self.drop()
                if number % MOST_AT_ONCE == 0:
                    self.wait_cash()
            self.wait_cash()

    def rest(self):
        """Nobody gives for a while: the write-ahead log is copied."""
        with self.recorder.phase("checkpoint"):
            before = self.disk.position()
            quiet, length = time.monotonic(), before
            while length == before or time.monotonic() < quiet + 0.7:
                self.look()
                time.sleep(0.02)
                if self.disk.position() != length:
                    quiet, length = time.monotonic(), self.disk.position()

    def crash(self, heard, unheard):
        """kill -9 while coins fall; some fall while nobody listens. Then the next start."""
        with self.recorder.phase("coin"):
            for _ in range(heard):
                self.drop()
                time.sleep(HAND)
                self.look()
            self.box.kill()
        with self.recorder.phase("restart"):
            for _ in range(unheard):
                self.drop()
            self.start()
            self.wait_cash()

    def stop_in_order(self):
        with self.recorder.phase("stop"):
            self.facts["stops"].append([self.boots, self.disk.position()])
            if self.box.process.stop() != 0:
                raise Failure("kioskd did not stop in order")
        with self.recorder.phase("restart"):
            self.start()

    def swallow(self):
        """From here on kioskd's syncs do nothing."""
        self.env = swallowing(self.box.bin)
        self.stop_in_order()

    def play(self, steps):
        self.first_start()
        verbs = {"coins": self.coins, "burst": self.burst, "gift": self.gift, "rest": self.rest,
                 "crash": self.crash, "stop": self.stop_in_order, "open": self.open,
                 "swallow": self.swallow}
        for step in steps:
            verb, *numbers = step.split()
            verbs[verb](*map(int, numbers))

    def finish(self):
        """Ends as hard as a cut does; what the disk would have held without one."""
        self.recorder.finish()
        self.box.kill()
        self.screens.tell()
        self.slips.tell()
        rows = journal_rows(self.box.journal, self.folder)
        truth = self.box.coin.truth.read_text(encoding="ascii").splitlines()
        if len(truth) != len(self.facts["coins"]):
            raise Failure("the acceptor took another number of coins")
        self.facts.update(leaves=[leaf.hex() for _, leaf in rows], truth=truth,
                          gifts=sum('"type":"gift"' in line for line, _ in rows))
        self.recorder.save()


def record(bin_folder, folder, steps):
    """Plays the steps and leaves a recording in `folder`."""
    folder.mkdir(parents=True)
    with LoggedDisk(bin_folder, folder, LAZY if "swallow" in steps else "noatime") as disk:
        run = BoxRun(bin_folder, folder, disk)
        try:
            run.play(steps)
            run.finish()
        finally:
            run.stop()
