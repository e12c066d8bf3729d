#!/usr/bin/python3
"""A box that was alone for 30 and for 90 days brings 200,000 entries: cut in the middle again and again,
with a certificate that ended, a wrong clock, half of it on a stick; everything arrives once, nothing
is sent again but the batch that was cut, and coins are taken all the while."""

import contextlib
import json
import shutil
import sqlite3

from cryptography.hazmat.primitives import serialization
from clock_test import FAKETIME, wrong_clock
from hostile_box import authority, certificate
from street import BIN, StreetTest, call, main, wait_for
from tools.world.process import run
from wire import Wire

ENTRIES = 200_000
GIFTS = (ENTRIES - 2) // 2     # of one yuan; then two entries that are none: epoch and start
BATCH = 1000                   # entries, at most


class LongOffline(StreetTest):
    def setUp(self):
        super().setUp()
        self.wire = Wire(self.ledger.port)
        self.addCleanup(self.wire.close)
        self.box.ledger_port = self.wire.port
        self.box.write_config()

    def alone_for(self, days):
        """The box's journal, as it is after so long."""
        request = json.loads((self.box.data / "request.json").read_text())
        run(BIN / "fill_journal", self.box.journal, "--origin", request["origin"], "--key",
            request["log"], "--entries", ENTRIES, "--days", days)
        with contextlib.closing(sqlite3.connect(self.box.journal)) as db:
            held, = db.execute("SELECT count(*) FROM entry").fetchone()
        self.assertEqual(held, ENTRIES)

    def cosigned(self):
        return self.box.status().get("ledger", {}).get("cosigned", 0)

    def head(self):
        return self.ledger.report("sync")["rows"][0]["ledger_head"]

    def break_off(self, how):
        """A batch is held: `how` breaks the sync off there. It goes on for 20 batches more, and of what
        the ledger had, one batch is sent again at most."""
        before, batches = self.head(), self.wire.batches
        how()
        self.wire.hold(after=20)
        sent_again = (self.wire.batches - batches) * BATCH - (self.head() - before)
        self.assertLessEqual(sent_again, BATCH)

    def kill_box(self):
        self.box.kill()
        self.wire.release()
        self.box.start()

    def kill_ledger(self):
        self.ledger.process.kill()
        self.wire.release()
        self.ledger.start()

    def kill_both(self):
        self.ledger.process.kill()
        self.kill_box()
        self.ledger.start()

    def check_all_counted_once(self, coins):
        """Everything is at the ledger and verified; every gift and every coin stands in its books once."""
        rows = self.ledger.report("sync")["rows"]
        self.assertEqual(rows[0]["ledger_head"], len(self.lines()))
        total = self.ledger.report("day")["total"]
        self.assertEqual(total["gifts"], GIFTS + coins)
        self.assertEqual(total["fen"], 100 * (GIFTS + coins))
        self.ledger.ctl("verify")
        self.assertEqual(self.box.process.stop(), 0)

    def test_thirty_days_and_many_cuts(self):
        self.alone_for(30)
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.wire.hold(after=20)
        before = self.head()
        self.give("CN100A", "CN100B", "CN100A")  # taken, thanked and durable, though sync hangs
        self.assertEqual(self.head(), before)
        self.break_off(lambda: self.wire.release("cut"))
        self.break_off(lambda: self.wire.release("lose"))
        self.break_off(self.kill_box)
        self.break_off(self.kill_ledger)
        self.break_off(self.kill_both)
        self.break_off(self.wire.release)  # for once, nothing
        self.wire.release()
        self.give("CN100B", "CN100A")
        self.wait_synced()
        self.check_all_counted_once(coins=5)

    def export(self, stick):
        code, said = self.boxctl("export", stick)
        self.assertEqual(code, 0, said)

    def load(self, stick):
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "import", stick)
        self.assertEqual(code, 0, said)

    def end_certificate(self):
        """The box's certificate is one that ended a week ago, for the same key."""
        identity = json.loads(self.box.identity.read_text())
        own = serialization.load_pem_private_key(
            (self.box.data / "keys" / "tls.key").read_bytes(), None)
        made, _ = certificate(self.folder, "ended", self.box.id, authority(self.ledger.keys), -97,
                              -7, key=own)
        identity["certificate"] = made.read_text()
        self.box.identity.write_text(json.dumps(identity))

    def test_ninety_days_an_ended_certificate_a_wrong_clock_and_a_stick(self):
        self.alone_for(90)
        self.end_certificate()
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B")
        wait_for("the box to say why", lambda: "certificate" in self.box.status()["ledger"].get(
            "trouble", ""), 60)
        self.assertEqual(self.head(), 0)
        alarms = self.ledger.report("sync")["rows"][0]["alarms"]
        self.assertTrue(any("certificate has expired" in text for text in alarms), alarms)

        # Half of it by stick, which needs no certificate.
        whole, half = self.folder / "stick", self.folder / "half"
        whole.mkdir()
        self.export(whole)
        shutil.copytree(whole, half)
        batches = sorted(half.rglob("*.batch"))
        self.assertGreaterEqual(len(batches), ENTRIES // BATCH)
        for batch in batches[len(batches) // 2:]:
            batch.unlink()
        self.load(half)
        there = self.head()
        self.assertEqual(there, len(batches) // 2 * BATCH)
        self.assertEqual(self.cosigned(), 0)  # the stick has not been back

        # The rest by network: a new certificate for the same keys, and a clock that is at 1970.
        self.assertEqual(self.box.process.stop(), 0)
        self.ledger.ctl("box", "renew", self.box.id, "--request", self.box.data / "request.json",
                        "--out", self.box.identity)
        batches_sent = self.wire.batches
        self.box.start(env=wrong_clock("1970-01-01 00:05:00") if FAKETIME else None)
        self.wait_accepting()
        self.give("CN100B")
        self.wait_synced()
        self.assertLessEqual(self.wire.batches - batches_sent, (ENTRIES - there) // BATCH + 3)
        self.load(whole)  # all of it once more
        self.load(half)
        self.export(half)  # what the ledger wrote onto it changes nothing that is newer
        self.assertEqual(self.cosigned(), len(self.lines()))
        self.check_all_counted_once(coins=3)


if __name__ == "__main__":
    main()
