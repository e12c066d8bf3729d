#!/usr/bin/python3
"""boxctl test, from the command to the device and back: every piece, contact and scan is shown;
test money is in no gift and stands on a line of its own; nobody is tested in front of a donor."""

import os
import signal

from street import BIN, SAMPLE, StreetTest, main, wait_for

from tools.world.box import Box
from tools.world.devices import Door, Scanner
from tools.world.ledger import DOMAIN

DEVICES = ("coin", "note", "printer", "screen", "scanner", "door")
REJECTED = 2  # a bill validator's event: it could not read the note


class TryingOut(StreetTest):
    def make_box(self, box_id):
        """A box with every device that can be tried out."""
        box = Box(BIN, self.folder / box_id, self.ledger.port, box_id)
        self.addCleanup(box.stop)
        box.add_note_acceptor("--moving-ms", "100")
        self.door, self.scanner = Door(box.folder), Scanner(box.folder / "scanner.pipe")
        self.addCleanup(self.door.close)
        self.ledger.sign_pack(box, SAMPLE)
        box.write_config()
        with open(box.config, "a", encoding="utf-8") as config:
            config.write(self.door.section() + self.scanner.section())
        box.ctl("init", "--domain", DOMAIN)
        self.ledger.enrol(box)
        return box

    def start(self):
        self.box.start()
        self.wait_accepting()
        self.door.move(False)
        wait_for("the door's contact", lambda: "door: closed" in self.box.ctl("devices"))

    def begin_test(self, *arguments):
        """boxctl test, under way, and its output so far as a function."""
        child, file = self.begin_boxctl("test", *arguments)

        def under_way():
            self.assertIsNone(child.poll(), file.read_text())
            return "Ctrl-C" in file.read_text()
        wait_for(f"the test of the {arguments[0]} to begin", under_way)
        return child, file.read_text

    def interrupt(self, child):
        child.send_signal(signal.SIGINT)
        child.wait(10)
        self.box.wait_scene("idle")

    def wait_note(self, note):
        wait_for("the slot to open", lambda: self.devices()["note"].get("open"))
        wait_for(f"a {note} to be drawn in", lambda: self.box.note.insert(note))
        wait_for("the note's way to end", lambda: "busy=0" in self.box.note.ask("status"))

    def test_test_notes_are_in_no_gift_and_on_a_line_of_their_own(self):
        self.ledger.start()
        self.start()
        child, said = self.begin_test("note", "--pieces", "2")
        self.box.wait_scene("testing")
        self.box.note.ask(f"event {REJECTED}")
        wait_for("the refusal to be shown", lambda: f"(code {REJECTED})" in said())
        for note in ("CN0010A", "CN0001A"):
            self.wait_note(note)
        self.assertEqual(child.wait(30), 0, said())
        self.assertRegex(said(), r"(?m)^went back: .*\(code 2\)$")
        self.assertRegex(said(), r"(?m)^a note of 10\.00 yuan is held, counter \d+$")
        self.assertRegex(said(), r"(?m)^10\.00 yuan, position 3, counter \d+: test money")
        self.assertRegex(said(), r"(?m)^1\.00 yuan, position 1, counter \d+: test money")
        self.assertRegex(said(), r"(?m)^2 pieces, 11\.00 yuan of test money: in no gift, expected")
        self.box.wait_scene("idle")
        self.wait_note("CN0005A")
        wait_for("the gift after the test", lambda: self.box.status()["gift_fen"] == 500)
        self.wait_synced()
        report = [row for row in self.ledger.report("sync")["rows"] if row["box"] == self.box.id]
        figures = self.stop_and_audit()
        self.assertEqual((figures["test_fen"], figures["fen"], figures["gifts"]), (1100, 500, 1))
        self.assertEqual(report[0]["test_fen"], 1100)
        self.assertEqual([(entry["device"], entry["fen"], entry["purpose"])
                          for entry in self.entries("cash")],
                         [("note", 1000, "test"), ("note", 100, "test"), ("note", 500, "gift")])

    def test_the_lock_is_pulsed_and_each_change_of_the_contact_is_shown(self):
        self.start()
        before = self.door.coil_levels()
        self.assertEqual(set(before), {"0"}, "a lock is off from the start")
        child, said = self.begin_test("door", "--unlock")
        wait_for("the pulse to be told", lambda: "the lock was pulsed" in said())
        self.assertIn("door: closed\n", said())
        wait_for("the coil to be off again",
                 lambda: self.door.coil_levels()[len(before):].lstrip("0").startswith("10"))
        for is_open, words in ((True, "door: open"), (False, "door: closed")):
            shown = said().count(words)
            self.door.move(is_open)
            wait_for(words, lambda: said().count(words) == shown + 1)
        self.interrupt(child)
        self.assertEqual(self.door.coil_levels().count("1"), 1)
        self.assertEqual(self.stop_and_audit()["tampers"], 0)
        who = f"boxctl uid {os.geteuid()}"
        self.assertEqual([(entry["contact"], entry["state"], entry["authority"])
                          for entry in self.entries("door")],
                         [("lock", "unlocked", who), ("door", "opened", who),
                          ("door", "closed", who)])

    def test_a_door_opened_in_a_test_without_unlocking_is_tampering(self):
        self.start()
        child, said = self.begin_test("door")
        self.door.move(True)
        wait_for("the door", lambda: "door: open" in said())
        wait_for("the alarm", lambda: "opened without authority" in self.box.ctl("status"))
        self.door.move(False)
        wait_for("the end of the alarm",
                 lambda: "opened without authority" not in self.box.ctl("status"))
        self.interrupt(child)
        self.assertNotIn("1", self.door.coil_levels())
        self.assertEqual(self.stop_and_audit()["tampers"], 1)

    def test_what_is_scanned_is_shown_whole(self):
        self.start()
        self.scanner.scan("before-the-test")
        child, said = self.begin_test("scanner")
        self.scanner.scan("x" * 65)  # too long: dropped, not cut
        self.scanner.scan("Badge-0042")
        wait_for("the scan", lambda: "scanned: Badge-0042\n" in said())
        self.assertEqual(said().count("scanned"), 1, said())
        self.interrupt(child)
        self.stop_and_audit()
        self.assertNotIn("0042", "".join(self.lines()))

    def test_no_device_is_tested_while_a_donor_stands_in_front(self):
        self.start()
        self.box.tap("begin_free")
        self.box.wait_scene("amount_choice")
        for device in DEVICES:
            with self.subTest(device):
                unlock = ["--unlock"] if device == "door" else []
                code, words = self.boxctl("test", device, *unlock)
                self.assertEqual(code, 1, words)
                self.assertIn("somebody stands in front of the box; try again when", words)
        self.assertNotIn("1", self.door.coil_levels())
        self.give("CN100A")
        self.box.tap("finish")
        self.box.tap("no_slip")
        self.box.wait_scene("idle")
        child, said = self.begin_test("coin", "--pieces", "1")
        self.assertTrue(self.box.drop("CN050A"))
        self.assertEqual(child.wait(30), 0, said())
        figures = self.stop_and_audit()
        self.assertEqual((figures["fen"], figures["gifts"], figures["test_fen"]), (100, 1, 50))
        self.assertEqual(list(self.box.printer.slips.glob("*.txt")), [])

    def test_one_device_is_tested_at_a_time(self):
        self.start()
        child, _ = self.begin_test("note")
        for device in DEVICES:
            code, words = self.boxctl("test", device)
            self.assertEqual(code, 1, words)
            self.assertIn("another test is under way", words)
        self.interrupt(child)
        code, words = self.boxctl("test", "printer")
        self.assertEqual(code, 0, words)
        self.stop_and_audit()


if __name__ == "__main__":
    main()
