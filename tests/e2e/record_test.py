#!/usr/bin/python3
"""boxctl record and replay: the real bytes of a running kioskd's coin or note acceptor go to a file,
and the file gives the driver the same money and faults again, without kioskd and without a device;
a printer's are read out in words.
With YIJUAN_KEEP_RECORDINGS=FOLDER the recordings, their facts and their section are kept there."""

import os
import pathlib
import re
import subprocess
import time

from street import BIN, StreetTest, main, wait_for

from tools.world.devices import NoteAcceptor

KEEP = os.environ.get("YIJUAN_KEEP_RECORDINGS")


class Record(StreetTest):
    def record(self, name, seconds, meanwhile, device="coin"):
        """Records the device while `meanwhile` happens to it; what the replay says."""
        file = self.folder / f"{device}_{name}.rec"
        recording = subprocess.Popen(
            [BIN / "boxctl", "--config", self.box.config, "record", device, file, "--seconds",
             str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(recording.stdout.close)
        wait_for("the recording to begin", lambda: recording.poll() is not None or
                 (file.exists() and " +\n" in file.read_text()))
        time.sleep(2.5)
        meanwhile()
        said = recording.communicate(timeout=120)[0]
        self.assertEqual(recording.returncode, 0, said)
        self.assertRegex(said, r"\d+ events, \d+ bytes")
        code, facts = self.boxctl("replay", device, file)
        self.assertEqual(code, 0, facts)
        self.assertEqual(self.boxctl("replay", device, file), (0, facts), "the same every time")
        if KEEP:
            self.keep(file, device)
        return facts

    def keep(self, file, device):
        kept = pathlib.Path(KEEP) / file.name
        section = re.search(rf"^\[{device}\]\n.*?(?=^\[(?!\[{device}\.)|\Z)",
                            self.box.config.read_text(encoding="utf-8"), re.M | re.S)[0]
        port = re.search(r'port = "serial:([^"]*)"', section)
        text = file.read_text()
        if port:
            text = text.replace(port[1], f"/dev/kiosk/{device}")
        kept.write_text(text)
        facts = subprocess.run([BIN / "boxctl", "--config", self.box.config, "replay", device, kept],
                               capture_output=True, text=True, check=True, timeout=60)
        kept.with_suffix(".facts").write_text(facts.stdout)
        if device == "printer":
            return  # read out without its section
        section = re.sub(r'port = "[^"]*"', f'port = "serial:/dev/kiosk/{device}"', section)
        kept.with_suffix(".toml").write_text(section.rstrip() + "\n")

    def test_recorded_faults_are_replayed(self):
        self.box.start()
        self.wait_accepting()

        def coins():
            self.give("CN100A", "CN050A")
            self.box.coin.ask("reject 1")
            self.give("CN010A")

        facts = self.record("taken", 8, coins)
        self.assertEqual(re.findall(r"accepted \d+: position (\d), (\d+) fen", facts),
                         [("1", "100"), ("3", "50"), ("4", "10")])
        self.assertIn("returned 1: reject", facts)

        facts = self.record("sensor_blocked", 9, lambda: self.box.coin.ask("error 14"))
        self.assertRegex(facts, r"coin: fault: credit sensor blocked\n")
        self.assertRegex(facts, r"credit sensor blocked[^$]*coin: works\n")

        facts = self.record("power_cut", 16, lambda: (
            self.give("CN100A"), self.box.coin.ask("power-cycle")))
        self.assertRegex(facts, r"coin: \d+ at \d+, \w+, RESTARTED\n")

        def cable():
            self.box.coin.ask("unplug")
            time.sleep(2)
            self.box.coin.ask("plug")

        facts = self.record("cable_pulled", 12, cable)
        self.assertRegex(facts, r"coin: offline: [^\n]+\n(.*\n)*coin: works\n")

    def record_note(self, name):
        """One note is stacked, while its acceptor is recorded."""
        self.box.start()
        self.wait_accepting()
        note = self.box.note

        def insert():
            wait_for("a note to be drawn in", lambda: note.insert("CN0001A"), 30)

        facts = self.record(name, 14, insert, "note")
        self.assertEqual(len(note.notes("stacked")), 1)
        self.assertRegex(facts, r"  accepted \d+: position \d, 100 fen\n")
        return facts

    def test_a_note_is_replayed_with_its_verdict(self):
        self.box.add_note_acceptor()
        self.box.write_config()
        self.assertRegex(self.record_note("cctalk_stacked"), r"in escrow")

    def test_a_note_of_an_acceptor_without_recovery_is_replayed_too(self):
        self.box.note = NoteAcceptor(BIN, self.box.folder, "--notes", "CN0001A", protocol="ict")
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(f'\n[note]\ndriver = "ict"\nport = "serial:{self.box.note.port}"\n\n'
                         "[[note.table]]\nposition = 1\nfen = 100\n")
        self.record_note("ict_stacked")

    def test_a_printers_recording_is_read_out_in_words(self):
        self.box.start()
        self.wait_accepting()

        def slips():
            code, said = self.boxctl("test", "printer")
            self.assertEqual(code, 0, said)
            self.assertEqual(self.box.printer.ask("paper-out 20"), "ok")
            self.assertNotEqual(self.boxctl("test", "printer")[0], 0)
            self.assertEqual(self.box.printer.ask("paper-in"), "ok")
            code, said = self.boxctl("test", "printer")
            self.assertEqual(code, 0, said)

        words = self.record("paper_out", 25, slips, "printer")
        self.assertRegex(words, r"\d+\.\d{3}  sends the text \".*测试.*\"\n")
        self.assertRegex(words, r"(?s)tells it to cut\n.*no paper.*DLE EOT \d: 12, well\n"
                                r".*上一张凭条未打完.*tells it to cut\n.*answers GS r: 00, well\n")

    def test_what_cannot_be_recorded_or_replayed_is_said(self):
        file = self.folder / "a.rec"
        code, said = self.boxctl("record", "coin", file)
        self.assertEqual(code, 1, said)
        self.assertFalse(file.exists(), "nothing is left behind where no kioskd runs")
        self.box.start()
        for arguments, words in ((("record", "lamp", file), "no device"),
                                 (("record", "display", file), "display cannot be recorded"),
                                 (("record", "coin", file, "--seconds", "0"), "between 1 and"),
                                 (("replay", "coin", file), "a.rec")):
            code, said = self.boxctl(*arguments)
            self.assertEqual(code, 1, said)
            self.assertIn(words, said)
        file.write_text("mine")
        code, said = self.boxctl("record", "coin", file, "--seconds", "1")
        self.assertEqual((code, file.read_text()), (1, "mine"), said)
        code, said = self.boxctl("replay", "coin", file)
        self.assertEqual(code, 1)
        self.assertIn("line 1", said)


if __name__ == "__main__":
    main()
