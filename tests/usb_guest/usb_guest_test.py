#!/usr/bin/python3
"""The shipped kioskd on a real kernel with real udev and real libusb, and USB devices that come and
go (usage: this BIN [NAMES...]). README.md here says how it is built. The tests run in the order of
their names in one guest, since a box lives on through all of this, too."""

import base64
import contextlib
import gzip
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from box import COINS, ROOT, TOUCH_PANEL, Box, Office, files
from debian_parts import Missing, debian_parts, need
from guest import Guest
from image import write_initrd

from tools.world.devices import CoinAcceptor  # noqa: E402

BIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()
FEN = dict(COINS)
MEMORY = 5  # events that an acceptor remembers
FTDI_SERIAL = 7654321
MIDDLE = 1500  # bytes of a slip of some thousand


class UsbGuest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-guest-")
        cls.addClassCleanup(kept.cleanup)
        cls.folder = pathlib.Path(kept.name)
        office = Office(BIN, cls.folder)
        initrd = cls.folder / "initrd"
        write_initrd(initrd, cls.parts, [BIN / "kioskd", BIN / "boxctl", BIN / "virtual_usb"],
                     files(office))
        # Behind QEMU's own USB-serial converter, on this side of the guest's wall.
        cls.outer_coin = CoinAcceptor(BIN, cls.folder, "--serial", FTDI_SERIAL)
        cls.addClassCleanup(cls.outer_coin.process.stop)
        cls.guest = Guest(cls.parts / "vmlinux", initrd, cls.folder, cls.outer_coin.port)
        cls.addClassCleanup(cls.guest.stop)
        cls.box = Box(cls.guest, office)
        cls.lost = 0

    def drop(self, *coins):
        for coin in coins:
            self.assertEqual(self.guest.device(f"coin drop {coin}"), "accepted")

    def wait_cash(self, count):
        status = self.box.wait(lambda now: now["cash"] + now["lost"] >= count,
                               f"{count} pieces of cash")
        self.assertEqual(status["cash"] + status["lost"], count)
        return status

    def wait_file(self, name):
        self.guest.wait(name, lambda: "ok" in self.guest.run(f"[ -e {name} ] && echo ok", False))

    def properties(self, device):
        lines = self.guest.run(f"udevadm info -q property {device}").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def test_10_udev_names_the_acceptor_and_keeps_ModemManager_away(self):
        for device, name in (("coin", "/dev/kiosk/coin"), ("touch", TOUCH_PANEL)):
            self.guest.device(f"{device} plug")
            self.wait_file(name)
        self.assertEqual(self.guest.run("readlink /dev/kiosk/coin"), "../ttyACM0")
        self.assertEqual(self.properties("/dev/ttyACM0")["ID_MM_DEVICE_IGNORE"], "1")
        self.assertRegex(self.guest.run("ls -l /dev/ttyACM0"), "^crw-rw---- .* dialout ")

    def test_11_coins_through_cdc_acm(self):
        self.box.start()
        self.assertEqual(self.box.device("coin")["serial"], "1234567")
        self.assertIn("baud=9600 bits=8", self.guest.device("coin status"))
        self.drop("CN100A", "CN050A", "CN050A", "CN010A")
        status = self.wait_cash(4)
        self.assertEqual(status["cash_fen"], 210)

    def test_12_a_finger_on_a_real_panel(self):
        self.box.tap("begin_free")
        self.box.tap("choose_amount")
        self.box.wait_scene("counting")
        self.drop("CN100A")
        self.wait_cash(5)
        self.box.tap("finish")
        self.box.wait_scene("thanks")
        self.box.tap("no_slip")

    def test_13_an_acceptor_unplugged_loses_nothing_that_it_remembers(self):
        before = len(self.guest.device("coin accepted").split())
        self.guest.device("coin unplug")
        self.box.wait_works("coin", False)
        self.drop("CN100A", "CN100B")
        self.guest.device("coin plug")
        self.box.wait_works("coin")
        status = self.wait_cash(before + 2)
        self.assertEqual(status["lost"], 0)

    def test_14_what_it_forgot_is_counted_as_lost(self):
        before = len(self.guest.device("coin accepted").split())
        self.guest.device("coin unplug")
        self.box.wait_works("coin", False)
        self.drop(*["CN010A"] * (MEMORY + 2))
        self.guest.device("coin plug")
        self.box.wait_works("coin")
        status = self.wait_cash(before + MEMORY + 2)
        self.assertEqual(status["lost"], 2)

    def test_15_a_panel_pulled_out_is_named_and_felt_again(self):
        self.assertEqual(self.box.device("touch")["product"], "SIM Touch panel")
        self.guest.device("touch unplug")
        self.box.wait_works("touch", False)
        self.assertIn("the touch panel is not there", self.box.device("touch")["text"])
        self.guest.device("touch plug")
        self.box.wait_works("touch")
        self.box.tap("begin_free")
        self.box.tap("leave")
        self.box.wait_scene("idle")

    def kernel_driver(self):
        return self.guest.run("basename $(readlink /sys/bus/usb/devices/1-2:1.0/driver)")

    def slips(self, printer="printer"):
        return int(self.guest.device(f"{printer} status").split()[0].removeprefix("slips="))

    def ask_for_slip(self):
        """One coin, and a finger on "print a slip"."""
        self.drop("CN100A")
        self.wait_cash(self.cash())
        self.box.tap("print_slip")

    def outcomes(self):
        return [(entry["outcome"], entry["copy"]) for entry in self.entries()
                if entry["type"] == "slip" and entry["outcome"] != "declined"]

    def wait_outcome(self, count):
        """The outcome of slip number `count` that this box tried to print."""
        told = self.guest.wait(f"the outcome of slip {count}",
                               lambda: self.outcomes()[count - 1:], interval=1)
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0][1], 1, "nothing is printed again by itself")
        return told[0][0]

    def slip_text(self, number, printer=1):
        return self.guest.read(f"/run/slips/{printer}/{number:04}.txt").decode()

    def test_20_a_printer_plugged_into_a_running_box(self):
        self.box.wait_works("printer", False)
        self.guest.device("printer plug")
        self.box.wait_works("printer")
        self.assertEqual(self.kernel_driver(), "usbfs", "usblp let go of it")

    def test_21_a_slip_on_paper(self):
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(1), "printed")
        self.assertEqual(self.slips(), 1)
        self.assertIn("1.00", self.slip_text(1))

    def test_22_unplugged_in_the_middle_of_a_slip(self):
        self.guest.device(f"printer unplug-after {MIDDLE}")
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(2), "uncertain")
        self.box.wait_works("printer", False)
        self.guest.device("printer plug")
        self.box.wait_works("printer")
        self.assertEqual(self.slips(), 1)

    def test_23_the_next_slip_stands_on_paper_of_its_own(self):
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(3), "printed")
        self.assertIn("上一张凭条未打完", self.slip_text(2))
        self.assertEqual(self.slips(), 3)

    def test_24_paper_ends_in_the_middle_of_a_slip(self):
        self.guest.device("printer paper-ends-after 300")
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(4), "uncertain")
        self.assertIn("paper", self.box.wait_works("printer", False)["code"])
        self.guest.device("printer paper-in")
        self.box.wait_works("printer")
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(5), "printed")

    def test_25_a_printer_that_stalls(self):
        self.guest.device(f"printer stall-after {MIDDLE}")
        self.ask_for_slip()
        self.assertIn(self.wait_outcome(6), ("printed", "uncertain"))
        self.box.wait_works("printer")
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(7), "printed")

    def test_26_two_printers_are_never_guessed_between(self):
        self.box.stop()
        self.guest.device("printer2 plug")
        self.wait_file("/sys/bus/usb/devices/1-3:1.0/driver")
        self.box.start()
        text = self.box.wait_works("printer", False)["text"]
        self.assertIn("usb:path=1-2", text)
        self.assertIn("usb:path=1-3", text)

    def test_27_two_printers_told_apart(self):
        for number, port in enumerate(("usb:serial=P0002", "usb:path=1-3")):
            self.box.stop()
            self.box.configure(printer=port)
            before = self.slips()
            self.box.start()
            self.box.wait_works("printer")
            self.ask_for_slip()
            self.assertEqual(self.wait_outcome(8 + number), "printed")
            self.assertGreater(self.slips("printer2"), number)
            self.assertEqual(self.slips(), before)

    def test_28_a_printer_that_another_program_has(self):
        self.box.stop()
        self.guest.run("virtual_usb --claim 1-2 >/run/claim.log 2>&1 & echo $! >/run/claim.pid")
        self.guest.wait("the claim", lambda: "claimed" in self.guest.run("cat /run/claim.log"))
        self.box.configure(printer="usb:serial=P0001")
        self.box.start()
        self.assertIn("another program has it", self.box.wait_works("printer", False)["text"])
        self.drop("CN100A")
        self.wait_cash(self.cash())  # gifts go on without slips
        self.guest.run("kill $(cat /run/claim.pid)")
        self.box.wait_works("printer")
        self.ask_for_slip()
        self.assertEqual(self.wait_outcome(10), "printed")

    def test_80_coins_through_a_usb_serial_converter(self):
        self.box.stop()
        self.guest.device("coin unplug")
        self.guest.plug_converter()
        self.wait_file("/dev/ttyUSB0")
        self.box.configure(coin="serial:/dev/ttyUSB0", printer="usb:serial=P0001")
        before = self.cash()
        self.box.start()
        self.assertEqual(self.box.device("coin")["serial"], str(FTDI_SERIAL))
        for coin in ("CN100A", "CN050A"):
            self.assertTrue(self.outer_coin.drop(coin))
        self.wait_cash(before + 2)

    def test_81_the_converter_pulled_and_put_back(self):
        before = self.cash()
        self.guest.unplug_converter()
        self.box.wait_works("coin", False)
        self.assertTrue(self.outer_coin.drop("CN100A"))
        self.guest.plug_converter()
        self.box.wait_works("coin")
        status = self.wait_cash(before + 1)
        self.assertEqual(status["lost"], 2, "lost before, in test_14")

    def cash(self):
        """Coins taken by both acceptors: what the box must know of."""
        return len(self.guest.device("coin accepted").split()) + len(self.outer_coin.accepted())

    def test_90_the_journal_is_exact(self):
        self.box.stop()
        self.assertEqual(self.guest.run("grep -c '^<[0-3]>' /run/kioskd.log", check=False), "0")
        entries = self.entries()
        journal = self.folder / "journal.db"
        audited = subprocess.run([ROOT / "tools/audit", journal], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(audited.returncode, 0, audited.stdout + audited.stderr)
        told = [(int(entry["serial"]), entry["counter"], entry["fen"])
                for entry in entries if entry["type"] == "cash"]
        gaps = [(entry["why"], entry["lost"]) for entry in entries if entry["type"] == "gap"]
        self.assertEqual(gaps, [("overrun", 2)])
        truth = self.truth()
        forgotten = [coin for coin in truth if coin not in told]
        self.assertEqual(len(forgotten), 2)
        self.assertEqual([coin for coin in truth if coin in told], told)

    def entries(self):
        """The journal as it stands in the guest, copied out."""
        for name in ("journal.db", "journal.db-wal"):
            path = f"/var/lib/yijuan/box/{name}"
            packed = self.guest.run(f"[ -e {path} ] && gzip -1 -c {path} | base64", check=False)
            (self.folder / name).write_bytes(gzip.decompress(base64.b64decode(packed)) if packed
                                             else b"")
        with contextlib.closing(sqlite3.connect(self.folder / "journal.db")) as db:
            return [json.loads(line) for line, in db.execute("SELECT line FROM entry ORDER BY seq")]

    def truth(self):
        """(serial, counter, fen) of every coin, by the acceptors' own lists."""
        coins = []
        for coin in self.guest.device("coin accepted").split():
            _, counter, name = coin.split(":")
            coins.append((1234567, int(counter), FEN[name]))
        for _, _, _, fen, counter in self.outer_coin.accepted():
            coins.append((FTDI_SERIAL, int(counter), int(fen)))
        return coins


def main():
    try:
        need("qemu-system-x86_64", "depmod", "modprobe", "dpkg-deb", "apt-get", "busybox")
        UsbGuest.parts = debian_parts(ROOT / "build" / "guest")
    except Missing as lack:
        print(f"skipped: needs {lack}")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], failfast=True, verbosity=2)


main()
