"""What the tests of whole programs share: one ledger and one box in a folder of their own, all
stopped and removed at the end. Run a test as: NAME_test.py BIN [NAMES...]."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.world.box import Box  # noqa: E402
from tools.world.ledger import DOMAIN, Ledger  # noqa: E402
from tools.world.process import Failure, wait_for  # noqa: E402

SAMPLE = ROOT / "config" / "campaign" / "sample.json"
AUDIT = ROOT / "tools" / "audit"
BIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()

# kB that kioskd may grow by in a test. It draws as it goes: a picture that was not shown before, and
# a fade from one to the next, hold up to three frames of the box's screen more for a moment.
FRAME = 1080 * 1920 * 4 // 1024
LARGEST_GROWTH = 8_000 + 3 * FRAME


def call(*arguments, env=None):
    """A command that ends by itself, well or not: its exit code, and all that it said."""
    done = subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout + done.stderr


def audit(path, *options):
    """The exit code of tools/audit, and what it found."""
    done = subprocess.run([AUDIT, "--json", *options, path], capture_output=True, text=True,
                          timeout=120, check=False)
    if done.returncode not in (0, 1):
        raise Failure(f"tools/audit ended with {done.returncode}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


class StreetTest(unittest.TestCase):
    """Begins with a box that is enrolled at a ledger and has a good pack; nothing runs yet."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-e2e-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.ledger = Ledger(BIN, self.folder / "ledger")
        self.addCleanup(lambda: self.ledger.stop())
        self.box = self.make_box("market-01")

    def make_box(self, box_id):
        box = Box(BIN, self.folder / box_id, self.ledger.port, box_id)
        self.addCleanup(box.stop)
        self.ledger.sign_pack(box, SAMPLE)
        box.write_config()
        box.ctl("init", "--domain", DOMAIN)
        self.ledger.enrol(box)
        return box

    def kioskd(self, *options, env=None):
        """kioskd where it should end by itself."""
        return call(BIN / "kioskd", "--config", self.box.config, *options, env=env)

    def boxctl(self, *arguments):
        """boxctl, where it may well refuse: its exit code, and all that it said."""
        return call(BIN / "boxctl", "--config", self.box.config, *arguments)

    def begin_boxctl(self, *arguments):
        """boxctl that runs beside us, and the file of what it says."""
        number, name = tempfile.mkstemp(prefix="boxctl-", dir=self.folder)
        with open(number, "wb") as out:  # closed here: the child has its own
            child = subprocess.Popen([BIN / "boxctl", "--config", self.box.config, *arguments],
                                     stdout=out, stderr=out)

        def end():
            if child.poll() is None:
                child.kill()
            child.wait()
        self.addCleanup(end)
        return child, pathlib.Path(name)

    def devices(self):
        """What kioskd says of its devices, by name."""
        return {row["name"]: row for row in self.box.ctl_json("devices")["devices"]}

    def wait_device(self, name, state):
        wait_for(f"{name}: {state}", lambda: self.box.process.expect_running() or
                 self.devices()[name]["state"] == state, 60)

    def lines(self):
        return self.box.lines()

    def entries(self, *types):
        return self.box.entries(*types)

    def replace_in_config(self, old, new):
        text = self.box.config.read_text(encoding="utf-8")
        self.assertIn(old, text)
        self.box.config.write_text(text.replace(old, new), encoding="utf-8")

    def load(self):
        """What must stay bounded: kioskd's memory in kB, and the length of its log in bytes."""
        for line in pathlib.Path(f"/proc/{self.box.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]), self.box.process.log.stat().st_size
        raise Failure("kioskd has no memory")

    def stop_and_audit(self):
        """Ends kioskd; the figures of its log, of which nothing may be wrong."""
        self.assertEqual(self.box.process.stop(), 0, self.box.process.log.read_text()[-2000:])
        code, found = audit(self.box.journal)
        self.assertEqual((code, found["wrong"]), (0, []))
        return found["logs"][0]

    def wait_accepting(self):
        wait_for("coins to be taken", lambda: self.box.process.expect_running() or
                 self.box.status().get("accepting"))

    def give(self, *coins):
        """Drops coins, each of which must be taken, and waits until all are durable."""
        durable = self.box.status()["cash"] + len(coins)
        for coin in coins:
            self.assertTrue(self.box.drop(coin, 0.1), f"the acceptor refused a {coin}")
        wait_for("the coins to be durable", lambda: self.box.status().get("cash") == durable)

    def give_with_slip(self):
        """A free gift of 5 yuan in coins, whose donor asks for a slip."""
        self.box.tap("begin_free")
        self.box.tap("choose_amount", 500)
        self.box.wait_scene("counting")
        self.give(*["CN100A"] * 5)
        self.box.wait_scene("thanks")
        self.box.tap("print_slip")

    def wait_slip(self, number):
        """The entry that says what became of the slip asked for, the `number`th since the start."""
        return wait_for("what became of the slip", lambda: self.box.process.expect_running() or
                        self.entries("slip")[number - 1:], 120)[0]

    def wait_synced(self):
        wait_for("everything to be synced", lambda: self.box.status().get("unsynced") == 0, 120)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
