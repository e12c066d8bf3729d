"""What must be true of a box's disk after a cut, whatever the disk kept of its last writes:

  - the journal opens and verifies with the shipped boxctl, and the second opinion agrees;
  - its log is the beginning of the log that the box would have had without the cut;
  - every gift that the screen thanked for, or that a slip was printed of, is in it, and every entry
    that the ledger has;
  - the mark of the acceptor stands at the newest coin of the log: none is taken twice.

`start` does what happens next: the shipped kioskd starts on the disk. The acceptor kept its power,
its memory of five events and what fell into it since; or its power was cut too, and it knows
nothing."""

import base64
import collections
import json
import random
import sqlite3
import subprocess

from tools.world.box import Box
from tools.world.process import Failure, wait_for

from . import second_opinion
from .box_run import SCREEN, make_config
from .recording import changed

WITNESSES = ("screen", "slip")
MOST_UNHEARD = 7  # coins that fall while the box is dead; the acceptor remembers five events


class Bench:
    """What a worker needs beside the images: a configuration for boxctl, without devices."""

    def __init__(self, recording, bin_folder, folder):
        self.bin, self.config, self.data = bin_folder, folder / "kiosk.toml", folder / "disk/data"
        none = "".join(f'[{device}]\ndriver = "none"\n'
                       for device in ("coin", "printer", "display", "touch"))
        self.config.write_text(f"""[box]
id = "{recording.facts['box']}"
data = "{self.data}"
{none}""", encoding="utf-8")


def promises(recording, cut):
    """The gifts promised to somebody before the cut, how many entries the ledger had, and what was
    said of the keys; and how many promises that is."""
    gifts = {fact["gift"]: fact["leaf"] for by in WITNESSES for fact in recording.told(cut, by=by)}
    synced = max((fact["size"] for fact in recording.told(cut, by="ledger")), default=0)
    made = recording.told(cut, by="init")
    return gifts, synced, made, len(gifts) + (synced > 0) + len(made)


def count(recording, cut):
    return promises(recording, cut)[-1]


def check_recording(recording):
    """What was told must be true of the run itself, else nothing can be learned from its images."""
    leaves, origin = recording.facts["leaves"], recording.facts["origin"]
    for fact in recording.facts["told"]:
        if fact["by"] in WITNESSES:
            leaf = base64.urlsafe_b64decode(fact["leaf"] + "=").hex()
            if fact["origin"] != origin or leaves[fact["gift"]:fact["gift"] + 1] != [leaf]:
                raise Failure(f"the {fact['by']} shows gift {fact['gift']} with another leaf")
        if fact["by"] == "ledger":
            root = base64.b64encode(second_opinion.root_of(leaves[:fact["size"]])).decode()
            if root != fact["root"]:
                raise Failure(f"the ledger has another root of {fact['size']} entries")
    heard = collections.Counter(fact["by"] for fact in recording.facts["told"])
    for by in (*WITNESSES, "ledger"):
        if not heard[by]:
            raise Failure(f"nothing was heard from the {by}: this bench sees nothing")
    if heard["screen"] * 2 < recording.facts["gifts"]:
        raise Failure(f"of {recording.facts['gifts']} gifts only {heard['screen']} were seen on "
                      "the screen: this bench sees little")


def check(recording, cut, bench):
    """How many promises the mounted disk breaks, of how many, and what else is wrong."""
    gifts, synced, made, told = promises(recording, cut)
    if not made:
        return 0, told, []  # nobody was told yet that the box has keys
    damaged = changed(bench.data, made[0]["files"])
    if damaged:
        return told, told, [f"{damaged} is not as boxctl init made it"]
    journal = bench.data / "journal.db"
    if not journal.exists():
        if (bench.data / "journal.db-wal").exists():
            return told - 1, told, ["the journal is gone, its write-ahead log is not"]
        return told - 1, told, ["there is no journal"] if gifts or synced else []
    verified = subprocess.run([bench.bin / "boxctl", "--config", bench.config, "verify"],
                              capture_output=True, text=True, timeout=60, check=False)
    if verified.returncode != 0:
        return told - 1, told, [verified.stderr.strip()]
    try:
        lost, wrong = check_journal(recording, journal, gifts, synced)
    except (sqlite3.Error, ValueError, KeyError) as error:
        return told - 1, told, [f"the audit cannot read it: {error}"]
    return lost, told, wrong


def check_journal(recording, journal, gifts, synced):
    """How many promises an opened journal breaks, and what else is wrong with it."""
    wrong, _, (rows, marks) = second_opinion.read(
        journal, recording.facts["cosigner"], "SELECT leaf, line FROM entry ORDER BY seq",
        "SELECT device, counter FROM mark")
    leaves = [leaf.hex() for leaf, _ in rows]
    if leaves != recording.facts["leaves"][:len(leaves)]:
        wrong.append("its log is not the beginning of the run's")
    lost = [seq for seq in gifts if seq >= len(leaves)]
    if lost:
        wrong.append(f"{len(leaves)} entries: {len(lost)} gifts are lost that somebody was thanked "
                     f"for, the first is entry {min(lost)}")
    if synced > len(leaves):
        wrong.append(f"{len(leaves)} entries, the ledger has {synced}: the disk went back in time")
    coins = [json.loads(line)["counter"] for _, line in rows if '"type":"cash"' in line]
    if coins and dict(marks).get("coin") != coins[-1]:
        wrong.append(f"the acceptor's mark is {dict(marks)}, the newest coin's event {coins[-1]}")
    return len(lost) + (synced > len(leaves)), wrong


def can_start(recording, cut):
    return bool(recording.told(cut, by="init"))


def start(recording, cut, bench, folder):
    """Starts kioskd on the mounted disk; what is wrong then."""
    journal = bench.data / "journal.db"
    before = Before(recording, cut, journal)
    folder.mkdir()
    (folder / "coins-accepted.txt").write_text("".join(f"{line}\n" for line in before.history))
    box = Box(bench.bin, folder, box_id=recording.facts["box"],
              coin_options=["--take-up"] if before.powered else [], **SCREEN)
    try:
        box.data, box.pack_key = bench.data, recording.facts["pack_key"]
        box.pack = recording.folder / "campaign.pack"
        make_config(box, ledger_url="")
        return look_at_start(recording, box, before)
    except Failure as failure:
        return [str(failure)]
    finally:
        box.stop()


class Before:
    """A box and its acceptor when the power comes back."""

    def __init__(self, recording, cut, journal):
        chance = random.Random(cut)
        self.position = recording.position(cut)
        self.cash, self.gaps, self.mark = 0, 0, None
        if journal.exists():
            rows, marks = second_opinion.read(journal, recording.facts["cosigner"],
                                              "SELECT line FROM entry",
                                              "SELECT counter, quiet FROM mark")[2]
            types = [json.loads(line)["type"] for line, in rows]
            self.cash, self.gaps = types.count("cash"), types.count("gap")
            self.mark = next(iter(marks), None)
        self.powered = chance.random() < 0.75
        fallen = sum(dropped < self.position for dropped in recording.facts["coins"])
        fallen += chance.randint(0, MOST_UNHEARD)
        self.history = recording.facts["truth"][:fallen] if self.powered else []

    def check_coins(self, entries):
        """Every coin of the acceptor is cash once or is known to be lost."""
        cash = sum(entry["type"] == "cash" for entry in entries)
        gaps = [entry["lost"] for entry in entries if entry["type"] == "gap"]
        news = gaps[self.gaps:]
        if self.powered and self.mark:
            if None in news or cash + sum(gaps) != len(self.history):
                return [f"{len(self.history)} coins fell, {cash} are in the log, {gaps} are lost"]
            return []
        # An acceptor that forgot, or of which the box knows nothing: none of its events is money,
        # and where coins may have fallen that is said.
        wanted = self.mark is not None and not self.mark[1]
        if cash != self.cash or any(news) or len(news) > 1 or (wanted and not news):
            return [f"an acceptor of which nothing is known: {self.cash} coins became {cash}, and "
                    f"{news} are lost"]
        return []


def look_at_start(recording, box, before):
    box.start()
    wait_for("coins to be taken", lambda: box.process.expect_running() or
             box.status().get("accepting"), interval=0.02)
    wait_for("the journal to be verified", lambda: "good" in box.status().get("verification", {}),
             interval=0.02)
    wait_for("what was open to be closed", lambda: box.status().get("open_fen") == 0, interval=0.02)
    status = box.status()
    box.kill()
    wrong = [] if status["verification"]["good"] else [status["verification"]["fault"]]
    faults, (log,), (rows,) = second_opinion.read(box.journal, recording.facts["cosigner"],
                                               "SELECT line FROM entry ORDER BY seq")
    entries = [json.loads(line) for line, in rows]
    wrong += faults + before.check_coins(entries)
    if log["open"]:
        wrong.append(f"{log['open_fen']} fen are in no gift")
    boots = [entry for entry in entries if entry["type"] == "boot"]
    cut_run = len(boots) - 1
    stopped = dict(recording.facts["stops"]).get(cut_run)
    in_order = stopped is not None and before.position > stopped
    if cut_run > 0 and boots[-1]["clean"] and not in_order:
        wrong.append(f"boot {len(boots)} says that the run that was cut ended in order")
    return wrong
