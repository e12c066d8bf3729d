#!/usr/bin/python3
"""The simulated printer: keeps each slip as bytes, text and picture, answers for its state, runs out
of paper on command; and the driver says of it what is true."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from street import BIN, main

from tools.world.devices import Printer
from tools.world.process import wait_for

TOP = pathlib.Path(__file__).resolve().parents[2]
PACK = TOP / "config/campaign/sample.json"
PNG = b"\x89PNG\r\n\x1a\n"


class SimPrinter(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *options):
        self.printer = Printer(BIN, self.folder, *options)
        self.addCleanup(self.printer.process.stop)

    def command(self, model="generic"):
        return [BIN / "print_sample", "--port", f"tcp:127.0.0.1:{self.printer.port}", "--pack",
                PACK, "--model", model]

    def print(self, model="generic"):
        return subprocess.run(self.command(model), capture_output=True, text=True, timeout=120)

    def slips(self, kind):
        return sorted(self.printer.slips.glob("*." + kind))

    def test_help_names_every_command(self):
        told = subprocess.run([BIN / "sim_printer", "--help"], capture_output=True, text=True)
        self.assertEqual(told.returncode, 0)
        for word in ("paper-out", "paper-in", "near-end", "cover-open", "cutter-stuck", "head-hot",
                     "power-cycle", "cut-connection", "status", "--lies", "--drops-buffer",
                     "--clears"):
            self.assertIn(word, told.stdout)

    def test_keeps_a_slip_as_bytes_text_and_picture(self):
        self.start()
        done = self.print()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        wait_for("the slip", lambda: self.slips("png") and self.slips("txt") and self.slips("bin"))
        text = self.slips("txt")[0].read_text(encoding="utf-8")
        self.assertIn("本凭条不是公益事业捐赠票据", text)
        self.assertIn("￥", text)
        picture = self.slips("png")[0]
        self.assertTrue(picture.read_bytes().startswith(PNG))
        code = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True)
        self.assertTrue(code.stdout.startswith("http"), "the picture's code is read: " + code.stdout)
        self.assertIn("pulses=0", self.printer.ask("status"))

    def test_answers_for_every_trouble_and_prints_when_it_is_mended(self):
        self.start()
        for cause, mend, word in (("paper-out", "paper-in", "no paper"),
                                  ("cover-open", "cover-close", "cover"),
                                  ("cutter-stuck", "cutter-free", "cutter"),
                                  ("head-hot", "head-cool", "hot"),
                                  ("offline", "online", "offline")):
            self.assertEqual(self.printer.ask(cause), "ok")
            done = self.print()
            self.assertNotEqual(done.returncode, 0, cause)
            self.assertIn(word, done.stdout + done.stderr)
            self.assertEqual(self.printer.ask(mend), "ok")
        self.assertEqual(self.slips("txt"), [])
        self.assertEqual(self.print().returncode, 0)

    def test_a_printer_that_keeps_its_buffer_goes_on_after_a_reload(self):
        self.start("--process-id", "--native-qr", "--automatic", "--paper-mm", "80")
        self.assertEqual(self.printer.ask("paper-out 20"), "ok")
        running = subprocess.Popen([*self.command("epson-tm-t81iii"), "--paper-mm", "80"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for("the end of the paper", lambda: "online=no" in self.printer.ask("status"))
        self.assertEqual(self.printer.ask("paper-in"), "ok")
        told, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 0, told)
        wait_for("the slip", lambda: self.slips("txt"))
        self.assertEqual(len(self.slips("txt")), 1)

    def test_a_clone_that_forgets_its_buffer_leaves_an_uncertain_slip(self):
        self.start("--drops-buffer")
        self.assertEqual(self.printer.ask("paper-out 20"), "ok")
        done = self.print()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("uncertain", done.stdout + done.stderr)

    def test_nonsense_is_refused(self):
        self.start()
        for line in ("paper-out x", "paper-out -1", "cut-connection", "explode"):
            self.assertTrue(re.match("error: ", self.printer.ask(line)), line)


if __name__ == "__main__":
    main()
