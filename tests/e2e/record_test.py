#!/usr/bin/python3
"""boxctl record and replay: the real bytes of a running kioskd's coin acceptor go to a file, and
the file gives the driver the same coins and faults again, without kioskd and without a device.
With YIJUAN_KEEP_RECORDINGS=FOLDER the recordings, their facts and their section are kept there."""

import os
import pathlib
import re
import subprocess
import time

from street import BIN, StreetTest, call, main, wait_for

KEEP = os.environ.get("YIJUAN_KEEP_RECORDINGS")


class Record(StreetTest):
    def boxctl(self, *arguments):
        return call(BIN / "boxctl", "--config", self.box.config, *arguments)

    def record(self, name, seconds, meanwhile):
        """Records the acceptor while `meanwhile` happens to it; the facts of the replay."""
        file = self.folder / f"coin_{name}.rec"
        recording = subprocess.Popen(
            [BIN / "boxctl", "--config", self.box.config, "record", "coin", file, "--seconds",
             str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(recording.stdout.close)
        wait_for("the recording to begin", lambda: recording.poll() is not None or
                 (file.exists() and " +\n" in file.read_text()))
        time.sleep(2.5)
        meanwhile()
        said = recording.communicate(timeout=120)[0]
        self.assertEqual(recording.returncode, 0, said)
        self.assertRegex(said, r"\d+ events, \d+ bytes")
        code, facts = self.boxctl("replay", "coin", file)
        self.assertEqual(code, 0, facts)
        self.assertEqual(self.boxctl("replay", "coin", file), (0, facts), "the same every time")
        if KEEP:
            self.keep(file)
        return facts

    def keep(self, file):
        kept = pathlib.Path(KEEP) / file.name
        kept.write_text(file.read_text().replace(str(self.box.coin.port), "/dev/kiosk/coin"))
        facts = subprocess.run([BIN / "boxctl", "--config", self.box.config, "replay", "coin", kept],
                               capture_output=True, text=True, check=True, timeout=60)
        kept.with_suffix(".facts").write_text(facts.stdout)
        section = self.box.config.read_text(encoding="utf-8").partition("[coin]")[2]
        section = re.sub(r'port = "[^"]*"', 'port = "serial:/dev/kiosk/coin"', section)
        kept.with_suffix(".toml").write_text(f"[coin]{section}".rstrip() + "\n")

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
