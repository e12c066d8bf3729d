"""A ledger on a logged disk, from the making of its keys on, with five boxes: batches,
housekeeping, kill -9 under a batch, a stop in order. What it answered is heard on the wire."""

import pathlib
import random
import shutil
import threading

from tools.world.box import Box
from tools.world.ledger import DOMAIN, Ledger
from tools.world.process import Failure, wait_for

from .box_run import journal_rows
from .disk import LAZY, LoggedDisk, swallowing
from .recording import Recorder, hashes
from .witness import Wire, note_of, office_of

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "config/campaign/sample.json"
BOXES = 5
COIN = "CN100A"
PAUSE = 0.1  # seconds between two coins
LONGEST_BATCH = 0.005  # seconds, about, from a box's asking to the answer

# What a run does, one word a step; see the methods of LedgerRun.
WHOLE = ["batches 20", "revoke", "crash", "batches 6", "crash", "batches 6", "stop", "batches 10",
         "crash", "batches 6", "crash", "batches 10"]
CONTROL = ["batches 2", "swallow", "batches 5"]


class LedgerRun:
    def __init__(self, bin_folder, folder, disk):
        self.bin, self.folder, self.disk, self.env = bin_folder, folder, disk, None
        self.recorder = Recorder(disk, {"kind": "ledger", "boxes": {}})
        self.facts = self.recorder.facts
        self.ledger, self.boxes, self.wires = None, [], []
        self.answered = self.cut_off = 0
        self.chance = random.Random(1)
        self.doomed = False  # ledgerd, as soon as a batch is under way
        self.killed = threading.Event()

    def stop(self):
        for wire in self.wires:
            wire.close()
        for box in self.boxes:
            box.stop()
        if self.ledger:
            self.ledger.stop()

    # --- the steps

    def first_start(self):
        self.recorder.begin("housekeeping")
        with self.recorder.phase("first start"):
            self.ledger = Ledger(self.bin, self.folder / "ledger", self.disk.mount)
            names = sorted(path.name for path in self.ledger.keys.iterdir())
            self.recorder.told(by="init", files=hashes(self.ledger.keys, names))
            self.ledger.start()
        self.facts.update(cosigner=self.ledger.cosigner)
        for number in range(BOXES):
            self.boxes.append(self.enrol(f"market-{number + 1}"))
            self.wires.append(Wire(self.ledger.port, self.ledger.keys, self.boxes[-1], self.asked,
                                   self.heard))
            self.boxes[-1].ledger_port = self.wires[-1].port
            self.boxes[-1].write_config()
            self.boxes[-1].start()
        for box in self.boxes:
            wait_for("coins to be taken", lambda box=box: box.status().get("accepting"))

    def enrol(self, name):
        box = Box(self.bin, self.folder / name, self.ledger.port, name, width=480, height=800)
        self.ledger.sign_pack(box, SAMPLE)
        box.write_config()
        box.ctl("init", "--domain", DOMAIN)
        with self.recorder.phase("enrolment"):
            self.ledger.enrol(box)
            self.recorder.told(by="enrolment", box=name)
        return box

    def asked(self, path):
        if path.endswith("/batch"):
            self.recorder.begin("batch")
            if self.doomed:
                self.doomed = False
                threading.Timer(self.chance.uniform(0, LONGEST_BATCH), self.kill).start()

    def kill(self):
        self.ledger.process.kill()
        self.killed.set()

    def heard(self, path, status, body):
        office = office_of(body)
        if office:
            origin, size, root = office
            self.recorder.told(by="office", origin=origin, size=size, root=root)
        if not path.endswith("/batch"):
            return
        if status == 200:
            origin, size, root, note = note_of(body)
            self.recorder.told(by="ledger", origin=origin, size=size, root=root, note=note)
            self.answered += 1
        elif status == 0:
            self.cut_off += 1
        self.recorder.end("batch")

    def give(self, done):
        """A coin into each box in turn, until done()."""
        def one_more(turn=iter(range(1 << 30))):
            box = self.boxes[next(turn) % BOXES]
            box.process.expect_running()
            box.coin.drop(COIN)  # refused where the box is slow; the next one will do
            return done()
        wait_for("the ledger's answers", one_more, 120, PAUSE)

    def batches(self, count):
        wanted = self.answered + count
        self.give(lambda: self.answered >= wanted)

    def revoke(self):
        """An office person ends a box, which never sent anything."""
        box = self.enrol("market-lost")
        box.stop()
        with self.recorder.phase("enrolment"):
            self.ledger.ctl("box", "revoke", box.id)
            self.recorder.told(by="revocation", box=box.id)

    def crash(self):
        """kill -9 while a batch is under way, and the next start."""
        self.killed.clear()
        self.doomed = True
        self.give(self.killed.is_set)
        self.start()

    def stop_in_order(self):
        with self.recorder.phase("stop"):
            if self.ledger.process.stop() != 0:
                raise Failure("ledgerd did not stop in order")
        self.start()

    def swallow(self):
        """From here on ledgerd's syncs do nothing."""
        self.env = swallowing(self.bin)
        self.stop_in_order()

    def start(self):
        with self.recorder.phase("restart"):
            self.ledger.start(self.env)

    def play(self, steps):
        self.first_start()
        verbs = {"batches": self.batches, "revoke": self.revoke, "crash": self.crash,
                 "stop": self.stop_in_order, "swallow": self.swallow}
        for step in steps:
            verb, *numbers = step.split()
            verbs[verb](*map(int, numbers))

    def finish(self):
        """Ends as hard as a cut does. What the boxes hold is the truth about their logs."""
        self.recorder.finish()
        self.ledger.process.kill()
        for box in self.boxes:
            box.kill()
            rows = journal_rows(box.journal, self.folder)
            self.facts["boxes"][box.id] = {"leaves": [leaf.hex() for _, leaf in rows],
                                           "pack_key": box.pack_key}
            kept = self.folder / "boxes" / box.id
            kept.mkdir(parents=True)
            shutil.copytree(box.data, kept / "data",
                            ignore=shutil.ignore_patterns("*.sock", "*.lock"))
            for file in (box.identity, box.pack):
                shutil.copyfile(file, kept / file.name)
        self.facts.update(answered=self.answered, cut_off=self.cut_off)
        self.recorder.save()


def record(bin_folder, folder, steps):
    """Plays the steps and leaves a recording in `folder`."""
    folder.mkdir(parents=True)
    with LoggedDisk(bin_folder, folder, LAZY if "swallow" in steps else "noatime") as disk:
        run = LedgerRun(bin_folder, folder, disk)
        try:
            run.play(steps)
            run.finish()
        finally:
            run.stop()
