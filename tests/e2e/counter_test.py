#!/usr/bin/python3
"""A counting machine at the desk: boxctl counter reads what the simulated one prints, and refuses
what contradicts itself."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from street import BIN, call, main

from tools.world.process import Control, Process, wait_for


class Counting(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-counter-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.link = self.folder / "counter.tty"

    def start(self, layout):
        control = self.folder / f"{layout}.sock"
        self.machine = Process([BIN / "sim_counter", "--layout", layout, "--link", self.link,
                                "--control", control], self.folder / "machine.log")
        self.addCleanup(self.machine.stop)
        wait_for("the simulated machine", lambda: control.exists() and self.link.exists())
        self.control = Control(control)

    def tell(self, line):
        self.assertEqual(self.control.ask(line), "ok", line)

    def count(self, model, *options, wait=60):
        """boxctl counter, once it has the port open: what is printed earlier is dropped."""
        boxctl = subprocess.Popen([BIN / "boxctl", "counter", "--port", f"serial:{self.link}",
                                   "--model", model, "--wait", str(wait), *options],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        boxctl.stderr.readline()
        terminal = str(self.link.resolve())
        descriptors = pathlib.Path(f"/proc/{boxctl.pid}/fd")

        def listens():
            if terminal not in [str(each.readlink()) for each in descriptors.iterdir()]:
                return False
            # Between opening the port and emptying it, it does not sleep.
            return "State:\tS" in pathlib.Path(f"/proc/{boxctl.pid}/status").read_text()

        wait_for("boxctl to listen", listens)
        return boxctl

    def test_ten_thousand_coins_are_read_and_not_typed(self):
        for layout in ("columns", "coin-sorter", "receipt-gb"):
            with self.subTest(layout=layout):
                self.start(layout)
                self.tell("count 100:8123 50:1377 10:500")
                boxctl = self.count(layout, "--json")
                self.tell("print chatter")
                out, err = boxctl.communicate(timeout=60)
                self.assertEqual(boxctl.returncode, 0, err)
                report = json.loads(out)
                self.assertEqual(report["pieces"], 10_000)
                self.assertEqual(report["fen"], 812_300 + 68_850 + 5_000)
                self.assertEqual(report["lines"][0], {"fen": 10, "pieces": 500})
                self.machine.stop()

    def test_the_table_has_a_total(self):
        self.start("columns")
        self.tell("count 100:8123 50:1877")
        boxctl = self.count("columns")
        self.tell("print")
        out, _ = boxctl.communicate(timeout=60)
        self.assertEqual(boxctl.returncode, 0)
        self.assertEqual(out.splitlines()[-1].split(), ["total", "10000", "9,061.50"])

    def test_what_contradicts_itself_or_stops_is_refused_in_words(self):
        self.start("columns")
        self.tell("count 100:8123 50:1877")
        for fault, words in (("wrong-sum", "its own sum"), ("lost-line", "its own sum"),
                             ("wrong-line", "do not agree"), ("half", "in the middle")):
            with self.subTest(fault=fault):
                boxctl = self.count("columns")
                self.tell(f"print {fault}")
                out, err = boxctl.communicate(timeout=60)
                self.assertEqual(boxctl.returncode, 1)
                self.assertEqual(out, "")
                self.assertIn(words, err)

    def test_what_a_machine_sent_is_recorded_and_gives_the_same_total_again(self):
        self.start("columns")
        self.tell("count 100:8123 50:1877")
        file = self.folder / "machine.rec"
        boxctl = self.count("columns", "--json", "--record", file)
        self.tell("print")
        out, err = boxctl.communicate(timeout=60)
        self.assertEqual(boxctl.returncode, 0, err)
        self.assertRegex(err, r"machine\.rec: \d+ events, \d+ bytes")
        again = subprocess.run(
            [BIN / "boxctl", "counter", "--port", f"replay:{file}", "--model", "columns", "--json"],
            capture_output=True, text=True, timeout=60)
        self.assertEqual((again.returncode, again.stdout), (0, out), again.stderr)
        code, said = call(BIN / "boxctl", "counter", "--port", f"serial:{self.link}", "--model",
                          "columns", "--record", file)
        self.assertEqual(code, 1, said)
        self.assertIn("machine.rec", said)

    def test_a_machine_of_no_known_model_is_recorded_all_the_same(self):
        self.start("receipt-gb")
        self.tell("count 100:8123 50:1877")
        file = self.folder / "machine.rec"
        boxctl = self.count("columns", "--record", file, wait=5)
        self.tell("print")
        _, err = boxctl.communicate(timeout=60)
        self.assertEqual(boxctl.returncode, 1, err)
        self.assertIn(" < ", file.read_text(encoding="ascii"))

    def test_a_wrong_model_or_port_is_said(self):
        for port, model, words in ((f"serial:{self.link}", "none", "coin-sorter"),
                                   ("nonsense", "columns", "serial:"),
                                   (f"serial:{self.link}", "columns", "cannot be opened")):
            with self.subTest(port=port, model=model):
                file = self.folder / "nothing.rec"
                code, said = call(BIN / "boxctl", "counter", "--port", port, "--model", model,
                                  "--record", file)
                self.assertNotEqual(code, 0)
                self.assertIn(words, said)
                self.assertFalse(file.exists(), "nothing is left behind where nothing came")


if __name__ == "__main__":
    main()
