#!/usr/bin/python3
"""Notes in real kioskd with a simulated validator: an intent before each note is stacked, cash only
when it is; a kill, a pulled cable or a power cut in escrow ends as credited, returned or disputed;
a full stacker is told; a one-yuan note is a one-yuan gift."""

import random
import time

from street import BIN, SAMPLE, StreetTest, main, wait_for
from tools.world.box import Box
from tools.world.ledger import DOMAIN

ENDS = ("cash", "returned", "disputed")


class Notes(StreetTest):
    def make_box(self, box_id):
        return None  # each test's own

    def begin(self, *options):
        """A box with a validator made by `options`, running and open."""
        self.box = Box(BIN, self.folder / "market-01", self.ledger.port, "market-01")
        self.addCleanup(lambda: self.box.stop())
        self.box.add_note_acceptor(*options)
        self.ledger.sign_pack(self.box, SAMPLE)
        self.box.write_config()
        self.box.ctl("init", "--domain", DOMAIN)
        self.ledger.enrol(self.box)
        self.box.start()
        self.wait_notes()

    def wait_notes(self):
        self.wait_accepting()
        wait_for("notes to be taken", lambda: self.box.process.expect_running() or
                 "master=1" in self.box.note.ask("status"))

    def insert(self, note):
        self.assertTrue(self.box.note.insert(note), f"the validator refused a {note}")

    def wait_rest(self):
        """Until the validator holds nothing and every intent has its end."""
        wait_for("the path to be empty", lambda: "busy=0" in self.box.note.ask("status"), 40)
        wait_for("every intent to end", lambda: self.box.process.expect_running() or
                 not self.open_intents(), 40)

    def open_intents(self):
        left = 0
        for entry in self.entries("intent", *ENDS):
            if entry["type"] == "intent":
                left += 1
            elif entry["device"] == "note":
                left = 0
        return left

    def check_accounts(self):
        """What is stacked is credited or disputed, never both, and nothing else is credited."""
        stacked = [int(fields[4]) for fields in self.box.note.notes("stacked")]
        cash = [entry["fen"] for entry in self.entries("cash") if entry["device"] == "note"]
        unclear = [entry["fen"] for entry in self.entries("disputed")]
        left = list(stacked)
        for fen in cash:
            self.assertIn(fen, left, "cash that was never stacked")
            left.remove(fen)
        for fen in left:
            self.assertIn(fen, unclear, "a note is in the box, and nobody said so")
            unclear.remove(fen)

    def check_journal(self):
        self.stop_and_audit()
        self.check_accounts()

    def test_a_note_is_an_intent_then_cash_then_a_gift(self):
        self.begin()
        for note in ("CN0001A", "CN0100A"):
            self.insert(note)
            self.wait_rest()
        kinds = [(entry["type"], entry["fen"]) for entry in self.entries("intent", "cash")]
        self.assertEqual(kinds, [("intent", 100), ("cash", 100), ("intent", 10000),
                                 ("cash", 10000)])
        intent, cash = self.entries("intent")[0], self.entries("cash")[0]
        self.assertNotEqual(intent["counter"], cash["counter"])
        wait_for("the gift to be closed", lambda: self.box.status().get("open_fen") == 0)
        self.assertEqual(self.box.status()["gift_fen"], 10100)
        self.check_journal()

    def test_a_one_yuan_note_is_a_one_yuan_gift(self):
        self.begin()
        self.insert("CN0001A")
        wait_for("the gift", lambda: self.box.status().get("gifts") == 1 and
                 self.box.status().get("open_fen") == 0)
        self.assertEqual(self.entries("gift")[0]["fen"], 100)
        self.check_journal()

    def test_a_kill_in_escrow_ends_as_credited_returned_or_disputed(self):
        self.begin("--moving-ms", "500")
        chance = random.Random(20261124)
        for number in range(6):
            with self.subTest(round=number):
                self.insert(chance.choice(("CN0001A", "CN0020A", "CN0100A")))
                time.sleep(0.4 + 0.8 * chance.random())
                self.box.kill()
                self.box.start()
                self.wait_notes()
                self.wait_rest()
                self.check_accounts()
        self.assertEqual(len(self.box.note.notes("stacked")) +
                         len(self.box.note.notes("given-back")), 6)
        self.check_journal()

    def test_power_lost_in_escrow_is_disputed_and_never_credited_besides(self):
        self.begin("--after-power", "stack", "--moving-ms", "2000")
        self.insert("CN0100A")
        wait_for("the intent", lambda: self.entries("intent"))
        self.box.note.ask("power-cycle 300")
        self.wait_rest()
        self.assertEqual([entry["fen"] for entry in self.entries("disputed")], [10000])
        self.assertEqual(self.entries("cash"), [])
        self.wait_notes()
        self.insert("CN0001A")
        self.wait_rest()
        self.assertEqual([entry["fen"] for entry in self.entries("cash")], [100])
        self.check_journal()

    def test_a_pulled_cable_in_escrow_loses_nothing(self):
        self.begin("--moving-ms", "1500")
        self.insert("CN0050A")
        wait_for("the intent", lambda: self.entries("intent"))
        self.box.note.ask("unplug")
        time.sleep(1)
        self.box.note.ask("plug")
        self.wait_rest()
        self.assertEqual([entry["fen"] for entry in self.entries("cash")], [5000])
        self.check_journal()

    def test_a_full_stacker_is_told_and_coins_go_on(self):
        self.begin("--room", "1")
        self.insert("CN0005A")
        self.wait_rest()

        def told(code):
            rows = {row["name"]: row for row in self.box.status().get("devices", [])}
            return rows.get("note", {}).get("code") == code
        wait_for("the full stacker to be told", lambda: told("stacker full"))
        self.assertIn("stacker full", self.box.ctl("status"))
        self.assertFalse(self.box.note.insert("CN0005A"))
        self.give("CN100A")
        self.box.note.ask("emptied")
        wait_for("the stacker to be in order", lambda: told(""))
        self.wait_notes()
        self.insert("CN0005A")
        self.wait_rest()
        self.check_journal()

    def test_a_closed_box_takes_no_notes(self):
        self.begin()
        self.box.pack.unlink()
        wait_for("the gate to close", lambda: not self.box.status().get("accepting", True), 60)
        wait_for("the slot to shut", lambda: "master=0" in self.box.note.ask("status"))
        self.assertFalse(self.box.note.insert("CN0100A"))


if __name__ == "__main__":
    main()
