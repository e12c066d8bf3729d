#!/usr/bin/python3
"""Two ledgerd on one PostgreSQL, boxes that meet now the one and now the other, and in mid-day a
database that crashes, one that is stopped, and a ledgerd that is killed: nothing is lost or counted
twice, each size of a log is cosigned once, and everybody goes on without anybody's help."""

import contextlib
import http.client
import json
import pathlib
import random
import socket
import ssl
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.world.box import Box  # noqa: E402
from tools.world.ledger import DOMAIN, Ledger  # noqa: E402
from tools.world.postgres import Postgres  # noqa: E402
from tools.world.process import Failure, wait_for  # noqa: E402

SAMPLE = ROOT / "config" / "campaign" / "sample.json"
BIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()
BOXES = 3
COINS = ("CN100A", "CN100B", "CN050A", "CN010A")

# Keeps every head that a log ever had, in the order of the commits: the tables keep the newest.
WITNESS = """
CREATE TABLE seen (number bigserial, origin text, size bigint, note text);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO seen (origin, size, note) VALUES (NEW.origin, NEW.size, NEW.note); RETURN NULL; END $$;
CREATE TRIGGER witness AFTER UPDATE ON logs FOR EACH ROW EXECUTE FUNCTION witness();
"""


class InTurn:
    """A port behind which two ledgerd stand: each connection goes to the other one, and ends after
    half a second, whatever is under way."""

    LONGEST = 0.5

    def __init__(self, ports):
        self.ports, self.turn, self.served = ports, 0, [0] * len(ports)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.turn += 1
            threading.Thread(target=self.carry, args=(client, self.turn % 2), daemon=True).start()

    def carry(self, client, which):
        with contextlib.suppress(OSError), client:
            with socket.create_connection(("127.0.0.1", self.ports[which]), 5) as server:
                self.served[which] += 1
                pairs = ((client, server), (server, client))
                ends = [threading.Thread(target=self.pump, args=pair, daemon=True) for pair in pairs]
                for end in ends:
                    end.start()
                ends[0].join(self.LONGEST)
                for link in (client, server):
                    with contextlib.suppress(OSError):
                        link.shutdown(socket.SHUT_RDWR)
                for end in ends:
                    end.join()

    @staticmethod
    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


class TwoLedgerd(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-e2e-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.database = Postgres()
        self.addCleanup(self.database.remove)
        self.database.start()
        self.ledgers = [Ledger(BIN, self.folder / "one", postgres=self.database.where())]
        self.ledgers.append(
            Ledger(BIN, self.folder / "two", postgres=self.database.where(), keys_of=self.ledgers[0]))
        for ledger in self.ledgers:
            self.addCleanup(ledger.stop)
        self.between = InTurn([ledger.port for ledger in self.ledgers])
        self.addCleanup(self.between.listener.close)
        self.boxes = []

    def add_box(self, number):
        """Enrolled by one of the two, whose turn it is."""
        ledger = self.ledgers[number % 2]
        box = Box(BIN, self.folder / f"box-{number}", self.between.port, f"market-{number}")
        self.addCleanup(box.stop)
        ledger.sign_pack(box, SAMPLE)
        box.write_config()
        box.ctl("init", "--domain", DOMAIN)
        ledger.enrol(box)
        box.start()
        self.boxes.append(box)

    def drop(self, count):
        for _ in range(count):
            box, coin = self.chance.choice(self.boxes), self.chance.choice(COINS)
            wait_for("a coin to be taken", lambda b=box, c=coin: b.drop(c, 0.05))

    def ask(self, ledger, box):
        """A ledgerd's answer to the box's last heartbeat once more: its status and its fields."""
        identity = json.loads(box.identity.read_text())
        certificate = self.folder / "certificate.pem"
        certificate.write_text(identity["certificate"])
        context = ssl.create_default_context(cadata=identity["authority"])
        context.load_cert_chain(certificate, box.data / "keys" / "tls.key")
        link = http.client.HTTPSConnection("localhost", ledger.port, context=context, timeout=60)
        with contextlib.closing(link):
            link.request("POST", "/v1/heartbeat", self.words[box.id].encode(),
                         {"content-type": "application/json"})
            answer = link.getresponse()
            answer.read()
            return answer.status, answer.headers

    def log_of(self, ledger):
        return ledger.process.log.read_text(errors="replace")

    def start_boxes_anew(self):
        """503 says to come back in half a minute, and what fails is tried at longer and longer
        intervals; a box that was just started asks at once."""
        for box in self.boxes:
            box.process.stop()
            box.start()

    def wait_synced(self):
        for box in self.boxes:
            wait_for(f"{box.id} to be synced", lambda b=box: b.status().get("unsynced") == 0 and
                     b.status().get("open_fen") == 0, 120)

    def test_a_day_on_which_everything_is_restarted(self):
        self.chance = random.Random(20261017)
        self.database.stop()
        waiting = self.ledgers[0]
        waiting.begin()
        wait_for("a word about the database", lambda: waiting.process.expect_running() or
                 "does not answer" in self.log_of(waiting))
        self.database.start()
        wait_for("ledgerd", waiting.answers)
        self.ledgers[1].start()
        self.database.ask(WITNESS)
        for number in range(BOXES):
            self.add_box(number)
        for _ in range(5):
            self.drop(5)
            self.wait_synced()
        wait_for("heartbeats", lambda: self.database.ask("SELECT count(*) FROM last_words") ==
                 str(BOXES), 60)
        self.words = dict(line.split("|", 1) for line in self.database.ask(
            "SELECT box, json FROM last_words").splitlines())

        self.database.kill()  # a crash: it comes back on the same port after a while
        self.drop(15)
        for ledger in self.ledgers:
            status, fields = self.ask(ledger, self.boxes[0])
            self.assertEqual(status, 503)
            self.assertGreater(int(fields["retry-after"]), 0)
            ledger.process.expect_running()
        self.database.start()
        for ledger in self.ledgers:
            wait_for("200 again", lambda led=ledger: self.ask(led, self.boxes[0])[0] == 200)
        self.drop(15)
        self.start_boxes_anew()
        self.wait_synced()

        self.ledgers[0].process.kill()
        self.drop(15)
        self.ledgers[0].start()
        self.database.stop()
        self.drop(15)
        self.database.start()
        self.drop(15)
        self.start_boxes_anew()
        self.wait_synced()
        self.compare()

    def compare(self):
        accepted = sum(int(fields[3]) for box in self.boxes for fields in box.coin.accepted())
        days = [ledger.report("day") for ledger in self.ledgers]
        self.assertEqual(days[0], days[1])
        status = [box.status() for box in self.boxes]
        self.assertEqual(sum(s["cash_fen"] for s in status), accepted)
        given = self.database.ask("SELECT sum(fen) FROM rollups")
        self.assertEqual(int(given), accepted)
        self.assertEqual(self.database.ask("SELECT sum(fen) FROM accounts"), "0")
        self.assertEqual(self.database.ask("SELECT count(*) FROM alarms"), "0")
        for ledger in self.ledgers:
            self.assertNotIn("ALARM", self.log_of(ledger))
        # Each box's lines, byte for byte.
        for box in self.boxes:
            lines = self.database.ask("SELECT convert_from(line, 'UTF8') FROM entries "
                                      f"WHERE box = '{box.id}' ORDER BY origin, seq").splitlines()
            self.assertEqual(lines, box.lines())
        self.assertGreater(int(self.database.ask("SELECT count(*) FROM seen")), 15)
        twice = ("SELECT count(*) FROM (SELECT 1 FROM seen WHERE size > 0 GROUP BY origin, size "
                 "HAVING count(DISTINCT note) > 1) AS twice")
        self.assertEqual(self.database.ask(twice), "0")
        back = ("SELECT count(*) FROM (SELECT size < lag(size) OVER (PARTITION BY origin ORDER BY "
                "number) AS back FROM seen) AS steps WHERE back")
        self.assertEqual(self.database.ask(back), "0")
        self.assertGreater(min(self.between.served), 3, "one of the two was never asked")
        # The books, made again by one while the other runs.
        self.assertIn("right", self.ledgers[1].ctl("rebuild"))


class Refusals(unittest.TestCase):
    def test_a_server_that_would_lose_what_it_confirmed_is_refused(self):
        with tempfile.TemporaryDirectory(prefix="yijuan-e2e-") as folder:
            with Postgres(fsync="off") as database:
                with self.assertRaisesRegex(Failure, "fsync is off"):
                    Ledger(BIN, pathlib.Path(folder) / "new", postgres=database.where())
                ledger = Ledger(BIN, pathlib.Path(folder) / "old")
                text = ledger.config.read_text().replace('"sqlite"', '"postgres"')
                ledger.config.write_text(text.replace('postgres = ""',
                                                      f'postgres = "{database.where()}"'))
                ledger.begin()
                self.assertEqual(ledger.process.popen.wait(60), 1)
                self.assertIn("fsync is off", ledger.process.log.read_text())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
