#!/usr/bin/python3
"""Rows of tools/bench about the way from a box to its ledger: kioskd's client and ledgerd, against
PouchDB that replicates to a CouchDB-style server, and MQTT with QoS 1 into SQLite. All over mTLS on
the loopback, all with a durable answer, all with the same gifts, which are counted on the other
side. "name | ours | reference | ratio | goal | holds or short"."""

import argparse
import contextlib
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP))

from tools.world.ledger import DOMAIN, Ledger  # noqa: E402
from tools.world.process import Failure, Process, run, wait_for  # noqa: E402
from tools.world.relay import Relay  # noqa: E402
from tools.world.rows import ratio_row  # noqa: E402

ROUNDS = 7
GIFTS = 9000       # a round
TOGETHER = 300     # gifts in a batch; three entries each
PER_GIFT = 3       # entries: cash, gift, slip
BEFORE = 2         # entries: epoch, boot
NODE = TOP / "tools/bench_sync/node"


class Boxes:
    """Boxes of one ledger, each with a journal of GIFTS one-coin gifts that nobody has yet."""

    def __init__(self, bin_folder, folder):
        self.bin = bin_folder
        self.folder = folder
        self.ledger = Ledger(bin_folder, folder / "ledger")
        self.ledger.start()
        self.made = 0

    def next(self):
        self.made += 1
        box = self.folder / f"box-{self.made:02}"
        box.mkdir()
        (box / "kiosk.toml").write_text(f"""[box]
id = "{box.name}"
data = "{box / 'data'}"
""")
        run(self.bin / "boxctl", "--config", box / "kiosk.toml", "init", "--domain", DOMAIN)
        self.ledger.ctl("box", "add", box.name, "--request", box / "data/request.json", "--out",
                        box / "identity.json")
        request = json.loads((box / "data/request.json").read_text())
        run(self.bin / "fill_journal", box / "data/journal.db", "--origin", request["origin"],
            "--key", request["log"], "--entries", BEFORE + GIFTS * PER_GIFT, "--slips")
        return box

    def send(self, box, port):
        """Seconds until the ledger has cosigned all of it."""
        entries, seconds = run(
            self.bin / "send_journal", box / "data", "--identity", box / "identity.json", "--url",
            f"https://localhost:{port}", "--batch", TOGETHER * PER_GIFT).split()
        day = self.ledger.report("day", "--from", "1970-01-01", "--to", "9999-12-31")
        here = [row for row in day["rows"] if row["box"] == box.name]
        expect("the ledger", sum(row["gifts"] for row in here), sum(row["fen"] for row in here))
        if int(entries) != BEFORE + GIFTS * PER_GIFT:
            raise Failure(f"{box.name} sent {entries} entries")
        return float(seconds)


def expect(who, gifts, fen):
    if (gifts, fen) != (GIFTS, GIFTS * 100):
        raise Failure(f"{who} has {gifts} gifts of {fen} fen instead of {GIFTS} of 1 yuan")


def documents(box):
    """The box's gifts, one JSON object a line, with what the three entries say of each, but for
    their salts and the claim: those prove something that the references do not."""
    with contextlib.closing(sqlite3.connect(box / "data/journal.db")) as journal:
        entries = [json.loads(row[0])
                   for row in journal.execute("SELECT line FROM entry ORDER BY seq")][BEFORE:]
    for cash, gift, slip in zip(*[iter(entries)] * PER_GIFT):
        document = {"_id": f"{box.name}-{gift['slip']:06}", **cash, **gift, "slip": gift["slip"],
                    "printed_at": slip["at"], "copy": slip["copy"], "outcome": slip["outcome"]}
        for key in ("type", "salt", "claim", "cash", "seq"):
            document.pop(key, None)
        yield json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def make_certificates(folder):
    """An authority, a server for localhost and a box, as the references take them."""
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def key(name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                folder / f"{name}.key")

    folder.mkdir()
    key("authority")
    openssl("req", "-x509", "-new", "-key", folder / "authority.key", "-subj", "/CN=authority",
            "-days", 2, "-out", folder / "authority.pem")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for name in ("server", "client"):
        key(name)
        openssl("req", "-new", "-key", folder / f"{name}.key", "-subj", f"/CN={name}", "-out",
                folder / f"{name}.csr")
        openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / "authority.pem",
                "-CAkey", folder / "authority.key", "-CAcreateserial", "-days", 2, "-extfile",
                folder / "names", "-out", folder / f"{name}.pem")


class NodeServer:
    """A program of tools/bench_sync/node that prints its port."""

    def __init__(self, program, certificates, data, modules):
        self.env = {"NODE_PATH": modules}
        self.certificates = certificates
        self.log = data.with_suffix(".log")
        self.process = Process(["node", NODE / program, certificates, data], self.log, self.env)
        wait_for(program, lambda: self.process.expect_running() or self.log.read_text().strip())
        self.port = int(self.log.read_text().split()[0])

    def client(self, program, *arguments):
        return run("node", NODE / program, self.certificates, *arguments, env=self.env).split()


class Pouch:
    name = "PouchDB to a CouchDB-style server"

    def __init__(self, folder, certificates, modules):
        self.folder = folder / "pouch"
        (self.folder / "server").mkdir(parents=True)
        self.server = NodeServer("pouch_server.js", certificates, self.folder / "server", modules)
        self.round = 0

    def send(self, gifts, port=None):
        """Seconds until the server has all of it."""
        self.round += 1
        seconds, = self.server.client(
            "pouch_client.js", self.url(port), self.folder / f"box-{self.round}", gifts, TOGETHER)
        stored, fen = self.server.client("pouch_client.js", self.url())
        expect(self.name, int(stored), int(fen))
        return float(seconds)

    def url(self, port=None):
        return f"https://localhost:{port or self.server.port}/gifts-{self.round}"


class Mqtt:
    name = "MQTT QoS 1 into SQLite"

    def __init__(self, folder, certificates, modules):
        self.database = folder / "mqtt.db"
        self.server = NodeServer("mqtt_server.js", certificates, self.database, modules)

    def send(self, gifts):
        """Seconds until every gift is acknowledged, and durable."""
        seconds, = self.server.client("mqtt_client.js", self.server.port, gifts)
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            expect(self.name, *database.execute(
                "SELECT count(*), sum(fen) FROM gifts WHERE id LIKE ?",
                (json.loads(gifts.read_text().split("\n", 1)[0])["_id"][:6] + "%",)).fetchone())
        return float(seconds)


def write_gifts(box):
    path = box / "gifts.jsonl"
    path.write_text("\n".join(documents(box)) + "\n", encoding="utf-8")
    return path


def speed_rows(boxes, pouch, mqtt):
    spent = {side: [] for side in ("ours", pouch, mqtt) if side}
    for _ in range(ROUNDS):
        box = boxes.next()
        gifts = write_gifts(box)
        spent["ours"].append(boxes.send(box, boxes.ledger.port))
        for side in (pouch, mqtt):
            if side:
                spent[side].append(side.send(gifts))
    rate = {side: GIFTS / statistics.median(seconds) for side, seconds in spent.items()}
    for side, goal in ((pouch, 10), (mqtt, 3)):
        if side:
            ratio_row(f"box to ledger, durable and cosigned, {GIFTS} one-coin gifts ({side.name})",
                      rate["ours"], rate[side], "gifts/s", goal, at_least=True)


def bytes_row(boxes, pouch):
    """Everything on the socket, both ways, from the first handshake to the last byte."""
    box = boxes.next()
    gifts = write_gifts(box)
    passed = []
    for port, send in ((boxes.ledger.port, lambda relay: boxes.send(box, relay)),
                       (pouch.server.port, lambda relay: pouch.send(gifts, relay))):
        relay = Relay(port)
        send(relay.port)
        passed.append(relay.bytes() / GIFTS)
        relay.close()
    ratio_row(f"bytes on the wire per one-coin gift, in batches of {TOGETHER} ({pouch.name})",
              *passed, "B", 0.5, noise=0)


def missing(packages, modules):
    return [name for name in packages
            if not any((pathlib.Path(folder) / name).is_dir() for folder in modules.split(":"))]


def reference(kind, packages, arguments, certificates, folder):
    lacking = missing(packages, arguments.node_modules)
    if not lacking:
        return kind(folder, certificates, arguments.node_modules)
    print(f"bench_sync: {', '.join(lacking)} not installed: rows against {kind.name} left out",
          file=sys.stderr)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--node-modules", required=True, help="folders, a colon between them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-sync-") as name, contextlib.ExitStack() as ends:
        folder = pathlib.Path(name)
        certificates = folder / "certificates"
        make_certificates(certificates)
        boxes = Boxes(arguments.bin.resolve(), folder)
        ends.callback(boxes.ledger.stop)
        pouch = reference(Pouch, ("pouchdb", "express-pouchdb", "express", "leveldown"), arguments,
                          certificates, folder)
        mqtt = reference(Mqtt, ("aedes", "mqtt", "better-sqlite3/build/Release"), arguments,
                         certificates, folder)
        for side in (pouch, mqtt):
            if side:
                ends.callback(side.server.process.stop)
        speed_rows(boxes, pouch, mqtt)
        if pouch:
            bytes_row(boxes, pouch)


if __name__ == "__main__":
    main()
