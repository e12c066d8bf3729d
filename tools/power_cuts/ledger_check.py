"""What must be true of a ledger's disk after a cut, whatever the disk kept of its last writes:

  - its keys are there, and every box that was enrolled, or revoked, is so;
  - the store opens and verifies with the shipped ledgerctl, and the second opinion agrees on every
    entry, root, cosignature, rollup and account;
  - of every log it holds what the box sent, at least as far as it ever answered, and where it is
    exactly that far, the note is the one that the box was given;
  - it holds the office's log as far as any box was ever shown.

`start` does what happens next: the shipped ledgerd starts on the disk, and the shipped kioskd of
one of the boxes, which has got no answer so far, sends what is missing."""

import base64
import contextlib
import random
import shutil
import sqlite3
import subprocess

from tools.world.box import Box
from tools.world.ledger import DOMAIN
from tools.world.process import Failure, Process, free_port, run, wait_for

from . import second_opinion
from .recording import changed


class Bench:
    """What a worker needs beside the images: a configuration for ledgerctl and ledgerd."""

    def __init__(self, _recording, bin_folder, folder):
        self.bin, self.disk = bin_folder, folder / "disk"
        self.config, self.store = folder / "ledger.toml", folder / "disk/ledger.db"
        self.port = free_port()
        self.config.write_text(f"""[ledger]
data = "{self.disk / 'data'}"
[boxes]
listen = "127.0.0.1:{self.port}"
[store]
path = "{self.store}"
[log]
domain = "{DOMAIN}"
""", encoding="utf-8")


def box_of(origin):
    return origin.split("/")[2]


def promises(recording, cut):
    """What was answered before the cut, by log and size."""
    return {(fact["origin"], fact["size"]): fact["note"]
            for fact in recording.told(cut, by="ledger")}


def shown_of_office(recording, cut):
    """What boxes were shown of the office's logs before the cut: (origin, size, root)."""
    return {(fact["origin"], fact["size"], fact["root"])
            for fact in recording.told(cut, by="office")}


def count(recording, cut):
    return len(promises(recording, cut)) + len(shown_of_office(recording, cut)) + sum(
        len(recording.told(cut, by=by)) for by in ("init", "enrolment", "revocation"))


def check_recording(recording):
    """What was told must be true of the boxes' own logs, and the same each time."""
    notes = {}
    for fact in recording.facts["told"]:
        if fact["by"] != "ledger":
            continue
        leaves = recording.facts["boxes"][box_of(fact["origin"])]["leaves"][:fact["size"]]
        if len(leaves) < fact["size"]:
            raise Failure(f"the ledger answered more of {fact['origin']} than there is")
        if base64.b64encode(second_opinion.root_of(leaves)).decode() != fact["root"]:
            raise Failure(f"the ledger answered another root of {fact['origin']}")
        if notes.setdefault((fact["origin"], fact["size"]), fact["note"]) != fact["note"]:
            raise Failure(f"the ledger answered two notes for one size of {fact['origin']}")
    if not notes:
        raise Failure("no batch was answered: this bench sees nothing")


def check(recording, cut, bench):
    """How many promises the mounted disk breaks, of how many, and what else is wrong."""
    told = count(recording, cut)
    made = recording.told(cut, by="init")
    if not made:
        return 0, told, []  # nobody was told yet that there is a ledger
    damaged = changed(bench.disk / "data" / "keys", made[0]["files"])
    if damaged:
        return told, told, [f"{damaged} is not as ledgerctl init made it"]
    if not bench.store.exists():
        return told - 1, told, ["there is no store"] if told > 1 else []
    verified = subprocess.run([bench.bin / "ledgerctl", "--config", bench.config, "verify",
                               "--fresh"], capture_output=True, text=True, timeout=60, check=False)
    if verified.returncode != 0:
        return told - 1, told, [(verified.stdout + verified.stderr).strip()]
    try:
        lost, wrong = check_store(recording, cut, bench.store)
    except (sqlite3.Error, ValueError, KeyError) as error:
        return told - 1, told, [f"the audit cannot read it: {error}"]
    return lost, told, wrong


def check_store(recording, cut, store):
    """How many promises an opened store breaks, and what else is wrong with it."""
    wrong, _, (boxes, logs, lines) = second_opinion.read(
        store, recording.facts["cosigner"], "SELECT box, status FROM boxes",
        "SELECT origin, size, note FROM logs WHERE kind = 'box'",
        "SELECT origin, line FROM entries ORDER BY origin, seq")
    boxes = dict(boxes)
    logs = {origin: (size, note) for origin, size, note in logs}
    lost = 0
    revoked = {fact["box"] for fact in recording.told(cut, by="revocation")}
    for fact in recording.told(cut, by="enrolment"):
        known = any(box_of(origin) == fact["box"] for origin in logs)
        if fact["box"] not in boxes or not known:
            lost += 1
            wrong.append(f"{fact['box']} was enrolled and is not known")
    for box in revoked:
        if boxes.get(box) != "revoked":
            lost += 1
            wrong.append(f"{box} was revoked and is not")
    for (origin, size), note in promises(recording, cut).items():
        have, stored = logs.get(origin, (0, ""))
        if have < size:
            lost += 1
            wrong.append(f"{origin} has {have} entries, a box was told {size}")
        elif have == size and stored != note:
            lost += 1
            wrong.append(f"{origin} has another note of {size} entries than its box was given")
    leaves = {}
    for origin, line in lines:
        leaves.setdefault(origin, []).append(second_opinion.audit.leaf_hash(line.encode()).hex())
    for origin, size, root in shown_of_office(recording, cut):
        found = leaves.get(origin, [])[:size]
        if len(found) < size or base64.b64encode(second_opinion.root_of(found)).decode() != root:
            lost += 1
            wrong.append(f"{origin} is not as a box was shown it at {size} entries")
    for origin, found in leaves.items():
        if "/office/" in origin:
            continue
        sent = recording.facts["boxes"].get(box_of(origin), {"leaves": []})["leaves"]
        if found != sent[:len(found)]:
            wrong.append(f"{origin} holds what its box never sent")
    return lost, wrong


def can_start(recording, cut):
    return bool(recording.told(cut, by="init"))


def start(recording, cut, bench, folder):
    """Starts ledgerd on the mounted disk, and a box; what is wrong then."""
    folder.mkdir()
    daemon = Process([bench.bin / "ledgerd", "--config", bench.config], folder / "ledgerd.log")
    try:
        wait_for("ledgerd", lambda: daemon.expect_running() or
                 run(bench.bin / "ledgerctl", "--config", bench.config, "status", check=False))
        enrolled = [fact["box"] for fact in recording.told(cut, by="enrolment")
                    if fact["box"] in recording.facts["boxes"]]
        if not enrolled:
            return []
        return send_the_rest(recording, bench, folder, random.Random(cut).choice(enrolled))
    except Failure as failure:
        return [str(failure)]
    finally:
        daemon.kill()


def send_the_rest(recording, bench, folder, name):
    kept = recording.folder / "boxes" / name
    box = Box(bench.bin, folder / "box", bench.port, name, width=480, height=800)
    try:
        shutil.copytree(kept / "data", box.data)
        box.identity, box.pack = kept / box.identity.name, kept / box.pack.name
        box.pack_key = recording.facts["boxes"][name]["pack_key"]
        box.write_config()
        with contextlib.closing(sqlite3.connect(box.journal)) as db:
            db.execute("DELETE FROM cosigned")  # no answer reached it so far
            db.commit()
        box.start()
        wait_for("all to be synced", lambda: box.process.expect_running() or
                 box.status().get("unsynced") == 0, 60)
        status = box.status()
        box.kill()
        leaves = [second_opinion.audit.leaf_hash(line.encode()).hex() for line in box.lines()]
    finally:
        box.stop()
    wrong = [f"alarm: {status['ledger']['alarm']}"] if status["ledger"]["alarm"] else []
    faults, logs, (lines,) = second_opinion.read(
        bench.store, recording.facts["cosigner"],
        "SELECT origin, line FROM entries ORDER BY origin, seq")
    wrong += faults
    stored = [second_opinion.audit.leaf_hash(line.encode()).hex()
              for origin, line in lines if box_of(origin) == name]
    # kioskd may have written a last entry that it did not send any more.
    if len(stored) < status["entries"] or stored != leaves[:len(stored)]:
        wrong.append(f"{name} has {len(leaves)} entries, the ledger {len(stored)}, or others")
    if recording.facts["boxes"][name]["leaves"] != leaves[:len(
            recording.facts["boxes"][name]["leaves"])]:
        wrong.append(f"{name} does not have the log any more that it had")
    return wrong
