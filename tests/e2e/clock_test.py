#!/usr/bin/python3
"""A box whose clock is at 1970, or ten years ahead, reaches its ledger over TLS, learns the time
there, and keeps its entries in their order."""

import contextlib
import datetime
import json
import os
import pathlib
import sqlite3

from street import StreetTest, audit, main, wait_for

FAKETIME = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def wrong_clock(start):
    """The environment of a program whose wall clock begins there; its monotonic clock is true."""
    return {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": f"@{start}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}


class Clock(StreetTest):
    def setUp(self):
        if not FAKETIME:
            if os.environ.get("CI"):
                self.fail("needs faketime")
            self.skipTest("skipped: needs faketime")
        super().setUp()

    def entries(self):
        with contextlib.closing(sqlite3.connect(self.box.journal)) as db:
            return [json.loads(line) for line, in db.execute("SELECT line FROM entry ORDER BY seq")]

    def play(self, start, begins_in):
        first_day = datetime.datetime.now(SHANGHAI).date()
        self.box.start(env=wrong_clock(start))
        clock = self.box.status()["clock"]
        self.assertTrue(clock["time"].startswith(begins_in), clock)
        self.assertNotIn(clock["quality"], ("ntp", "ledger"))
        self.ledger.start()
        self.wait_accepting()  # behind the gate until the ledger said what day it is
        self.assertEqual(self.box.status()["clock"]["quality"], "ledger")
        self.give("CN100A", "CN100B")
        self.box.kill()
        self.box.start(env=wrong_clock(start))  # the box has no battery
        self.wait_accepting()
        self.give("CN100A")
        self.wait_synced()
        self.assertEqual(self.box.status()["ledger"]["alarm"], "")
        self.box.process.stop()

        entries = self.entries()
        self.assertEqual([entry["seq"] for entry in entries], list(range(len(entries))))
        self.assertTrue(entries[0]["at"].startswith(begins_in), entries[0])
        for boot in {entry["boot"] for entry in entries}:
            ups = [entry["up"] for entry in entries if entry["boot"] == boot]
            self.assertEqual(ups, sorted(ups), "uptime went back within a boot")
        self.assertIn("clock", {entry["type"] for entry in entries})
        self.assertEqual([e["counter"] for e in entries if e["type"] == "cash"], [1, 2, 3])
        days = {str(first_day), str(datetime.datetime.now(SHANGHAI).date())}
        rows = self.ledger.report("day")["rows"]
        self.assertEqual(sum(row["fen"] for row in rows), 300)
        self.assertLessEqual({row["day"] for row in rows}, days)
        self.assertEqual(self.ledger.report("sync")["rows"][0]["ledger_head"], len(entries))
        self.assertEqual(audit(self.box.journal)[1]["wrong"], [])
        self.ledger.stop()
        self.assertEqual(audit(self.ledger.store)[1]["wrong"], [])

    def test_a_clock_at_1970(self):
        self.play("1970-01-01 00:05:00", "1970-01-01")

    def test_a_clock_ten_years_ahead(self):
        ahead = datetime.datetime.now(datetime.timezone.utc).year + 10
        self.play(f"{ahead}-03-01 12:00:00", f"{ahead}-03-01")


if __name__ == "__main__":
    main()
